//! The imports of a module that are met whenever it is imported.

use std::mem;

use ruff_python_ast::{ElifElseClause, Stmt, StmtIf, StmtTry};

use super::{Import, guards, line};

/// Statements inside one another that are followed.
const DEEPEST: usize = 100;

struct Walk<'a> {
    text: &'a str,
    version: (u8, u8),
    found: Vec<Import>,
    tried: Vec<Import>,
    /// Inside a `try` that catches a failed import, where every branch counts.
    is_trying: bool,
    depth: usize,
}

/// The imports in the order in which they are met.
pub(super) fn of(body: &[Stmt], text: &str, version: (u8, u8)) -> Vec<Import> {
    walked(body, text, version).found
}

/// The imports whose failure the module catches, and goes on; those of its functions and undecided branches too.
pub(super) fn tried(body: &[Stmt], text: &str, version: (u8, u8)) -> Vec<Import> {
    walked(body, text, version).tried
}

fn walked<'a>(body: &[Stmt], text: &'a str, version: (u8, u8)) -> Walk<'a> {
    let mut walk = Walk { text, version, found: Vec::new(), tried: Vec::new(), is_trying: false, depth: 0 };
    walk.body(body);
    walk
}

impl Walk<'_> {
    /// Walks statements one after another; what stands behind a `raise` is not met.
    fn body(&mut self, body: &[Stmt]) {
        if self.depth >= DEEPEST {
            return;
        }
        self.depth = self.depth.saturating_add(1);
        for stmt in body {
            if matches!(stmt, Stmt::Raise(_) | Stmt::Return(_) | Stmt::Break(_) | Stmt::Continue(_)) {
                break;
            }
            self.stmt(stmt);
        }
        self.depth = self.depth.saturating_sub(1);
    }

    fn stmt(&mut self, stmt: &Stmt) {
        match stmt {
            Stmt::Import(import) => {
                for alias in &import.names {
                    self.found.push(Import {
                        module: alias.name.as_str().to_owned(),
                        level: 0,
                        names: None,
                        line: line(self.text, import.range.start()),
                    });
                }
            }
            Stmt::ImportFrom(import) => self.found.push(Import {
                module: import.module.as_ref().map(|name| name.as_str().to_owned()).unwrap_or_default(),
                level: import.level,
                names: Some(import.names.iter().map(|alias| alias.name.as_str().to_owned()).collect()),
                line: line(self.text, import.range.start()),
            }),
            Stmt::If(one) => self.branch(one),
            Stmt::Try(one) => self.attempt(one),
            Stmt::With(one) if one.items.iter().any(|item| guards::suppresses_import(&item.context_expr)) => {
                self.try_out(&one.body);
            }
            Stmt::With(one) => self.body(&one.body),
            Stmt::FunctionDef(one) => self.aside(&one.body),
            Stmt::ClassDef(one) => self.body(&one.body),
            _ => {}
        }
    }

    /// The first branch whose test holds; none when a test before it is not decided.
    fn branch(&mut self, one: &StmtIf) {
        if self.is_trying {
            self.body(&one.body);
            return one.elif_else_clauses.iter().for_each(|clause| self.body(&clause.body));
        }
        match guards::truth(&one.test, self.version) {
            Some(true) => self.body(&one.body),
            Some(false) => self.clauses(&one.elif_else_clauses),
            None => {
                self.aside(&one.body);
                one.elif_else_clauses.iter().for_each(|clause| self.aside(&clause.body));
            }
        }
    }

    fn clauses(&mut self, clauses: &[ElifElseClause]) {
        for clause in clauses {
            let holds = clause.test.as_ref().map_or(Some(true), |test| guards::truth(test, self.version));
            match holds {
                Some(true) => return self.body(&clause.body),
                Some(false) => {}
                None => return self.aside(&clause.body),
            }
        }
    }

    fn attempt(&mut self, one: &StmtTry) {
        if guards::catches_import(&one.handlers) {
            self.try_out(&one.body);
        } else {
            self.body(&one.body);
            self.body(&one.orelse);
        }
        self.body(&one.finalbody);
    }

    /// Statements whose failed imports are caught.
    fn try_out(&mut self, body: &[Stmt]) {
        let (found, was_trying) = (mem::take(&mut self.found), mem::replace(&mut self.is_trying, true));
        self.body(body);
        self.is_trying = was_trying;
        self.tried.extend(mem::replace(&mut self.found, found));
    }

    /// What a function or an undecided branch imports may not be met; what it tries tells that the module can do without.
    fn aside(&mut self, body: &[Stmt]) {
        let found = mem::take(&mut self.found);
        self.body(body);
        self.found = found;
    }
}
