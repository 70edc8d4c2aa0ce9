//! npm packages whose machine code lies in a package per platform.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::model::architecture::Architecture;

use super::table;

/// A package that picks another one per platform.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct PlatformPackage {
    /// The package that people install.
    pub name: String,
    /// The first version that chooses a package per platform.
    pub since: String,
    needs: Vec<String>,
    #[serde(default)]
    says: Option<String>,
}

/// A package whose machine code is a file that an install script makes or fetches.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Addon {
    /// The package that people install.
    pub name: String,
    /// The oldest version that is known to work this way.
    pub since: String,
    files: Vec<String>,
    says: String,
    /// It is judged only when such a file is there; relative to the package, like `files`.
    #[serde(default)]
    pub among: Option<String>,
    /// The package loads without it and fails when it is used.
    #[serde(default)]
    pub late: bool,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Table {
    #[serde(rename = "source")]
    _source: String,
    #[serde(rename = "as-of")]
    _as_of: toml::value::Datetime,
    package: Vec<PlatformPackage>,
    addon: Vec<Addon>,
}

static TABLE: LazyLock<Table> =
    LazyLock::new(|| table::parse(include_str!("../../rules/data/npm-platform-packages.toml")));

/// All packages that pick another one.
pub fn all() -> &'static [PlatformPackage] {
    &TABLE.package
}

/// The row of a package that picks another one.
pub fn find(name: &str) -> Option<&'static PlatformPackage> {
    all().iter().find(|package| package.name == name)
}

/// The row of a package with an addon of its own.
pub fn find_addon(name: &str) -> Option<&'static Addon> {
    TABLE.addon.iter().find(|addon| addon.name == name)
}

/// What Node.js calls a processor.
pub fn cpu(architecture: Architecture) -> &'static str {
    match architecture {
        Architecture::X86_64 => "x64",
        Architecture::Arm64 => "arm64",
    }
}

fn filled(text: &str, architecture: Architecture) -> String {
    text.replace("{cpu}", cpu(architecture))
}

impl PlatformPackage {
    /// The packages that it needs on Lambda with an architecture.
    pub fn needed_on(&self, architecture: Architecture) -> Vec<String> {
        self.needs.iter().map(|name| filled(name, architecture)).collect()
    }

    /// What it says when it is loaded without.
    pub fn says(&self, architecture: Architecture) -> Option<String> {
        self.says.as_deref().map(|says| filled(says, architecture))
    }

    /// Whether a version works this way. A version that cannot be read is taken for an old one.
    pub fn applies_to(&self, version: &str) -> bool {
        is_since(version, &self.since)
    }
}

impl Addon {
    /// Patterns of its files, of which one has to be there; relative to the package.
    pub fn files_on(&self, architecture: Architecture) -> Vec<String> {
        self.files.iter().map(|file| filled(file, architecture)).collect()
    }

    /// What it says when it is loaded without.
    pub fn says(&self, architecture: Architecture) -> String {
        filled(&self.says, architecture)
    }

    /// Whether a version works this way. A version that cannot be read is taken for an old one.
    pub fn applies_to(&self, version: &str) -> bool {
        is_since(version, &self.since)
    }
}

fn is_since(version: &str, since: &str) -> bool {
    numbers(version).is_some_and(|version| Some(version) >= numbers(since))
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
        assert_eq!(
            sharp.needed_on(Architecture::Arm64),
            ["@img/sharp-linux-arm64", "@img/sharp-libvips-linux-arm64"]
        );
        assert!(sharp.applies_to("0.33.5") && !sharp.applies_to("0.32.6") && !sharp.applies_to("next"));
    }
}
