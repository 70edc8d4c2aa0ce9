//! What Ruby finds without a gem of the package.

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
    known: Vec<String>,
    runtime: Vec<String>,
}

static TABLE: LazyLock<Table> =
    LazyLock::new(|| table::parse(include_str!("../../rules/data/ruby-modules.toml")));

/// Whether the standard library, a gem that comes with Ruby or the runtime may have what is required: `net/http`.
pub fn may_have(feature: &str) -> bool {
    let first = feature.split('/').next().unwrap_or(feature);
    let first = first.strip_suffix(".rb").or_else(|| first.strip_suffix(".so")).unwrap_or(first);
    TABLE.known.iter().any(|name| name == first) || TABLE.runtime.iter().any(|begin| first.starts_with(begin))
}

#[cfg(test)]
mod tests {
    use super::may_have;

    #[test]
    fn parts_of_the_library_are_known_by_their_first_name() {
        for feature in ["json", "net/http", "digest/sha2.so", "aws-sdk-s3", "time.rb"] {
            assert!(may_have(feature), "{feature}");
        }
        assert!(!may_have("stripe") && !may_have("timecop"));
    }
}
