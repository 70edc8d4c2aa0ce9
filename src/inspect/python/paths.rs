//! Code that changes where modules are looked for: what runs when a module is imported, and what waits in functions until somebody calls it.

use std::collections::{BTreeMap, BTreeSet};

use ruff_python_ast::{
    Expr, Stmt,
    visitor::{self, Visitor},
};

use super::guards;

/// What a source has to hold to be worth a look.
const WORDS: [&str; 3] = ["path", "addsitedir", "path_hooks"];

/// Names in `sys` that say where modules are looked for.
const PLACES: [&str; 3] = ["path", "meta_path", "path_hooks"];

/// Methods of lists that change nothing.
const READING: [&str; 4] = ["copy", "count", "index", "__contains__"];

/// Functions that leave a list as it is.
const HARMLESS: [&str; 19] = [
    "all",
    "any",
    "chain",
    "dict",
    "enumerate",
    "filter",
    "frozenset",
    "isinstance",
    "iter",
    "join",
    "len",
    "list",
    "map",
    "print",
    "repr",
    "reversed",
    "set",
    "sorted",
    "tuple",
];

/// What one module does to the search path.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PathEdits {
    /// Importing the module changes it.
    pub now: bool,
    /// Functions and classes that change it when they are called.
    pub by: BTreeSet<String>,
    /// Functions, classes and methods that are called while the module is imported, by the last part of their names.
    pub called: BTreeSet<String>,
}

/// Reads the statements of a module.
pub(super) fn of(body: &[Stmt], text: &str, version: (u8, u8)) -> PathEdits {
    let mut walk = Walk { version, ..Walk::default() };
    if WORDS.iter().any(|word| text.contains(word)) {
        walk.looks = true;
        walk.names.extend(["sys".to_owned(), "_sys".to_owned()]);
        walk.visit_body(body);
    } else {
        walk.visit_body(body);
    }
    walk.finish()
}

#[derive(Default)]
struct Walk {
    version: (u8, u8),
    /// Whether edits are looked for; else calls alone are, and functions are passed over.
    looks: bool,
    /// Local names of `sys`.
    names: BTreeSet<String>,
    /// Local names of its lists.
    lists: BTreeSet<String>,
    /// Functions and classes around what is looked at.
    around: Vec<String>,
    /// How many of them are functions.
    functions: usize,
    edits: PathEdits,
    /// What functions call, by the names of the functions.
    calls: BTreeMap<String, BTreeSet<String>>,
}

impl Walk {
    /// Functions that call one that edits are counted with it.
    fn finish(mut self) -> PathEdits {
        loop {
            let before = self.edits.by.len();
            let callers: Vec<String> = self
                .calls
                .iter()
                .filter(|(_, called)| !called.is_disjoint(&self.edits.by))
                .map(|(name, _)| name.clone())
                .collect();
            self.edits.by.extend(callers);
            if self.edits.by.len() == before {
                break;
            }
        }
        let is_called_here = !self.edits.by.is_disjoint(&self.edits.called);
        self.edits.now |= is_called_here;
        self.edits
    }

    fn edit(&mut self) {
        if self.functions == 0 {
            self.edits.now = true;
        } else {
            self.edits.by.extend(self.around.iter().cloned());
        }
    }

    fn call(&mut self, name: &str) {
        if self.functions == 0 {
            self.edits.called.insert(name.to_owned());
            return;
        }
        for function in &self.around {
            self.calls.entry(function.clone()).or_default().insert(name.to_owned());
        }
    }

    /// One of the lists of `sys`.
    fn is_list(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Attribute(one) => {
                let attribute = one.attr.as_str();
                let is_sys = matches!(&*one.value, Expr::Name(name) if self.names.contains(name.id.as_str()));
                is_sys && PLACES.contains(&attribute)
            }
            Expr::Name(name) => self.lists.contains(name.id.as_str()),
            _ => false,
        }
    }

    /// A target that is one of the lists, or a part of one.
    fn is_target(&self, expr: &Expr) -> bool {
        match expr {
            Expr::Subscript(one) => self.is_list(&one.value),
            Expr::Tuple(one) => one.elts.iter().any(|part| self.is_list(part)),
            other => self.is_list(other),
        }
    }

    fn is_edit(&self, stmt: &Stmt) -> bool {
        match stmt {
            Stmt::Assign(one) => {
                self.is_list(&one.value) || one.targets.iter().any(|target| self.is_target(target))
            }
            Stmt::AnnAssign(one) => {
                self.is_target(&one.target) || one.value.as_ref().is_some_and(|value| self.is_list(value))
            }
            Stmt::AugAssign(one) => self.is_target(&one.target),
            Stmt::Delete(one) => one.targets.iter().any(|target| self.is_target(target)),
            Stmt::Return(one) => one.value.as_ref().is_some_and(|value| self.is_list(value)),
            _ => false,
        }
    }

    fn is_edit_by_call(&self, name: &str, function: &Expr, arguments: &[Expr]) -> bool {
        if matches!(name, "addsitedir" | "addpackage") {
            return true;
        }
        let by_method = matches!(function, Expr::Attribute(one) if self.is_list(&one.value));
        if by_method {
            return !READING.contains(&name);
        }
        let is_sys = |expr: &Expr| matches!(expr, Expr::Name(one) if self.names.contains(one.id.as_str()));
        let given = arguments.iter().any(|one| self.is_list(one));
        (given && !HARMLESS.contains(&name)) || (name == "setattr" && arguments.first().is_some_and(is_sys))
    }

    fn inside<T>(&mut self, name: &str, is_function: bool, walk: impl FnOnce(&mut Self) -> T) -> T {
        self.around.push(name.to_owned());
        self.functions = self.functions.saturating_add(usize::from(is_function));
        let done = walk(self);
        self.functions = self.functions.saturating_sub(usize::from(is_function));
        self.around.pop();
        done
    }

    fn name(&mut self, stmt: &Stmt) {
        match stmt {
            Stmt::Import(one) => {
                let sys = one.names.iter().filter(|alias| alias.name.as_str() == "sys");
                self.names.extend(sys.filter_map(|alias| Some(alias.asname.as_ref()?.as_str().to_owned())));
            }
            Stmt::ImportFrom(one) if one.module.as_deref() == Some("sys") => {
                let lists = one.names.iter().filter(|alias| PLACES.contains(&alias.name.as_str()));
                self.lists.extend(
                    lists.map(|alias| alias.asname.as_ref().unwrap_or(&alias.name).as_str().to_owned()),
                );
            }
            _ => {}
        }
    }
}

impl<'a> Visitor<'a> for Walk {
    fn visit_stmt(&mut self, stmt: &'a Stmt) {
        match stmt {
            Stmt::FunctionDef(one) => {
                for decorator in &one.decorator_list {
                    if let Some(name) = last_part(&decorator.expression) {
                        self.call(name);
                    }
                    self.visit_expr(&decorator.expression);
                }
                self.visit_parameters(&one.parameters);
                if self.looks {
                    self.inside(one.name.as_str(), true, |walk| walk.visit_body(&one.body));
                }
            }
            Stmt::ClassDef(one) => {
                for decorator in &one.decorator_list {
                    if let Some(name) = last_part(&decorator.expression) {
                        self.call(name);
                    }
                }
                self.inside(one.name.as_str(), false, |walk| walk.visit_body(&one.body));
            }
            Stmt::If(one) => match guards::truth(&one.test, self.version) {
                Some(false) => {
                    one.elif_else_clauses.iter().for_each(|clause| self.visit_elif_else_clause(clause));
                }
                Some(true) => self.visit_body(&one.body),
                None => visitor::walk_stmt(self, stmt),
            },
            Stmt::Import(_) | Stmt::ImportFrom(_) => self.name(stmt),
            _ => {
                if self.looks && self.is_edit(stmt) {
                    self.edit();
                }
                visitor::walk_stmt(self, stmt);
            }
        }
    }

    fn visit_expr(&mut self, expr: &'a Expr) {
        match expr {
            Expr::Call(call) => {
                let name = last_part(&call.func).unwrap_or_default();
                self.call(name);
                if self.looks && self.is_edit_by_call(name, &call.func, &call.arguments.args) {
                    self.edit();
                }
            }
            Expr::Named(one) if self.looks && self.is_list(&one.value) => self.edit(),
            _ => {}
        }
        visitor::walk_expr(self, expr);
    }
}

/// `c` of `a.b.c`.
fn last_part(expr: &Expr) -> Option<&str> {
    match expr {
        Expr::Name(name) => Some(name.id.as_str()),
        Expr::Attribute(one) => Some(one.attr.as_str()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::read;

    fn edits(text: &str) -> (bool, Vec<String>) {
        let edits = read(text.as_bytes(), (3, 12)).paths;
        (edits.now, edits.by.into_iter().collect())
    }

    #[test]
    fn what_runs_at_import_changes_the_path() {
        for text in [
            "import sys\nsys.path.insert(0, 'lib')",
            "import sys\nsys.path += ['lib']",
            "import sys\nsys.path[0:0] = ['lib']",
            "import sys as s\nif x:\n    s.path.append('lib')",
            "from sys import path as p\np.append('lib')",
            "import sys\np = sys.path\np.append('lib')",
            "import site\nsite.addsitedir('lib')",
            "import sys\nsys.meta_path.append(Finder())",
            "import sys\nsetattr(sys, 'path', [])",
            "import sys\nadd_to(sys.path)",
            "import sys\nclass A:\n    sys.path.append('x')",
            "import sys\ndef f():\n    sys.path.append('x')\nf()",
            "import sys\ndef f():\n    g()\ndef g():\n    sys.path.append('x')\nf()",
            "import sys\nclass A:\n    def __init__(self):\n        sys.path.append('x')\na = A()",
            "import sys\ndef f(x):\n    sys.path.append('x')\n@f\ndef g(): pass",
        ] {
            assert!(edits(text).0, "{text}");
        }
    }

    #[test]
    fn words_and_reading_do_not() {
        for text in [
            "# sys.path.insert\nx = 1",
            "'''sys.path'''",
            "import zipimport",
            "import sys\nfor one in sys.path:\n    print(one)",
            "import sys\nx = list(sys.path)",
            "import sys\nif 'x' in sys.path and sys.path[0] != 'y':\n    pass",
            "import sys\nif __name__ == '__main__':\n    sys.path.append('x')",
            "import os\nos.path.join('a')\np = os.path",
        ] {
            assert_eq!(edits(text), (false, Vec::new()), "{text}");
        }
    }

    #[test]
    fn functions_that_change_it_are_named_with_their_callers() {
        let text = "import sys\ndef f():\n    sys.path.append('x')\ndef g():\n    f()\ndef h():\n    pass\nclass A:\n    def run(self):\n        sys.path.pop()\n";
        assert_eq!(edits(text), (false, ["A", "f", "g", "run"].map(str::to_owned).to_vec()));
        let called = read(b"@a\ndef f(x=b()):\n    c()\nclass D(e):\n    g = h.i()\n", (3, 12)).paths.called;
        assert_eq!(called.into_iter().collect::<Vec<_>>(), ["a", "b", "i"]);
    }
}
