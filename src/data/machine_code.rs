//! Names that machine code goes by.

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
    suffixes: Vec<String>,
    versioned_suffixes: Vec<String>,
    folders: Vec<String>,
    files: Vec<String>,
}

static TABLE: LazyLock<Table> =
    LazyLock::new(|| table::parse(include_str!("../../rules/data/machine-code.toml")));

/// Whether a file name is one of machine code: `x.so`, `libx.so.1.2`, `x.node`, `x.pyd`.
pub fn is_code_name(name: &str) -> bool {
    let versioned = |suffix: &String| {
        name.split_once(suffix.as_str()).is_some_and(|(_, version)| {
            // OpenSSL's releases end in a letter: libcrypto.so.1.1.1k
            let is_number = |part: &str| {
                part.starts_with(|c: char| c.is_ascii_digit())
                    && part.chars().all(|c| c.is_ascii_alphanumeric())
            };
            version.split('.').all(is_number)
        })
    };
    TABLE.suffixes.iter().any(|suffix| name.ends_with(suffix.as_str()))
        || TABLE.versioned_suffixes.iter().any(versioned)
}

/// Whether a file at this path is started or found by name, whatever it is called: `bootstrap`, `bin/tool`, `extensions/agent`.
pub fn is_started(path: &str) -> bool {
    let folder = path.rsplit_once('/').map(|(folder, _)| folder);
    TABLE.files.iter().any(|file| file == path)
        || folder.is_some_and(|folder| TABLE.folders.iter().any(|one| one == folder))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_machine_code() {
        for name in ["x.so", "libx.so.1", "libx.so.1.2.3", "libx.so.1.1.1k", "a.node", "b.pyd", "c.dylib"] {
            assert!(is_code_name(name), "{name}");
        }
        for name in ["x.so.txt", "x.sock", "x.py", "notes.so.md", "x.so.1.txt", "x.sO"] {
            assert!(!is_code_name(name), "{name}");
        }
        assert!(is_started("bootstrap") && is_started("extensions/agent") && !is_started("python/bootstrap"));
    }
}
