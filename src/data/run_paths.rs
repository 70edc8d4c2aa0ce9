//! What the folders of an RPATH or RUNPATH are in Lambda: `rules/data/run-paths.toml`.

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
    writable: Vec<String>,
    fixed: Vec<String>,
}

static TABLE: LazyLock<Table> =
    LazyLock::new(|| table::parse(include_str!("../../rules/data/run-paths.toml")));

/// What a folder of a run path is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum RunPath {
    /// Code in the environment may write there.
    Writable,
    /// Relative to the folder that the process works in.
    Relative,
    /// A folder of the machine that built it.
    OfBuild,
    /// A folder of the system or of a package, or beside the file itself.
    Fixed,
}

impl RunPath {
    /// Judges one element.
    pub fn of(element: &str) -> Self {
        if element.starts_with('$') {
            return Self::Fixed;
        }
        if !element.starts_with('/') {
            return Self::Relative;
        }
        // `..` leads anywhere, but no build tool writes it into an absolute path to a writable folder
        let below = |folders: &[String]| {
            folders.iter().any(|folder| {
                element
                    .strip_prefix(folder.as_str())
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            })
        };
        if below(&TABLE.writable) {
            Self::Writable
        } else if below(&TABLE.fixed) {
            Self::Fixed
        } else {
            Self::OfBuild
        }
    }
}

#[cfg(test)]
mod tests {
    use super::RunPath;

    #[test]
    fn folders_are_told_apart() {
        for (element, expected) in [
            ("$ORIGIN/../lib", RunPath::Fixed),
            ("/opt/lib", RunPath::Fixed),
            ("/usr/local/lib", RunPath::Fixed),
            ("/tmp/build/lib", RunPath::Writable),
            ("/tmpfoo", RunPath::OfBuild),
            ("/home/runner/work/lib", RunPath::OfBuild),
            ("", RunPath::Relative),
            ("../lib", RunPath::Relative),
        ] {
            assert_eq!(RunPath::of(element), expected, "{element}");
        }
    }
}
