//! Names of errors, and the texts that they stand for.

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
    types: BTreeMap<String, Vec<String>>,
}

static TABLE: LazyLock<Table> =
    LazyLock::new(|| table::parse(include_str!("../../rules/data/error-types.toml")));

/// The ids of the texts for which the names of errors in a text stand. A name inside a longer word does not count.
pub fn texts_of(text: &str) -> Vec<&'static str> {
    let is_whole = |name: &str| {
        text.match_indices(name).any(|(at, _)| {
            let part = |c: char| c.is_alphanumeric() || c == '_';
            let before = text.get(..at).and_then(|before| before.chars().next_back());
            let after = text.get(at.saturating_add(name.len())..).and_then(|after| after.chars().next());
            !before.is_some_and(part) && !after.is_some_and(part)
        })
    };
    let found = TABLE.types.iter().filter(|(name, _)| is_whole(name));
    found.flat_map(|(_, texts)| texts.iter().map(String::as_str)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::texts;

    #[test]
    fn every_name_stands_for_known_texts() {
        for text in TABLE.types.values().flatten() {
            assert!(texts::ALL.iter().any(|one| one.id == text), "{text}");
        }
    }

    #[test]
    fn names_are_whole_words() {
        assert_eq!(texts_of("Error Type: Runtime.BuiltInModuleConflict"), ["python-built-in-handler"]);
        assert!(texts_of("MyLoadErrors").is_empty());
    }
}
