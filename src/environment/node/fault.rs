//! What following the start of a function gives.

use crate::{environment::package::Package, inspect::javascript::ModuleSyntax, model::answer::Answer};

use super::resolve::Failure;

/// A line of a file that is loaded.
#[derive(Clone, Debug)]
pub struct Spot<'a> {
    /// The absolute path.
    pub path: String,
    /// The package that provides it.
    pub package: &'a Package,
    /// Its entry.
    pub index: usize,
    /// Line, counted from 1.
    pub line: u32,
    /// The files that led there, from the one that loads it up to the handler.
    pub chain: Vec<String>,
    /// Whether it is the function's own code, not an installed package.
    pub own_code: bool,
    /// Whether it was loaded by `import`; otherwise by `require`.
    pub is_module: bool,
}

/// Why loading fails at a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// What is asked for is not found.
    Unresolved {
        /// The specifier.
        specifier: String,
        /// Whether it is asked for by `import`.
        imports: bool,
        /// Why.
        failure: Failure,
    },
    /// `require` of an ES module, which Lambda switches off.
    RequiresModule {
        /// The specifier.
        specifier: String,
        /// The file.
        target: String,
    },
    /// `import` or `export` in a file that is run as CommonJS.
    ModuleSyntax {
        /// What is met first.
        first: ModuleSyntax,
        /// The specifier and the first name of an `import` that asks for it: then Node.js speaks of the name.
        named: Option<(String, String)>,
    },
    /// A name of CommonJS in an ES module.
    ForeignName(String),
    /// The file does not parse; with the parser's words.
    Syntax(String),
    /// A JSON file does not parse; with the parser's words.
    Json(String),
    /// An imported name is not exported.
    NoExport {
        /// The specifier.
        specifier: String,
        /// The name.
        name: String,
        /// Whether the module that should have it is CommonJS.
        commonjs: bool,
    },
    /// JSON is imported without `with { type: "json" }`.
    NoAttribute {
        /// The file.
        target: String,
    },
    /// A file's nearest `package.json` cannot be read.
    BrokenManifest {
        /// Its path.
        path: String,
        /// The parser's words.
        why: String,
    },
}

/// One thing that keeps the function from starting.
#[derive(Clone, Debug)]
pub struct Fault<'a> {
    /// Where.
    pub spot: Spot<'a>,
    /// Why.
    pub trouble: Trouble,
}

/// What following the start gave.
#[derive(Clone, Debug)]
pub struct Start<'a> {
    /// Everything that fails, in the order in which it is met.
    pub faults: Vec<Fault<'a>>,
    /// Whether the handler's file exports the handler, with that file.
    pub handler: Answer<()>,
    /// What the handler's file exports, as far as it is known.
    pub exports: Vec<String>,
    /// The handler's file.
    pub file: Option<Spot<'a>>,
    /// How many files are loaded, as far as they were followed.
    pub loaded: usize,
    /// The absolute paths of the files that are loaded, sorted.
    pub paths: Vec<String>,
}
