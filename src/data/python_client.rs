//! What Lambda's Python client has loaded before it imports a handler, and what the interpreter has compiled in.

use std::sync::LazyLock;

use serde::Deserialize;

use super::table;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Table {
    #[serde(rename = "source")]
    _source: String,
    #[serde(rename = "as-of")]
    _as_of: toml::value::Datetime,
    loaded: Vec<String>,
    compiled: Vec<String>,
    version: Vec<Version>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Version {
    language: String,
    magic: u16,
    loaded: Vec<String>,
    compiled: Vec<String>,
}

static TABLE: LazyLock<Table> =
    LazyLock::new(|| table::parse(include_str!("../../rules/data/python-client.toml")));

fn version(language: &str) -> Option<&'static Version> {
    TABLE.version.iter().find(|version| version.language == language)
}

/// Whether a top-level module is in `sys.modules` before the handler is imported: a file of its name is never read.
pub fn is_loaded_before(language: &str, module: &str) -> bool {
    let own = version(language).map(|version| version.loaded.as_slice()).unwrap_or_default();
    TABLE.loaded.iter().chain(own).any(|name| name == module)
}

/// Whether the client of every version has loaded it: then nothing hangs on the client's own version.
pub fn is_loaded_by_all(module: &str) -> bool {
    TABLE.loaded.iter().any(|name| name == module)
}

/// Whether a module is compiled into the interpreter: it comes before every search path.
pub fn is_compiled_in(language: &str, module: &str) -> bool {
    let own = version(language).map(|version| version.compiled.as_slice()).unwrap_or_default();
    TABLE.compiled.iter().chain(own).any(|name| name == module)
}

/// The number that byte code of a version begins with.
pub fn magic(language: &str) -> Option<u16> {
    version(language).map(|version| version.magic)
}

/// The version whose byte code begins with a number.
pub fn version_of_magic(magic: u16) -> Option<&'static str> {
    TABLE.version.iter().find(|version| version.magic == magic).map(|version| version.language.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::python_modules::is_known;

    #[test]
    fn what_is_loaded_differs_by_version() {
        assert!(is_loaded_before("3.12", "json") && is_loaded_before("3.14", "logging"));
        assert!(is_loaded_before("3.12", "textwrap") && !is_loaded_before("3.10", "textwrap"));
        assert!(!is_loaded_before("3.12", "random") && !is_loaded_before("3.12", "dataclasses"));
        assert!(is_compiled_in("3.12", "time") && !is_compiled_in("3.12", "json"));
    }

    #[test]
    fn byte_code_is_told_by_its_number() {
        assert_eq!((magic("3.11"), version_of_magic(3531)), (Some(3495), Some("3.12")));
        assert!(TABLE.version.iter().all(|version| is_known(&version.language)));
    }
}
