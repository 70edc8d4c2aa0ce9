//! The names that a module may bind at its top level, in whatever branch.

use std::collections::BTreeSet;

use ruff_python_ast::{
    Expr, Stmt,
    visitor::{self, Visitor},
};

use super::Import;

#[derive(Default)]
struct Names(BTreeSet<String>, Vec<Import>);

/// All names, and the modules whose names are all taken.
pub(super) fn of(body: &[Stmt]) -> (BTreeSet<String>, Vec<Import>) {
    let mut names = Names::default();
    names.visit_body(body);
    (names.0, names.1)
}

impl Names {
    fn add(&mut self, name: &str) {
        self.0.insert(name.to_owned());
    }

    fn target(&mut self, target: &Expr) {
        match target {
            Expr::Name(name) => self.add(name.id.as_str()),
            Expr::Tuple(tuple) => tuple.elts.iter().for_each(|one| self.target(one)),
            Expr::List(list) => list.elts.iter().for_each(|one| self.target(one)),
            Expr::Starred(starred) => self.target(&starred.value),
            _ => {}
        }
    }
}

impl<'a> Visitor<'a> for Names {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            // what a function binds is its own; what a class binds is the class's
            Stmt::FunctionDef(one) => return self.add(one.name.as_str()),
            Stmt::ClassDef(one) => return self.add(one.name.as_str()),
            Stmt::Import(one) => {
                for alias in &one.names {
                    let whole = alias.name.as_str();
                    let bound = alias
                        .asname
                        .as_ref()
                        .map_or(whole.split('.').next().unwrap_or(whole), |name| name.as_str());
                    self.add(bound);
                }
            }
            Stmt::ImportFrom(one) if one.names.iter().any(|alias| alias.name.as_str() == "*") => {
                self.1.push(Import {
                    module: one.module.as_deref().unwrap_or_default().to_owned(),
                    level: one.level,
                    names: None,
                    line: 0,
                });
            }
            Stmt::ImportFrom(one) => {
                for alias in &one.names {
                    self.add(alias.asname.as_ref().map_or(alias.name.as_str(), |name| name.as_str()));
                }
            }
            Stmt::Assign(one) => one.targets.iter().for_each(|target| self.target(target)),
            Stmt::AnnAssign(one) if one.value.is_some() => self.target(&one.target),
            Stmt::AugAssign(one) => self.target(&one.target),
            Stmt::For(one) => self.target(&one.target),
            Stmt::TypeAlias(one) => self.target(&one.name),
            Stmt::With(one) => {
                one.items
                    .iter()
                    .filter_map(|item| item.optional_vars.as_deref())
                    .for_each(|one| self.target(one));
            }
            _ => {}
        }
        visitor::walk_stmt(self, stmt);
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Named(named) => {
                self.target(&named.target);
                visitor::walk_expr(self, expr);
            }
            // their names are their own
            Expr::Lambda(_) => {}
            _ => visitor::walk_expr(self, expr),
        }
    }
}
