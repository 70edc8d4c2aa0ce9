//! What Python finds without a package: the standard library by version, and what the runtime brings.

use std::{collections::BTreeMap, sync::LazyLock};

use serde::Deserialize;

use super::table;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Table {
    #[serde(rename = "source")]
    _source: String,
    #[serde(rename = "as-of")]
    _as_of: toml::value::Datetime,
    common: Vec<String>,
    version: Vec<Version>,
    runtime: Bundled,
    quiet: Quiet,
    asking: Asking,
    finders: Quiet,
    places: Places,
    distributions: Distributions,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Version {
    language: String,
    modules: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Bundled {
    #[serde(rename = "source")]
    _source: String,
    modules: Vec<String>,
    undecided: Vec<String>,
    distributions: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Places {
    #[serde(rename = "source")]
    _source: String,
    folders: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Quiet {
    #[serde(rename = "source")]
    _source: String,
    modules: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Asking {
    #[serde(rename = "source")]
    _source: String,
    modules: BTreeMap<String, String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Distributions {
    #[serde(rename = "source")]
    _source: String,
    names: BTreeMap<String, String>,
}

static TABLE: LazyLock<Table> =
    LazyLock::new(|| table::parse(include_str!("../../rules/data/python-modules.toml")));

/// Where a top-level module comes from, when no package brings it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Builtin {
    /// The standard library of this version.
    Standard,
    /// The runtime's own packages.
    Runtime,
    /// Perhaps the runtime has it.
    Undecided,
    /// The standard library of an earlier version had it.
    Removed,
    /// Nobody.
    Absent,
}

/// Whether the standard library of a version is known.
pub fn is_known(language: &str) -> bool {
    TABLE.version.iter().any(|version| version.language == language)
}

/// Where a top-level module comes from in a version.
pub fn builtin(language: &str, module: &str) -> Builtin {
    let holds = |list: &[String]| list.iter().any(|name| name == module);
    let of = |version: &Version| holds(&version.modules);
    if holds(&TABLE.common) || TABLE.version.iter().any(|version| version.language == language && of(version))
    {
        Builtin::Standard
    } else if holds(&TABLE.runtime.modules) {
        Builtin::Runtime
    } else if TABLE.version.iter().take_while(|version| version.language != language).any(of) {
        Builtin::Removed
    } else if holds(&TABLE.runtime.undecided) {
        Builtin::Undecided
    } else {
        Builtin::Absent
    }
}

/// Whether the runtime may have the metadata of a distribution.
pub fn may_have_metadata(distribution: &str) -> bool {
    let is_it = |name: &String| name.eq_ignore_ascii_case(&distribution.replace(['_', '.'], "-"));
    TABLE.runtime.distributions.iter().any(is_it)
}

/// Whether a top-level module is one that nobody misses where another hides it: tests, examples, toys.
pub fn is_quiet(module: &str) -> bool {
    TABLE.quiet.modules.iter().any(|name| name == module)
}

/// The distribution whose metadata a module needs although no line of it says so.
pub fn asks_for(module: &str) -> Option<&'static str> {
    TABLE.asking.modules.get(module).map(String::as_str)
}

/// Whether a module's own finder serves nothing but names below it, or no modules at all.
pub fn finds_its_own_alone(module: &str) -> bool {
    let is_it = |own: &String| {
        module.strip_suffix(own.as_str()).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    TABLE.finders.modules.iter().any(is_it)
}

/// Whether a folder of the root may hold modules at run time: file systems of the function, and the system of the image.
pub fn may_hold_modules(folder: &str) -> bool {
    TABLE.places.folders.iter().any(|name| name == folder)
}

/// The name under which a module is installed.
pub fn distribution(module: &str) -> &str {
    TABLE.distributions.names.get(module).map_or(module, String::as_str)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_differ_as_their_release_notes_say() {
        for (language, module, expected) in [
            ("3.12", "json", Builtin::Standard),
            ("3.10", "tomllib", Builtin::Absent),
            ("3.11", "tomllib", Builtin::Standard),
            ("3.11", "distutils", Builtin::Standard),
            ("3.12", "imp", Builtin::Removed),
            ("3.12", "asyncore", Builtin::Removed),
            ("3.13", "cgi", Builtin::Removed),
            ("3.12", "cgi", Builtin::Standard),
            ("3.12", "boto3", Builtin::Runtime),
            ("3.12", "setuptools", Builtin::Undecided),
            ("3.12", "requests", Builtin::Absent),
        ] {
            assert_eq!(builtin(language, module), expected, "{language} {module}");
        }
        assert!(is_known("3.13") && !is_known("3.7"));
        assert_eq!(distribution("yaml"), "PyYAML");
    }
}
