//! How engines that run one command many times number the runs.

use std::sync::LazyLock;

use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Table {
    #[serde(rename = "source")]
    _source: String,
    #[serde(rename = "as-of")]
    _as_of: toml::value::Datetime,
    engine: Vec<Engine>,
}

/// An engine, and the environment variables by which it tells a run which one it is.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Engine {
    /// Its name for people.
    pub name: String,
    /// The variable with the index of the run.
    pub index: String,
    /// The first index.
    pub from: From,
    /// The variable with the distance between two indices.
    pub step: Option<String>,
    /// The variable with the largest index.
    pub last: Option<String>,
    /// The variable with the number of runs; nothing where the engine does not say it.
    pub count: Option<String>,
}

/// The first index.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum From {
    /// Always this.
    Always(u32),
    /// What a variable says.
    Variable(String),
}

static TABLE: LazyLock<Table> =
    LazyLock::new(|| super::table::parse(include_str!("../../rules/data/array-jobs.toml")));

/// All engines.
pub fn engines() -> &'static [Engine] {
    &TABLE.engine
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn no_two_engines_share_a_variable() {
        let names: BTreeSet<&str> = engines().iter().map(|engine| engine.index.as_str()).collect();
        assert_eq!(names.len(), engines().len());
    }
}
