//! What platform a path says it is for, by the names that packages use.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::model::architecture::Architecture;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Table {
    #[serde(rename = "source")]
    _source: String,
    #[serde(rename = "as-of")]
    _as_of: toml::value::Datetime,
    os: OsNames,
    libc: LibcNames,
    cpu: CpuNames,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OsNames {
    linux: Vec<String>,
    other: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LibcNames {
    glibc: Vec<String>,
    musl: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct CpuNames {
    x86_64: Vec<String>,
    arm64: Vec<String>,
    other: Vec<String>,
}

static TABLE: LazyLock<Table> =
    LazyLock::new(|| super::table::parse(include_str!("../../rules/data/platform-names.toml")));

/// The platform that a path names, as far as it names one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NamedPlatform {
    /// Names an operating system other than Linux.
    pub other_os: bool,
    /// Names Linux.
    pub linux: bool,
    /// Names musl.
    pub musl: bool,
    /// Names one of Lambda's architectures.
    pub architecture: Option<Architecture>,
    /// Names a processor that Lambda does not have.
    pub other_cpu: bool,
}

/// A name in lower case, processors written as one word.
pub(super) fn spelled(name: &str) -> String {
    let lower = name.to_ascii_lowercase();
    lower.replace("x86_64", "x64").replace("x86-64", "x64").replace("aarch_64", "aarch64")
}

/// Whether a word names a system, a C library or a processor.
pub(super) fn is_name(word: &str) -> bool {
    let mut named = NamedPlatform::default();
    named.read(word);
    named.is_named()
}

impl NamedPlatform {
    /// Reads the names in a path.
    pub fn of(path: &str) -> Self {
        let lower = spelled(path);
        let mut named = Self::default();
        for word in lower.split(['-', '_', '.', '+', '/', '@']) {
            named.read(word);
        }
        named
    }

    fn read(&mut self, word: &str) {
        let table = &*TABLE;
        let is = |names: &[String]| names.iter().any(|name| name == word);
        self.other_os |= is(&table.os.other);
        self.linux |= is(&table.os.linux) || is(&table.libc.glibc);
        self.musl |= is(&table.libc.musl);
        self.other_cpu |= is(&table.cpu.other);
        if is(&table.cpu.x86_64) {
            self.architecture = Some(Architecture::X86_64);
        } else if is(&table.cpu.arm64) {
            self.architecture = Some(Architecture::Arm64);
        }
    }

    /// Whether the path names any platform at all.
    pub fn is_named(self) -> bool {
        self != Self::default()
    }

    /// Whether a package that chooses by these names passes it over on Lambda with this architecture.
    pub fn is_foreign_to(self, architecture: Option<Architecture>) -> bool {
        let cpu_differs =
            matches!((self.architecture, architecture), (Some(named), Some(ours)) if named != ours);
        self.other_os || self.musl || cpu_differs || (self.other_cpu && self.architecture.is_none())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_name_platforms() {
        let x86 = Some(Architecture::X86_64);
        for (path, foreign) in [
            ("node_modules/@img/sharp-darwin-arm64/lib/sharp.node", true),
            ("node_modules/@img/sharp-linux-x64/lib/sharp.node", false),
            ("node_modules/@img/sharp-linuxmusl-x64/lib/sharp.node", true),
            ("node_modules/bcrypt/prebuilds/linux-x64/bcrypt.musl.node", true),
            ("node_modules/bcrypt/prebuilds/linux-x64/bcrypt.glibc.node", false),
            ("node_modules/bcrypt/prebuilds/linux-arm64/bcrypt.glibc.node", true),
            ("pydevd_attach_to_process/attach_linux_x86.so", true),
            ("pydevd_attach_to_process/attach_linux_amd64.so", false),
            ("pkg/_speedups.so", false),
            ("build/Release/addon.node", false),
        ] {
            assert_eq!(NamedPlatform::of(path).is_foreign_to(x86), foreign, "{path}");
        }
    }
}
