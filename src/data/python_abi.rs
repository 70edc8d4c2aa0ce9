//! CPython's stable ABI by version: `rules/data/python-stable-abi.toml`.

use std::{collections::HashMap, sync::LazyLock};

use serde::Deserialize;

use super::{table, versions::SymbolVersion};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Row {
    python: SymbolVersion,
    symbols: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Table {
    #[serde(rename = "source")]
    _source: String,
    #[serde(rename = "as-of")]
    _as_of: toml::value::Datetime,
    version: Vec<Row>,
}

static FIRST: LazyLock<HashMap<String, SymbolVersion>> = LazyLock::new(|| {
    let table: Table = table::parse(include_str!("../../rules/data/python-stable-abi.toml"));
    let pairs = |row: Row| row.symbols.into_iter().map(move |symbol| (symbol, row.python.clone()));
    table.version.into_iter().flat_map(pairs).collect()
});

/// The version of Python that first has a symbol of the stable ABI; nothing for those that all runtimes have, and for others.
pub fn first_with(symbol: &str) -> Option<&'static SymbolVersion> {
    FIRST.get(symbol)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn symbols_have_the_version_that_first_exports_them() {
        assert_eq!(first_with("PyImport_AddModuleRef"), SymbolVersion::parse("3.13").as_ref());
        // promised with 3.11, there long before
        assert_eq!(first_with("PyObject_GetBuffer"), None);
        assert_eq!(first_with("PyLong_FromLong"), None);
    }
}
