//! Code that changes where modules are looked for: what runs when a module is imported, and what waits in functions until somebody calls it.

use std::collections::{BTreeMap, BTreeSet};

use ruff_python_ast::{
    Expr, Stmt, StmtClassDef, StmtFunctionDef,
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

/// What one module does to the search path. Names of calls: `f`, a function or a class; `.f`, a method; with `()` behind it, what a
/// call gives back and is called in turn.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PathEdits {
    /// Importing the module changes it.
    pub now: bool,
    /// What changes it when it is called.
    pub by: BTreeSet<String>,
    /// What of other modules is called while the module is imported, or may be.
    pub called: BTreeSet<String>,
}

/// Reads the statements of a module.
pub(super) fn of(body: &[Stmt], text: &str, version: (u8, u8)) -> PathEdits {
    let mut walk = Walk { version, ..Walk::default() };
    if WORDS.iter().any(|word| text.contains(word)) {
        walk.looks = true;
        walk.names.extend(["sys".to_owned(), "_sys".to_owned()]);
    }
    walk.visit_body(body);
    walk.finish()
}

/// A function or a class around what is looked at.
struct Scope {
    name: String,
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Class,
    Function,
    /// A method that runs without being called by its name: `__init__`, or one with a decorator.
    Special,
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
    around: Vec<Scope>,
    edits: PathEdits,
    /// What functions call, by the names of the functions.
    calls: BTreeMap<String, BTreeSet<String>>,
    /// Functions and classes of the module, and what is imported under another name.
    own: BTreeMap<String, Option<String>>,
    /// Plain names that are called while the module is imported.
    plain: BTreeSet<String>,
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
        self.edits.by.retain(|name| !name.starts_with('~'));
        let mut own = BTreeSet::new();
        for name in std::mem::take(&mut self.plain) {
            let base = name.trim_end_matches("()");
            let result = name.get(base.len()..).unwrap_or_default();
            match self.own.get(base) {
                Some(None) => drop(own.insert(name)),
                Some(Some(of)) => drop(self.edits.called.insert(format!("{of}{result}"))),
                // something that was assigned: it may be a method
                None => self.edits.called.extend([format!(".{name}"), name]),
            }
        }
        let is_called_here =
            !self.edits.by.is_disjoint(&self.edits.called) || !self.edits.by.is_disjoint(&own);
        self.edits.now |= is_called_here;
        self.edits
    }

    /// The names by which what is looked at is called; none at the top level.
    fn keys(&self) -> Vec<String> {
        let functions = self.around.iter().enumerate().filter(|(_, scope)| scope.kind != Kind::Class);
        let mut keys: Vec<String> = Vec::new();
        for (at, scope) in functions {
            // of the functions around it, what they give back may be called
            keys.iter_mut().filter(|key| !key.ends_with("()")).for_each(|key| key.push_str("()"));
            let outer = at.checked_sub(1).and_then(|outer| self.around.get(outer));
            match outer.filter(|outer| outer.kind == Kind::Class) {
                Some(class) => {
                    keys.push(format!(".{}", scope.name));
                    keys.extend((scope.kind == Kind::Special).then(|| class.name.clone()));
                }
                None if outer.is_some() => keys.push(format!("~{}", scope.name)),
                None => keys.push(scope.name.clone()),
            }
        }
        keys
    }

    fn edit(&mut self) {
        let keys = self.keys();
        self.edits.now |= keys.is_empty();
        self.edits.by.extend(keys);
    }

    /// A call; a decorator without a call of its own calls nothing of what it gives back.
    fn call(&mut self, function: &Expr, is_decorator: bool) {
        let (name, is_method) = match function {
            Expr::Name(name) => (name.id.as_str(), false),
            Expr::Attribute(one) => (one.attr.as_str(), true),
            _ => return,
        };
        let results = if is_decorator { &[""][..] } else { &["", "()"] };
        let named =
            |before: &str| results.iter().map(|behind| format!("{before}{name}{behind}")).collect::<Vec<_>>();
        let keys = self.keys();
        if keys.is_empty() && !is_method {
            return self.plain.extend(named(""));
        }
        let mut called = named("");
        called.extend(named(if is_method { "." } else { "~" }));
        if keys.is_empty() {
            return self.edits.called.extend(called);
        }
        for key in keys {
            self.calls.entry(key).or_default().extend(called.iter().cloned());
        }
    }

    /// A decorator: it is called, and what it gives back is called in place of the function.
    fn decorate(&mut self, decorator: &Expr, function: &str) {
        self.call(decorator, true);
        if let Some(name) = last_part(decorator) {
            let results = [format!("{name}()"), format!(".{name}()")];
            let key = match self.around.last().map(|scope| scope.kind) {
                None => function.to_owned(),
                Some(Kind::Class) => format!(".{function}"),
                Some(_) => format!("~{function}"),
            };
            self.calls.entry(key).or_default().extend(results);
        }
        self.visit_expr(decorator);
    }

    fn define(&mut self, name: &str) {
        if self.around.is_empty() {
            self.own.insert(name.to_owned(), None);
        }
    }

    /// A function; a method that is not called by its name runs with its class.
    fn function(&mut self, one: &StmtFunctionDef) {
        let name = one.name.as_str();
        self.define(name);
        for decorator in &one.decorator_list {
            self.decorate(&decorator.expression, name);
        }
        self.visit_parameters(&one.parameters);
        if self.looks {
            let is_special = name.starts_with("__") || !one.decorator_list.is_empty();
            self.inside(name, if is_special { Kind::Special } else { Kind::Function }, |walk| {
                walk.visit_body(&one.body);
            });
        }
    }

    /// A class: making one of it runs what it inherits.
    fn class(&mut self, one: &StmtClassDef) {
        let name = one.name.as_str();
        self.define(name);
        for decorator in &one.decorator_list {
            self.call(&decorator.expression, true);
        }
        let bases = one.bases().iter().filter_map(last_part).map(str::to_owned);
        self.calls.entry(name.to_owned()).or_default().extend(bases);
        self.inside(name, Kind::Class, |walk| walk.visit_body(&one.body));
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

    fn inside(&mut self, name: &str, kind: Kind, walk: impl FnOnce(&mut Self)) {
        self.around.push(Scope { name: name.to_owned(), kind });
        walk(self);
        self.around.pop();
    }

    fn name(&mut self, stmt: &Stmt) {
        match stmt {
            Stmt::Import(one) => {
                let sys = one.names.iter().filter(|alias| alias.name.as_str() == "sys");
                self.names.extend(sys.filter_map(|alias| Some(alias.asname.as_ref()?.as_str().to_owned())));
            }
            Stmt::ImportFrom(one) if one.module.as_deref() != Some("sys") && self.keys().is_empty() => {
                for alias in &one.names {
                    let local = alias.asname.as_ref().unwrap_or(&alias.name).as_str().to_owned();
                    self.own.insert(local, Some(alias.name.as_str().to_owned()));
                }
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
            Stmt::FunctionDef(one) => self.function(one),
            Stmt::ClassDef(one) => self.class(one),
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
                self.call(&call.func, false);
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
            "import sys\nclass A:\n    def __init__(self):\n        self.run()\n    def run(self):\n        sys.path.append('x')\nclass B(A): pass\nB()",
            "import sys\nclass A:\n    def run(self):\n        sys.path.append('x')\nA().run()",
            "import sys\nclass A:\n    def run(self):\n        sys.path.append('x')\nrun = A().run\nrun()",
            "import sys\nclass A:\n    @property\n    def all(self):\n        sys.path.append('x')\nx = A().all",
            "import sys\ndef f():\n    def inner():\n        sys.path.append('x')\n    inner()\nf()",
            "import sys\ndef f(x):\n    def inner(g):\n        sys.path.append(x)\n    return inner\n@f('x')\ndef h(): pass",
            "import sys\ndef f(g):\n    def inner():\n        sys.path.append('x')\n    return inner\n@f\ndef h(): pass\nh()",
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
    fn what_is_called_by_nobody_does_not() {
        for text in [
            "import sys\nclass A:\n    def run(self):\n        sys.path.append('x')\na = A()",
            "import sys\nclass A:\n    def run(self):\n        sys.path.append('x')\ndef run(): pass\nrun()",
            "import sys\ndef f(g):\n    def inner():\n        sys.path.append('x')\n    return inner\n@f\ndef h(): pass",
            "import sys\ndef f(g):\n    def inner():\n        sys.path.append('x')\n    return inner\ndef inner(): pass\ninner()",
        ] {
            let found = edits(text);
            assert!(!found.0 && !found.1.is_empty(), "{text}");
        }
    }

    #[test]
    fn functions_that_change_it_are_named_with_their_callers() {
        let text = "import sys\ndef f():\n    sys.path.append('x')\ndef g():\n    f()\ndef h():\n    pass\nclass A:\n    def run(self):\n        sys.path.pop()\n";
        assert_eq!(edits(text), (false, [".run", "f", "g"].map(str::to_owned).to_vec()));
        let text =
            "from m import a as b\nb()\n@c\ndef f(x=d()):\n    e()\nclass D(e):\n    g = h.i()\nf()\nD()";
        let called = read(text.as_bytes(), (3, 12)).paths.called;
        let expected = [".c", ".d", ".d()", ".i", ".i()", "a", "a()", "c", "d", "d()", "i", "i()"];
        assert_eq!(called.into_iter().collect::<Vec<_>>(), expected);
    }
}
