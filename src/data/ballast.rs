//! Bytes that do nothing when a function runs.

use std::sync::LazyLock;

use serde::Deserialize;

use super::table;

/// A kind of ballast.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum BallastKind {
    /// Compiled Python.
    Bytecode,
    /// Test suites of installed packages.
    Tests,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Row {
    id: BallastKind,
    folders: Vec<String>,
    suffixes: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Table {
    #[serde(rename = "source")]
    _source: String,
    #[serde(rename = "as-of")]
    _as_of: toml::value::Datetime,
    kind: Vec<Row>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| table::parse(include_str!("../../rules/data/ballast.toml")));

/// What kind of ballast a file is, by its path below the folder that packages are installed in: `numpy/tests/test_x.py`.
pub fn kind_of(path: &str) -> Option<BallastKind> {
    let mut components: Vec<&str> = path.split('/').collect();
    let name = components.pop()?;
    TABLE.kind.iter().find(|row| row.holds(&components, name)).map(|row| row.id)
}

impl Row {
    /// A folder counts only inside a package: `test/` at the top is a package of that name.
    fn holds(&self, folders: &[&str], name: &str) -> bool {
        let inside =
            if self.id == BallastKind::Tests { folders.get(1..).unwrap_or_default() } else { folders };
        self.suffixes.iter().any(|suffix| name.ends_with(suffix.as_str()))
            || inside.iter().any(|folder| self.folders.iter().any(|one| one == folder))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ballast_is_told_by_whole_names() {
        for (path, kind) in [
            ("numpy/tests/test_core.py", Some(BallastKind::Tests)),
            ("numpy/testing/__init__.py", None),
            ("tests/conftest.py", None),
            ("pkg/__pycache__/x.cpython-312.pyc", Some(BallastKind::Bytecode)),
            ("lodash/test/index.js", Some(BallastKind::Tests)),
            ("pkg/latest/x.py", None),
        ] {
            assert_eq!(kind_of(path), kind, "{path}");
        }
    }
}
