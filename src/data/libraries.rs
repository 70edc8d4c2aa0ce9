//! Shared libraries of the execution environments.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::model::architecture::Architecture;

use super::{runtimes::Os, table};

/// How sure it is that a library is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Presence {
    /// Proven for the service.
    Certain,
    /// By the package lists of the image.
    Likely,
    /// In the container image; unproven, or known to be missing, in the service.
    Uncertain,
    /// In no list.
    Absent,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct System {
    #[serde(rename = "source")]
    _source: String,
    certain: Vec<String>,
    likely: Vec<String>,
    uncertain: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Loader {
    #[serde(rename = "source")]
    _source: String,
    x86_64: Vec<String>,
    arm64: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Libc {
    #[serde(rename = "source")]
    _source: String,
    parts: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Table {
    #[serde(rename = "as-of")]
    _as_of: toml::value::Datetime,
    al2023: System,
    al2: System,
    loader: Loader,
    libc: Libc,
}

static TABLE: LazyLock<Table> =
    LazyLock::new(|| table::parse(include_str!("../../rules/data/libraries.toml")));

/// Whether the environment has a library. Nothing is known of Amazon Linux 1: every name is uncertain there.
pub fn presence(os: Os, architecture: Architecture, soname: &str) -> Presence {
    let loader = match architecture {
        Architecture::X86_64 => &TABLE.loader.x86_64,
        Architecture::Arm64 => &TABLE.loader.arm64,
    };
    let holds = |list: &[String]| list.iter().any(|name| name == soname);
    let system = match os {
        Os::Al1 => return Presence::Uncertain,
        Os::Al2 => &TABLE.al2,
        Os::Al2023 => &TABLE.al2023,
    };
    if holds(loader) || holds(&system.certain) {
        Presence::Certain
    } else if holds(&system.likely) {
        Presence::Likely
    } else if holds(&system.uncertain) {
        Presence::Uncertain
    } else {
        Presence::Absent
    }
}

/// Whether a file name is a part of the GNU C library.
pub fn is_libc_part(soname: &str) -> bool {
    TABLE.libc.parts.iter().any(|name| name == soname)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn every_name_is_in_one_list_only() {
        for system in [&TABLE.al2, &TABLE.al2023] {
            let mut seen = BTreeSet::new();
            for name in system.certain.iter().chain(&system.likely).chain(&system.uncertain) {
                assert!(seen.insert(name), "{name} is listed twice");
            }
            assert!(system.certain.iter().any(|name| name == "libc.so.6"));
        }
    }

    #[test]
    fn known_names_are_judged_as_the_sources_say() {
        let x86 = Architecture::X86_64;
        for (os, soname, expected) in [
            (Os::Al2023, "libz.so.1", Presence::Certain),
            (Os::Al2023, "libcurl.so.4", Presence::Likely),
            (Os::Al2023, "libmagic.so.1", Presence::Uncertain),
            (Os::Al2023, "libexpat.so.1", Presence::Absent),
            (Os::Al2023, "libGL.so.1", Presence::Absent),
            (Os::Al2, "libxml2.so.2", Presence::Uncertain),
            (Os::Al2, "libssl.so.10", Presence::Certain),
            (Os::Al2, "libssl.so.3", Presence::Absent),
            (Os::Al2023, "ld-linux-x86-64.so.2", Presence::Certain),
            (Os::Al2023, "ld-linux-aarch64.so.1", Presence::Absent),
        ] {
            assert_eq!(presence(os, x86, soname), expected, "{soname}");
        }
        assert!(is_libc_part("libpthread.so.0") && !is_libc_part("libz.so.1"));
    }
}
