//! Environment variables of functions: kept for what they do to search paths, never shown.

use std::collections::BTreeMap;

/// Variables that change what is loaded. When one of them is known to a deployment only, nothing is said about what is not found.
const DECISIVE: [&str; 13] = [
    "PYTHONPATH",
    "PYTHONHOME",
    "NODE_PATH",
    "NODE_OPTIONS",
    "RUBYLIB",
    "RUBYOPT",
    "GEM_PATH",
    "GEM_HOME",
    "LD_LIBRARY_PATH",
    "LD_PRELOAD",
    "PATH",
    "JAVA_TOOL_OPTIONS",
    "AWS_LAMBDA_EXEC_WRAPPER",
];

/// The variables of a function.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Environment {
    /// Those with a known value.
    pub(super) known: BTreeMap<String, String>,
    /// Whether a decisive one is known to a deployment only.
    pub(super) is_partial: bool,
}

impl Environment {
    /// Whether a variable changes what is loaded.
    pub(super) fn is_decisive(name: &str) -> bool {
        DECISIVE.contains(&name)
    }

    /// Adds a variable; nothing for one whose value is known to a deployment only.
    pub(super) fn add(&mut self, name: &str, value: Option<String>) {
        match value {
            Some(value) => {
                self.known.insert(name.to_owned(), value);
            }
            None if Self::is_decisive(name) => self.is_partial = true,
            None => {}
        }
    }
}
