//! What a module asks of the metadata of installed distributions whenever it is imported.

use std::collections::BTreeMap;

use ruff_python_ast::{
    Expr, Stmt,
    visitor::{self, Visitor},
};

use crate::inspect::lines::Lines;

/// Functions that fail when a distribution's metadata is not there.
const ASKING: [&str; 9] = [
    "importlib.metadata.version",
    "importlib.metadata.distribution",
    "importlib.metadata.metadata",
    "importlib.metadata.requires",
    "importlib_metadata.version",
    "importlib_metadata.distribution",
    "importlib_metadata.metadata",
    "pkg_resources.get_distribution",
    "pkg_resources.require",
];

/// Which distribution is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Whose {
    /// The one that has the name of the asking module.
    Own,
    /// This one.
    Named(String),
}

/// A question after a distribution.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Which.
    pub whose: Whose,
    /// Whether setuptools is asked: it has words of its own for a no.
    pub of_setuptools: bool,
    /// Line, counted from 1.
    pub line: u32,
}

struct Questions<'a> {
    lines: &'a Lines,
    aliases: BTreeMap<String, String>,
    found: Vec<Asked>,
}

/// The questions that are met for certain and whose failure nothing catches.
pub(super) fn of(body: &[Stmt], lines: &Lines) -> Vec<Asked> {
    let mut aliases = Aliases::default();
    aliases.visit_body(body);
    let mut questions = Questions { lines, aliases: aliases.0, found: Vec::new() };
    for stmt in body {
        match stmt {
            Stmt::Assign(one) => questions.visit_expr(&one.value),
            Stmt::AnnAssign(one) => one.value.iter().for_each(|value| questions.visit_expr(value)),
            Stmt::Expr(one) => questions.visit_expr(&one.value),
            Stmt::Raise(_) => break,
            _ => {}
        }
    }
    questions.found
}

impl Questions<'_> {
    fn whole_name(&self, function: &Expr) -> Option<String> {
        match function {
            Expr::Name(name) => {
                let name = name.id.as_str();
                Some(self.aliases.get(name).cloned().unwrap_or_else(|| name.to_owned()))
            }
            Expr::Attribute(one) => Some(format!("{}.{}", self.whole_name(&one.value)?, one.attr.as_str())),
            _ => None,
        }
    }
}

impl<'a> Visitor<'a> for Questions<'_> {
    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            // what is evaluated perhaps, or later
            Expr::Lambda(_)
            | Expr::If(_)
            | Expr::BoolOp(_)
            | Expr::ListComp(_)
            | Expr::SetComp(_)
            | Expr::DictComp(_)
            | Expr::Generator(_) => {}
            Expr::Call(call) => {
                let name = self.whole_name(&call.func).unwrap_or_default();
                if let (true, [argument]) = (ASKING.contains(&name.as_str()), &*call.arguments.args) {
                    self.found.extend(asked(argument, &name).map(|whose| Asked {
                        whose,
                        of_setuptools: name.starts_with("pkg_resources"),
                        line: self.lines.line(call.arguments.range.start().to_usize()),
                    }));
                }
                visitor::walk_expr(self, expr);
            }
            _ => visitor::walk_expr(self, expr),
        }
    }
}

/// The distribution that an argument names; what only running it would tell is no question.
fn asked(argument: &Expr, function: &str) -> Option<Whose> {
    match argument {
        Expr::StringLiteral(literal) => {
            let text = literal.value.to_str();
            // a requirement may have more than a name: `pkg>=1`, `pkg[extra]`
            let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
            let is_name = !text.is_empty() && text.chars().all(plain);
            is_name.then(|| Whose::Named(text.to_owned()))
        }
        Expr::Name(name) if matches!(name.id.as_str(), "__name__" | "__package__") => {
            (!function.ends_with("require")).then_some(Whose::Own)
        }
        _ => None,
    }
}

/// Local names of imported modules and functions.
#[derive(Default)]
struct Aliases(BTreeMap<String, String>);

impl<'a> Visitor<'a> for Aliases {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::FunctionDef(_) | Stmt::ClassDef(_) => {}
            Stmt::Import(one) => {
                for alias in &one.names {
                    if let Some(local) = &alias.asname {
                        self.0.insert(local.as_str().to_owned(), alias.name.as_str().to_owned());
                    }
                }
            }
            Stmt::ImportFrom(one) if one.level == 0 => {
                let module = one.module.as_deref().unwrap_or_default();
                for alias in &one.names {
                    let local = alias.asname.as_ref().unwrap_or(&alias.name);
                    self.0.insert(local.as_str().to_owned(), format!("{module}.{}", alias.name.as_str()));
                }
            }
            _ => visitor::walk_stmt(self, stmt),
        }
    }

    fn visit_expr(&mut self, _: &'a Expr) {}
}
