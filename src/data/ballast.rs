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
    /// What a repository keeps beside its files.
    Vcs,
    /// What installers and checkers keep for their next run.
    PackageCaches,
    /// Maps from built JavaScript and CSS to its sources.
    SourceMaps,
    /// Declarations that only type checkers read.
    TypeStubs,
    /// Libraries for a linker.
    StaticLibraries,
    /// Texts for people.
    Docs,
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
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    TABLE.kind.iter().find(|row| row.holds(folders, name)).map(|row| row.id)
}

impl Row {
    /// A folder of tests counts only inside a package: `test/` at the top is a package of that name.
    fn holds(&self, folders: &str, name: &str) -> bool {
        let skipped = usize::from(self.id == BallastKind::Tests);
        self.suffixes.iter().any(|suffix| name.len() > suffix.len() && name.ends_with(suffix.as_str()))
            || (!self.folders.is_empty()
                && folders
                    .split('/')
                    .skip(skipped)
                    .any(|folder| self.folders.iter().any(|one| one == folder)))
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
            ("pkg/.git/HEAD", Some(BallastKind::Vcs)),
            ("rack-3.0.gem", Some(BallastKind::PackageCaches)),
            ("zod/lib/index.js.map", Some(BallastKind::SourceMaps)),
            ("zod/lib/regions.map", None),
            ("numpy/__init__.pyi", Some(BallastKind::TypeStubs)),
            ("numpy/core/libnpymath.a", Some(BallastKind::StaticLibraries)),
            ("lodash/README.md", Some(BallastKind::Docs)),
            ("botocore/docs/service.py", None),
            (".md", None),
        ] {
            assert_eq!(kind_of(path), kind, "{path}");
        }
    }
}
