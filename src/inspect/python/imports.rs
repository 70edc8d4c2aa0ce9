//! The imports of a module that are met whenever it is imported.

use std::mem;

use ruff_python_ast::{ElifElseClause, Stmt, StmtIf, StmtTry};

use super::{Import, guards};
use crate::inspect::lines::Lines;

/// Statements inside one another that are followed.
const DEEPEST: usize = 100;

/// The imports of a module, in the order in which they are met.
#[derive(Default)]
pub(super) struct Imports {
    /// Those whose failure goes through.
    pub(super) met: Vec<Import>,
    /// Those whose failure the module catches, and goes on; those of its functions and undecided branches too.
    pub(super) tried: Vec<Import>,
}

struct Walk<'a> {
    lines: &'a Lines,
    version: (u8, u8),
    found: Imports,
    /// Inside a `try` that catches a failed import, where every branch counts.
    is_trying: bool,
    depth: usize,
}

pub(super) fn of(body: &[Stmt], lines: &Lines, version: (u8, u8)) -> Imports {
    let mut walk = Walk { lines, version, found: Imports::default(), is_trying: false, depth: 0 };
    walk.body(body);
    walk.found
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
                    self.found.met.push(Import {
                        module: alias.name.as_str().to_owned(),
                        level: 0,
                        names: None,
                        line: self.lines.line(import.range.start().to_usize()),
                    });
                }
            }
            Stmt::ImportFrom(import) => self.found.met.push(Import {
                module: import.module.as_ref().map(|name| name.as_str().to_owned()).unwrap_or_default(),
                level: import.level,
                names: Some(import.names.iter().map(|alias| alias.name.as_str().to_owned()).collect()),
                line: self.lines.line(import.range.start().to_usize()),
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
        let (met, was_trying) = (mem::take(&mut self.found.met), mem::replace(&mut self.is_trying, true));
        self.body(body);
        self.is_trying = was_trying;
        self.found.tried.extend(mem::replace(&mut self.found.met, met));
    }

    /// What a function or an undecided branch imports may not be met; what it tries tells that the module can do without.
    fn aside(&mut self, body: &[Stmt]) {
        let met = mem::take(&mut self.found.met);
        self.body(body);
        self.found.met = met;
    }
}
