//! What following the start of a Python function gives.

use std::collections::BTreeSet;

use crate::{environment::package::Package, model::answer::Answer};

/// A line of a module that is imported.
#[derive(Clone, Debug)]
pub struct Spot<'a> {
    /// The package that provides the module.
    pub package: &'a Package,
    /// Its entry.
    pub index: usize,
    /// Line, counted from 1.
    pub line: u32,
    /// The modules that led there, from the handler's on, with dots.
    pub chain: Vec<String>,
}

/// Why an import fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// `No module named 'x'`; with the whole name.
    Missing(String),
    /// The standard library had it once.
    Removed(String),
    /// `cannot import name 'x' from 'y'`
    NoName {
        /// The name.
        name: String,
        /// The module.
        module: String,
    },
    /// The source does not parse; with the parser's words.
    Syntax(String),
    /// A relative import where there is no package, or above the outermost one.
    NoParent {
        /// Whether it leads out of a package.
        is_beyond: bool,
    },
    /// Byte code of another version; the module, and what the file begins with.
    BadMagic {
        /// With dots.
        module: String,
        /// The first four bytes, or as many as there are.
        magic: Vec<u8>,
    },
    /// The metadata of a distribution is asked for and not there.
    NoMetadata {
        /// Its name as asked for.
        distribution: String,
        /// Whether setuptools is asked.
        of_setuptools: bool,
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
pub struct PythonStart<'a> {
    /// The handler's module as it is written: Lambda names it so.
    pub module: String,
    /// What fails, in the order in which it is met.
    pub faults: Vec<Fault<'a>>,
    /// What fails when the handler is called: imports that stand in it.
    pub late: Vec<Fault<'a>>,
    /// Questions after metadata that is not there.
    pub unmarked: Vec<Fault<'a>>,
    /// Whether the module has the handler.
    pub handler: Answer<()>,
    /// Where the handler's module is.
    pub file: Option<Spot<'a>>,
    /// Top-level modules of the runtime that something imports.
    pub of_runtime: BTreeSet<String>,
    /// Names that the handler's module binds.
    pub names: Vec<String>,
}
