//! Shared libraries of the execution environments.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::model::architecture::Architecture;

use super::{
    runtimes::{Family, Os, Runtime},
    table,
};

/// How sure it is that a library is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Presence {
    /// Proven for the service.
    Certain,
    /// In the package lists of the image.
    Likely,
    /// In the container image, unproven in the service.
    Uncertain,
    /// In no list, or in the container image only.
    Absent,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct System {
    #[serde(rename = "source")]
    _source: String,
    certain: Vec<String>,
    likely: Vec<String>,
    uncertain: Vec<String>,
    #[cfg_attr(
        not(test),
        expect(
            dead_code,
            reason = "absent like a name in no list; kept so that nobody adds it from the image"
        )
    )]
    image_only: Vec<String>,
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
    interpreters: Loader,
    libc: Libc,
    runtime: Vec<OfRuntime>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OfRuntime {
    family: Family,
    #[serde(rename = "source")]
    _source: String,
    libraries: Vec<String>,
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

/// Whether a runtime brings a library itself, in a folder that is searched before all others.
pub fn of_runtime(runtime: &Runtime, soname: &str) -> bool {
    let rows = TABLE.runtime.iter().filter(|row| row.family == runtime.family);
    rows.flat_map(|row| &row.libraries).any(|name| name.replace("{language}", &runtime.language) == soname)
}

/// Whether the environment has a loader at this path of `PT_INTERP`.
pub fn has_interpreter(architecture: Architecture, path: &str) -> bool {
    let paths = match architecture {
        Architecture::X86_64 => &TABLE.interpreters.x86_64,
        Architecture::Arm64 => &TABLE.interpreters.arm64,
    };
    paths.iter().any(|one| one == path)
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
            for name in
                system.certain.iter().chain(&system.likely).chain(&system.uncertain).chain(&system.image_only)
            {
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
            (Os::Al2, "libxml2.so.2", Presence::Absent),
            (Os::Al2, "libcurl.so.4", Presence::Uncertain),
            (Os::Al2, "libmvec.so.1", Presence::Certain),
            (Os::Al2, "libssl.so.10", Presence::Certain),
            (Os::Al2, "libssl.so.3", Presence::Absent),
            (Os::Al2023, "ld-linux-x86-64.so.2", Presence::Certain),
            (Os::Al2023, "ld-linux-aarch64.so.1", Presence::Absent),
        ] {
            assert_eq!(presence(os, x86, soname), expected, "{soname}");
        }
        assert_eq!(presence(Os::Al2023, Architecture::Arm64, "libmvec.so.1"), Presence::Absent);
        let python = super::super::runtimes::find("python3.12").unwrap();
        assert!(of_runtime(python, "libpython3.12.so.1.0") && !of_runtime(python, "libpython3.11.so.1.0"));
        assert!(has_interpreter(x86, "/lib64/ld-linux-x86-64.so.2"));
        assert!(!has_interpreter(Architecture::Arm64, "/lib64/ld-linux-x86-64.so.2"));
        assert!(is_libc_part("libpthread.so.0") && !is_libc_part("libz.so.1"));
    }
}
