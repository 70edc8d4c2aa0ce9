//! npm packages whose machine code lies in a package per platform.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::model::architecture::Architecture;

use super::table;

/// One such package.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PlatformPackage {
    /// The package that people install.
    pub name: String,
    /// The first version that chooses a package per platform.
    pub since: String,
    needs: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Table {
    #[serde(rename = "source")]
    _source: String,
    #[serde(rename = "as-of")]
    _as_of: toml::value::Datetime,
    package: Vec<PlatformPackage>,
}

static TABLE: LazyLock<Table> =
    LazyLock::new(|| table::parse(include_str!("../../rules/data/npm-platform-packages.toml")));

/// All of them.
pub fn all() -> &'static [PlatformPackage] {
    &TABLE.package
}

/// The row of a package.
pub fn find(name: &str) -> Option<&'static PlatformPackage> {
    all().iter().find(|package| package.name == name)
}

impl PlatformPackage {
    /// The packages that it needs on Lambda with an architecture.
    pub fn needed_on(&self, architecture: Architecture) -> Vec<String> {
        let cpu = match architecture {
            Architecture::X86_64 => "x64",
            Architecture::Arm64 => "arm64",
        };
        self.needs.iter().map(|name| name.replace("{cpu}", cpu)).collect()
    }

    /// Whether a version works this way. A version that cannot be read is taken for an old one.
    pub fn applies_to(&self, version: &str) -> bool {
        numbers(version).is_some_and(|version| Some(version) >= numbers(&self.since))
    }
}

fn numbers(version: &str) -> Option<[u32; 3]> {
    let plain = version.split(['-', '+']).next()?;
    let mut parts = plain.split('.').map(|part| part.parse().ok());
    Some([parts.next()??, parts.next()??, parts.next()??])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_versions() {
        let sharp = find("sharp").unwrap();
        assert_eq!(sharp.needed_on(Architecture::Arm64), ["@img/sharp-linux-arm64"]);
        assert!(sharp.applies_to("0.33.5") && !sharp.applies_to("0.32.6") && !sharp.applies_to("next"));
    }
}
