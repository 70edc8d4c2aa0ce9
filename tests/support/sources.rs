//! Sources that repeat one statement: whoever reads the text again for each of them never ends.

use super::raw_zip::{honest, raw};

/// The longest sources that are read, in bytes: of JavaScript and its kind longer ones are read, which takes as much longer.
const LONGEST: usize = 4 << 20;

/// A package of one source, and the runtime that is to start it.
pub struct Repeated {
    pub statement: &'static str,
    pub runtime: &'static str,
    pub zip: Vec<u8>,
}

/// `#` becomes another number each time.
const STATEMENTS: [(&str, &str, &[&str]); 4] = [
    (
        "python3.12",
        "app.py",
        &[
            "import a\n",
            "import a#\n",
            "from a# import *\n",
            "from . import b#\n",
            "try:\n import a#\nexcept ImportError: pass\n",
            "def f#(): import a#\n",
            "if x: import a#\n",
            "sys.path.append('a#')\n",
            "import importlib.metadata;importlib.metadata.version('a#')\n",
            "def f#(): f#()\n",
            "a# = b = c\n",
        ],
    ),
    (
        "nodejs22.x",
        "app.js",
        &[
            "require('./a');",
            "require('./a#');\n",
            "function f#() { f#() }\n",
            "exports.a# = 1;\n",
            "try { require('a#') } catch {}\n",
            "const { a# } = require('b');\n",
        ],
    ),
    (
        "nodejs22.x",
        "app.mjs",
        &["import './a#.mjs';\n", "export * from './a#.mjs';\n", "import('./a#');\n", "await 1;\n"],
    ),
    ("ruby3.3", "app.rb", &["require 'a'\n", "require 'a#'\n", "require_relative 'a#'\n", "x = <<A\n"]),
];

/// All of them, as long as they are read, or a part of that.
pub fn repeated(large: bool) -> impl Iterator<Item = Repeated> {
    let size = if large { LONGEST } else { LONGEST / 16 };
    STATEMENTS.into_iter().flat_map(move |(runtime, name, statements)| {
        statements.iter().map(move |statement| {
            let zip = honest(&[raw(name, source(statement, size).as_bytes())]);
            Repeated { statement, runtime, zip }
        })
    })
}

fn source(statement: &str, size: usize) -> String {
    let mut text = String::new();
    for number in 0.. {
        let next = statement.replace('#', &format!("{number}"));
        if text.len() + next.len() >= size {
            break;
        }
        text.push_str(&next);
    }
    text
}
