//! What one JavaScript module loads and exports, read from its source without running it.

mod bindings;
mod commonjs;
mod esm;
mod nesting;
mod walk;

use std::collections::BTreeSet;

use oxc_allocator::Allocator;
use oxc_parser::{ParseOptions, Parser, ParserReturn};
use oxc_span::SourceType;

use super::{lines::Lines, turns::in_turn};
pub use nesting::STACK;

/// The longest source that is read: far above what a bundler writes.
const LONGEST: usize = 32 << 20;

/// How Node.js takes a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Goal {
    /// The body of a CommonJS function.
    CommonJs,
    /// An ES module.
    Module,
}

/// How a module is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// `require("x")`
    Require,
    /// `require.resolve("x")`: looked up, not run.
    Resolve,
    /// `await import("x")` at the top of a module.
    Import,
}

/// One `require` with a literal name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Load {
    /// What is asked for.
    pub specifier: String,
    /// How.
    pub how: How,
    /// Whether it is met whenever the module is loaded: outside of functions that nobody calls, of conditions and of `try`.
    pub certain: bool,
    /// Line, counted from 1.
    pub line: u32,
}

/// One `import` or `export ... from` statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Import {
    /// What is asked for.
    pub specifier: String,
    /// The exports that it names; without those of `import * as`.
    pub names: Vec<String>,
    /// The value of its `type` attribute.
    pub attribute: Option<String>,
    /// Line, counted from 1.
    pub line: u32,
}

/// What a module exports.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Exports {
    /// The names.
    pub names: BTreeSet<String>,
    /// Modules all of whose exports are handed on.
    pub from: Vec<String>,
    /// Code adds to them in ways that only running it would tell.
    pub dynamic: bool,
}

/// What only an ES module may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModuleSyntax {
    /// `import ... from`
    Import,
    /// `export`
    Export,
    /// `import.meta`
    Meta,
    /// `await` outside of a function.
    Await,
}

/// Why a source cannot be run as what Node.js takes it for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is an ES module, and is run as CommonJS.
    ModuleSyntax {
        /// What is met first.
        first: ModuleSyntax,
        /// Line, counted from 1.
        line: u32,
    },
    /// It does not parse.
    Syntax {
        /// The parser's words.
        message: String,
        /// Line, counted from 1.
        line: u32,
    },
    /// It is too long or too deeply nested to be looked at.
    TooMuch,
}

/// A name of CommonJS that an ES module uses as soon as it is run.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ForeignName {
    /// `require`, `module`, `exports`, `__dirname` or `__filename`.
    pub name: String,
    /// Line, counted from 1.
    pub line: u32,
}

/// The facts about one module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModuleFacts {
    /// Why it cannot be run at all; then nothing else is known.
    pub fault: Option<Fault>,
    /// `import` statements in order.
    pub imports: Vec<Import>,
    /// `require` calls in order.
    pub loads: Vec<Load>,
    /// What it exports.
    pub exports: Exports,
    /// The first name of CommonJS that it uses for certain although it is an ES module.
    pub foreign: Option<ForeignName>,
}

/// Reads a module. Runs in bounded time; needs a thread with [`STACK`] bytes of stack.
pub fn read(bytes: &[u8], goal: Goal) -> ModuleFacts {
    let text = String::from_utf8_lossy(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes));
    if text.len() > LONGEST || !nesting::is_bounded(&text) {
        return faulty(Fault::TooMuch);
    }
    in_turn(text.len(), || read_bounded(&text, goal))
}

fn read_bounded(text: &str, goal: Goal) -> ModuleFacts {
    let allocator = Allocator::default();
    let parsed = parse(&allocator, text, goal);
    match first_error(&parsed) {
        Some((message, at)) => faulty(fault(text, goal, message, at)),
        // the parser takes `import` in CommonJS, Node.js does not
        None if goal == Goal::CommonJs && parsed.module_record.has_module_syntax => {
            let (first, at) = esm::first_syntax(&parsed);
            faulty(Fault::ModuleSyntax { first, line: line(text, at) })
        }
        None => facts(&parsed, text, goal),
    }
}

fn faulty(fault: Fault) -> ModuleFacts {
    ModuleFacts { fault: Some(fault), ..ModuleFacts::default() }
}

fn parse<'a>(allocator: &'a Allocator, text: &'a str, goal: Goal) -> ParserReturn<'a> {
    let kind = match goal {
        Goal::CommonJs => SourceType::cjs(),
        Goal::Module => SourceType::mjs(),
    };
    let options = ParseOptions {
        allow_return_outside_function: goal == Goal::CommonJs,
        preserve_parens: false,
        ..ParseOptions::default()
    };
    Parser::new(allocator, text, kind).with_options(options).parse()
}

fn first_error(parsed: &ParserReturn<'_>) -> Option<(String, usize)> {
    let error = parsed.diagnostics.first()?;
    let at = error.labels.first().map_or(0, oxc_span::LabeledSpan::offset);
    Some((error.message.to_string(), usize::try_from(at).unwrap_or_default()))
}

/// A CommonJS source that parses as a module is one in the wrong place; anything else is broken.
fn fault(text: &str, goal: Goal, message: String, at: usize) -> Fault {
    if goal == Goal::CommonJs {
        let allocator = Allocator::default();
        let module = parse(&allocator, text, Goal::Module);
        if module.diagnostics.is_empty() && !module.panicked {
            let (first, at) = esm::first_syntax(&module);
            return Fault::ModuleSyntax { first, line: line(text, at) };
        }
    }
    Fault::Syntax { message, line: line(text, at) }
}

fn facts(parsed: &ParserReturn<'_>, text: &str, goal: Goal) -> ModuleFacts {
    let lines = Lines::of(text);
    let walked = walk::walk(&parsed.program, goal, &lines);
    // nobody else goes down a tree without an end
    if walked.too_deep {
        return faulty(Fault::TooMuch);
    }
    let (imports, exports) = match goal {
        Goal::CommonJs => (Vec::new(), commonjs::exports(&parsed.program)),
        Goal::Module => (esm::imports(&parsed.program, &lines), esm::exports(&parsed.module_record)),
    };
    ModuleFacts { fault: None, imports, loads: walked.loads, exports, foreign: walked.foreign }
}

fn line(text: &str, at: usize) -> u32 {
    Lines::of(text).line(at)
}

#[cfg(test)]
mod tests;
