//! What Node.js and Lambda's runtime bring along themselves: built-in modules and the AWS SDK.

use std::sync::LazyLock;

use serde::Deserialize;

use super::table;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Builtins {
    #[serde(rename = "source")]
    _source: String,
    #[serde(rename = "as-of")]
    _as_of: toml::value::Datetime,
    node: Vec<Node>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Node {
    major: u16,
    #[serde(rename = "version")]
    _version: String,
    plain: Vec<String>,
    prefixed: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Sdk {
    #[serde(rename = "source")]
    _source: String,
    #[serde(rename = "as-of")]
    _as_of: toml::value::Datetime,
    bundle: Vec<Bundle>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Bundle {
    #[serde(default)]
    from: u16,
    #[serde(default = "newest")]
    up_to: u16,
    scopes: Vec<String>,
    names: Vec<String>,
}

fn newest() -> u16 {
    u16::MAX
}

static BUILTINS: LazyLock<Builtins> =
    LazyLock::new(|| table::parse(include_str!("../../rules/data/node-builtins.toml")));
static SDK: LazyLock<Sdk> = LazyLock::new(|| table::parse(include_str!("../../rules/data/node-sdk.toml")));

/// The oldest and the newest major version whose built-in modules are known.
pub fn known_majors() -> std::ops::RangeInclusive<u16> {
    let majors = || BUILTINS.node.iter().map(|node| node.major);
    majors().min().unwrap_or_default()..=majors().max().unwrap_or_default()
}

/// The row of a version; an odd or future one has what the version before it has.
fn row(major: u16) -> Option<&'static Node> {
    BUILTINS.node.iter().filter(|node| node.major <= major).max_by_key(|node| node.major)
}

/// Whether `require("name")` gives a built-in module.
pub fn is_builtin(major: u16, name: &str) -> bool {
    row(major).is_some_and(|node| node.plain.iter().any(|one| one == name))
}

/// Whether `node:name` is a built-in module. Nothing when no known version has it: a later release may.
pub fn is_prefixed_builtin(major: u16, name: &str) -> Option<bool> {
    let has = |node: &Node| node.plain.iter().chain(&node.prefixed).any(|one| one == name);
    if row(major).is_some_and(has) {
        return Some(true);
    }
    BUILTINS.node.iter().any(has).then_some(false)
}

/// Whether the runtime brings an npm package.
pub fn is_bundled(major: u16, name: &str) -> bool {
    let scope = name.split('/').next().unwrap_or_default();
    let bundles = SDK.bundle.iter().filter(|bundle| (bundle.from..=bundle.up_to).contains(&major));
    let mut has = bundles.map(|bundle| {
        bundle.names.iter().any(|one| one == name)
            || (name.starts_with('@') && bundle.scopes.iter().any(|one| one == scope))
    });
    has.any(|has| has)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn built_in_modules_by_version() {
        assert!(is_builtin(22, "fs/promises") && !is_builtin(22, "sqlite") && !is_builtin(22, "express"));
        assert!(is_builtin(16, "punycode") && !is_builtin(16, "readline/promises"));
        assert_eq!(is_prefixed_builtin(22, "sqlite"), Some(true));
        assert_eq!(is_prefixed_builtin(20, "sqlite"), Some(false));
        assert_eq!(is_prefixed_builtin(24, "fs"), Some(true));
        assert_eq!(is_prefixed_builtin(24, "from-the-future"), None);
        assert_eq!(known_majors(), 16..=24);
    }

    #[test]
    fn the_sdk_by_version() {
        assert!(
            is_bundled(22, "@aws-sdk/client-s3")
                && is_bundled(18, "@smithy/types")
                && is_bundled(20, "tslib")
        );
        assert!(
            !is_bundled(18, "aws-sdk") && is_bundled(16, "aws-sdk") && !is_bundled(16, "@aws-sdk/client-s3")
        );
        assert!(!is_bundled(22, "axios"));
    }
}
