//! What one Python module imports and binds when it is imported, read from its source without running it.

mod asked;
mod bindings;
mod guards;
mod imports;
mod nesting;
mod paths;

use std::collections::{BTreeMap, BTreeSet};

use ruff_python_ast::{Mod, PythonVersion, Stmt};
use ruff_python_parser::{Mode, ParseOptions, parse_unchecked};
use ruff_text_size::{Ranged, TextSize};

pub use asked::{Asked, Whose};
pub use paths::PathEdits;

use super::{lines::Lines, turns::in_turn};

/// The longest source that is read.
const LONGEST: usize = 4 << 20;

/// Bytes of stack of the threads that read modules; the parser itself grows its stack where a source asks for more.
pub const STACK: usize = 256 << 20;

/// Words in a source by which a module makes names, modules or search paths that only running it would tell.
const DYNAMIC: [&str; 12] = [
    "globals()",
    "locals()",
    "vars()",
    "exec(",
    "setattr(",
    "sys.modules",
    "__getattr__",
    "__path__",
    "extend_path",
    "meta_path",
    "LazyLoader",
    "global ",
];

/// Words by which a package makes modules below it that lie in no file.
const MODULE_MAKERS: [&str; 5] = ["sys.modules", "__path__", "extend_path", "meta_path", "LazyLoader"];

/// One import that is met whenever the module is imported.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// The module, with dots: `pkg.sub`; may be empty when it is relative.
    pub module: String,
    /// Leading dots.
    pub level: u32,
    /// What is taken from it by `from ... import`; nothing for a plain import.
    pub names: Option<Vec<String>>,
    /// Line, counted from 1.
    pub line: u32,
}

/// A source that Python refuses.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyntaxFault {
    /// The parser's words.
    pub message: String,
    /// Line, counted from 1.
    pub line: u32,
}

/// The facts about one module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModuleFacts {
    /// Why it does not parse; then nothing else is known.
    pub fault: Option<SyntaxFault>,
    /// It is too long or too deeply nested to be looked at.
    pub too_much: bool,
    /// Imports in order.
    pub imports: Vec<Import>,
    /// Imports whose failure is caught, in the module or in a function of it.
    pub tried: Vec<Import>,
    /// Names that it may bind, in whatever branch.
    pub names: BTreeSet<String>,
    /// It may bind further names, in ways that only running it would tell.
    pub dynamic: bool,
    /// Modules that it takes all names of.
    pub stars: Vec<Import>,
    /// It may make modules below itself that lie in no file.
    pub makes_modules: bool,
    /// What it does to where modules are looked for.
    pub paths: PathEdits,
    /// What it asks of the metadata of distributions.
    pub asked: Vec<Asked>,
    /// Imports that are met whenever a function of the module is called, by its name.
    pub late: BTreeMap<String, Vec<Import>>,
}

/// Reads a module as a version of Python does. Needs a thread with [`STACK`] bytes of stack.
pub fn read(bytes: &[u8], version: (u8, u8)) -> ModuleFacts {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = String::from_utf8_lossy(bytes);
    if text.len() > LONGEST || !nesting::is_bounded(&text) {
        return ModuleFacts { too_much: true, ..ModuleFacts::default() };
    }
    in_turn(text.len(), || read_bounded(&text, version))
}

fn read_bounded(text: &str, version: (u8, u8)) -> ModuleFacts {
    let options = ParseOptions::from(Mode::Module).with_target_version(PythonVersion::from(version));
    let parsed = parse_unchecked(text, options);
    if let Some(fault) = fault(&parsed, text) {
        return ModuleFacts { fault: Some(fault), ..ModuleFacts::default() };
    }
    let Mod::Module(module) = parsed.syntax() else { return ModuleFacts::default() };
    if let Some(fault) = compile_fault(&module.body, text) {
        return ModuleFacts { fault: Some(fault), ..ModuleFacts::default() };
    }
    facts(&module.body, text, version)
}

fn fault(parsed: &ruff_python_parser::Parsed<Mod>, text: &str) -> Option<SyntaxFault> {
    if let Some(error) = parsed.errors().first() {
        let at = error.location.start();
        return Some(SyntaxFault { message: error.error.to_string(), line: line(text, at) });
    }
    let newer = parsed.unsupported_syntax_errors().first()?;
    Some(SyntaxFault { message: newer.to_string(), line: line(text, newer.range.start()) })
}

/// What the compiler refuses behind the parser, as far as it can be seen at the top level.
fn compile_fault(body: &[Stmt], text: &str) -> Option<SyntaxFault> {
    let mut is_beginning = true;
    for (at, stmt) in body.iter().enumerate() {
        let message = match stmt {
            Stmt::ImportFrom(one) if one.level == 0 && one.module.as_deref() == Some("__future__") => {
                if is_beginning {
                    continue;
                }
                "from __future__ imports must occur at the beginning of the file"
            }
            Stmt::Return(_) => "'return' outside function",
            Stmt::Expr(one) if at == 0 && one.value.is_string_literal_expr() => continue,
            _ => {
                is_beginning = false;
                continue;
            }
        };
        return Some(SyntaxFault { message: message.to_owned(), line: line(text, stmt.range().start()) });
    }
    None
}

fn facts(body: &[Stmt], text: &str, version: (u8, u8)) -> ModuleFacts {
    let (names, stars) = bindings::of(body);
    let lines = Lines::of(text);
    let imports = imports::of(body, &lines, version);
    ModuleFacts {
        fault: None,
        too_much: false,
        imports: imports.met,
        tried: imports.tried,
        names,
        stars,
        dynamic: DYNAMIC.iter().any(|word| text.contains(word)),
        makes_modules: MODULE_MAKERS.iter().any(|word| text.contains(word)),
        paths: paths::of(body, text, version),
        asked: if text.contains("metadata") || text.contains("pkg_resources") {
            asked::of(body, &lines)
        } else {
            Vec::new()
        },
        late: late(body, &lines, version),
    }
}

/// Imports of functions at the top level. Of two functions of one name nothing is known.
fn late(body: &[Stmt], lines: &Lines, version: (u8, u8)) -> BTreeMap<String, Vec<Import>> {
    let mut found: BTreeMap<String, Vec<Import>> = BTreeMap::new();
    for stmt in body {
        let Stmt::FunctionDef(one) = stmt else { continue };
        let imports = imports::of(&one.body, lines, version).met;
        let name = one.name.as_str().to_owned();
        found.entry(name).and_modify(Vec::clear).or_insert(imports);
    }
    found.retain(|_, imports| !imports.is_empty());
    found
}

fn line(text: &str, at: TextSize) -> u32 {
    Lines::of(text).line(at.to_usize())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn imports(text: &str) -> Vec<String> {
        let told = |one: &Import| {
            let dots = ".".repeat(usize::try_from(one.level).unwrap());
            match &one.names {
                None => format!("{dots}{}", one.module),
                Some(names) => format!("{dots}{}:{}", one.module, names.join(",")),
            }
        };
        read(text.as_bytes(), (3, 12)).imports.iter().map(told).collect()
    }

    #[test]
    fn imports_that_are_met_for_certain_count() {
        for (text, expected) in [
            ("import a, b.c as d", &["a", "b.c"][..]),
            ("from a.b import c, d as e", &["a.b:c,d"]),
            ("from . import x\nfrom ..y import z", &[".:x", "..y:z"]),
            ("class A:\n    import b", &["b"]),
            ("with open('x') as f:\n    import a", &["a"]),
            ("try:\n    import a\nfinally:\n    import b", &["a", "b"]),
            ("try:\n    import a\nexcept OSError:\n    pass", &["a"]),
            ("if True:\n    import a\nelse:\n    import b", &["a"]),
            (
                "import sys\nif sys.version_info >= (3, 11):\n    import tomllib\nelse:\n    import tomli",
                &["sys", "tomllib"],
            ),
            (
                "import sys\nif sys.version_info < (3, 8):\n    import a\nelif sys.platform == 'linux':\n    import b",
                &["sys", "b"],
            ),
            ("import os\nif os.name == 'nt':\n    import winreg", &["os"]),
        ] {
            assert_eq!(imports(text), expected, "{text}");
        }
    }

    #[test]
    fn guarded_imports_do_not() {
        for text in [
            "try:\n    import a\nexcept ImportError:\n    a = None",
            "try:\n    import a\nexcept (ValueError, ModuleNotFoundError):\n    pass",
            "try:\n    import a\nexcept Exception:\n    pass",
            "try:\n    import a\nexcept:\n    pass",
            "from_typing = 1\nif TYPE_CHECKING:\n    import a",
            "if typing.TYPE_CHECKING:\n    import a",
            "if __name__ == '__main__':\n    import a",
            "if DEBUG:\n    import a",
            "def f():\n    import a",
            "for x in y:\n    import a",
            "with contextlib.suppress(ImportError):\n    import a",
            "with suppress(ModuleNotFoundError):\n    import a",
            "raise SystemExit\nimport a",
        ] {
            assert!(imports(text).is_empty(), "{text}");
        }
    }

    #[test]
    fn names_are_gathered_from_every_branch() {
        let facts = read(
            b"import a.b\nfrom c import d as e\nx, (y, *z) = 1, 2\nif q:\n    def f(): pass\nelse:\n    class G: pass\nfor i in j:\n    w: int = 1\nwith k as l: pass\nprint(v := 1)\n",
            (3, 12),
        );
        let names: Vec<&str> = facts.names.iter().map(String::as_str).collect();
        assert_eq!(names, ["G", "a", "e", "f", "i", "l", "v", "w", "x", "y", "z"]);
        assert!(!facts.dynamic);
        let stars = read(b"try:\n    from .x import *\nexcept ImportError: pass", (3, 12)).stars;
        assert_eq!((stars[0].module.as_str(), stars[0].level), ("x", 1));
        assert!(read(b"def __getattr__(name): pass", (3, 12)).dynamic);
    }

    #[test]
    fn questions_after_metadata_are_told_from_harmless_ones() {
        let names = |text: &str| -> Vec<Whose> {
            read(text.as_bytes(), (3, 12)).asked.into_iter().map(|one| one.whose).collect()
        };
        let some = |name: &str| vec![Whose::Named(name.to_owned())];
        for (text, expected) in [
            ("from importlib.metadata import version\n__version__ = version('a-b')", some("a-b")),
            ("import importlib.metadata\nv = importlib.metadata.version('a').split('.')", some("a")),
            ("from importlib import metadata as m\nv = tuple(m.version('a'))", some("a")),
            ("import pkg_resources\npkg_resources.get_distribution('a').version", some("a")),
            ("import importlib_metadata\nv = importlib_metadata.version(__name__)", vec![Whose::Own]),
            (
                "try:\n    from importlib.metadata import version\nexcept ImportError:\n    from importlib_metadata import version\nv = version('a')",
                some("a"),
            ),
            (
                "from importlib.metadata import version\ntry:\n    v = version('a')\nexcept Exception:\n    v = ''",
                vec![],
            ),
            ("from importlib.metadata import version\ndef f():\n    return version('a')", vec![]),
            ("from importlib.metadata import version\nf = lambda: version('a')", vec![]),
            ("from importlib.metadata import version\nv = x or version('a')", vec![]),
            ("from other.metadata import version\nv = version('a')", vec![]),
            ("from importlib.metadata import version\nv = version(NAME)", vec![]),
        ] {
            assert_eq!(names(text), expected, "{text}");
        }
    }

    #[test]
    fn imports_of_functions_are_kept_by_name() {
        let late = |text: &str| read(text.as_bytes(), (3, 12)).late;
        let found =
            late("def f(e, c):\n    import a\n    if x:\n        import b\n    return 1\n    import c");
        assert_eq!(found["f"].iter().map(|one| one.module.as_str()).collect::<Vec<_>>(), ["a"]);
        assert!(late("def f():\n    import a\ndef f():\n    import b").is_empty());
        assert!(late("class A:\n    def f(self):\n        import a").is_empty());
    }

    #[test]
    fn syntax_is_that_of_the_version() {
        let fault = |text: &str, version| read(text.as_bytes(), version).fault;
        let found = fault("def f(:\n  pass\n", (3, 12)).unwrap();
        assert_eq!(found.line, 1);
        assert!(fault("match x:\n    case 1: pass\n", (3, 9)).is_some());
        assert!(fault("match x:\n    case 1: pass\n", (3, 10)).is_none());
        assert!(fault("print 'x'", (3, 12)).is_some());
        assert!(
            fault("'doc'\nfrom __future__ import annotations\nfrom __future__ import division", (3, 12))
                .is_none()
        );
        assert_eq!(fault("x = 1\n\nfrom __future__ import annotations", (3, 12)).unwrap().line, 3);
        assert!(fault("import x\nreturn x", (3, 12)).is_some());
    }

    #[test]
    fn hostile_nesting_is_passed_over() {
        for unit in ["(", "[", "-", "not ", "lambda:", "a if b else ", "{", "f(", "a**"] {
            let text = unit.repeat(300_000);
            assert!(read(text.as_bytes(), (3, 12)).too_much, "{unit}");
        }
    }
}
