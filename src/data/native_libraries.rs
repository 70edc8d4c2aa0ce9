//! Native libraries that packages bring for several platforms: how their files are named, and what is known of single ones.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::model::architecture::Architecture;

use super::{platform_names, table};

/// What a native library is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum BuiltFor {
    /// Linux with glibc, on a processor of Lambda or on another one.
    Linux(Option<Architecture>),
    /// Linux with musl.
    Musl(Option<Architecture>),
    /// macOS.
    MacOs,
    /// Windows.
    Windows,
    /// Another system.
    Other,
    /// Nothing that is known.
    Unknown,
}

impl BuiltFor {
    /// For people: `Linux on arm64`.
    pub fn words(self) -> String {
        let on = |system: &str, cpu: Option<Architecture>| match cpu {
            Some(architecture) => format!("{system} on {architecture}"),
            None => format!("{system} on other processors"),
        };
        match self {
            Self::Linux(cpu) => on("Linux", cpu),
            Self::Musl(cpu) => on("Linux with musl", cpu),
            Self::MacOs => "macOS".to_owned(),
            Self::Windows => "Windows".to_owned(),
            Self::Other | Self::Unknown => "other systems".to_owned(),
        }
    }
}

/// A JNI library that is known.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct JavaLibrary {
    library: String,
    #[serde(default)]
    says: Option<String>,
    /// What its callers do without it.
    #[serde(default)]
    pub optional: Option<String>,
}

impl JavaLibrary {
    /// What is thrown where it has no file for a processor.
    pub fn says(&self, architecture: Architecture) -> Option<String> {
        self.says.as_deref().map(|says| says.replace("{gnu}", architecture.gnu()))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rids {
    x86_64: Vec<String>,
    arm64: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Table {
    #[serde(rename = "source")]
    _source: String,
    #[serde(rename = "as-of")]
    _as_of: toml::value::Datetime,
    endings: Vec<String>,
    words: Vec<String>,
    rids: Rids,
    java: Vec<JavaLibrary>,
}

static TABLE: LazyLock<Table> =
    LazyLock::new(|| table::parse(include_str!("../../rules/data/native-libraries.toml")));

/// Whether a file is named like a native library: `libx.so`, `x.dll`, `libx.so_linux_amd64`.
pub fn is_native(name: &str) -> bool {
    let is_end = |rest: &str| rest.is_empty() || rest.starts_with(['.', '_', '-']);
    TABLE.endings.iter().any(|ending| {
        name.match_indices(ending.as_str())
            .any(|(at, _)| at > 0 && name.get(at.saturating_add(ending.len())..).is_some_and(is_end))
    })
}

/// The name of a library without what tells its platform, its version and its kind of file: `rocksdbjni` of `librocksdbjni-linux64.so`.
pub fn family(name: &str) -> String {
    let plain: String = words(name).collect();
    let plain = plain.strip_prefix("lib").unwrap_or(&plain);
    plain.chars().filter(char::is_ascii_alphabetic).collect()
}

/// A folder without the words that tell its platform: the same for all platforms of a library.
pub fn unit(folder: &str) -> String {
    let parts: Vec<String> = folder.split('/').map(|part| words(part).collect()).collect();
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/")
}

fn words(name: &str) -> impl Iterator<Item = String> {
    let lower = platform_names::spelled(name);
    let words: Vec<String> = lower.split(['-', '_', '.', '+', ' ']).map(str::to_owned).collect();
    words.into_iter().filter(|word| !TABLE.words.contains(word) && !platform_names::is_name(word))
}

/// What is known of a JNI library by its family.
pub fn java(family: &str) -> Option<&'static JavaLibrary> {
    TABLE.java.iter().find(|row| family.contains(&row.library))
}

/// What .NET calls the platform of a function, and where else it looks.
pub fn rids(architecture: Architecture) -> &'static [String] {
    match architecture {
        Architecture::X86_64 => &TABLE.rids.x86_64,
        Architecture::Arm64 => &TABLE.rids.arm64,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_all_platforms_are_one_family() {
        for (family_name, names) in [
            (
                "rocksdbjni",
                &[
                    "librocksdbjni-linux64-musl.so",
                    "librocksdbjni-osx-arm64.jnilib",
                    "librocksdbjni-win64.dll",
                ][..],
            ),
            (
                "nettytransportnativeepoll",
                &["libnetty_transport_native_epoll_aarch_64.so", "libnetty_transport_native_epoll_x86_64.so"],
            ),
            ("duckdbjava", &["libduckdb_java.so_linux_amd64", "libduckdb_java.so_osx_universal"]),
            ("zstdjni", &["libzstd-jni-1.5.5-4.so", "libzstd-jni-1.5.5-4.dll"]),
            ("sqlitejdbc", &["libsqlitejdbc.so", "sqlitejdbc.dll", "libsqlitejdbc.jnilib"]),
        ] {
            for name in names {
                assert!(is_native(name), "{name}");
                assert_eq!(family(name), family_name, "{name}");
            }
        }
        assert!(!is_native("a.sources") && !is_native(".so") && !is_native("x.dllx"));
    }

    #[test]
    fn rows_are_written_as_families_are() {
        for row in &TABLE.java {
            assert!(row.library.chars().all(|c| c.is_ascii_lowercase()), "{}", row.library);
        }
        let optional = |name: &str| java(&family(name)).is_some_and(|row| row.optional.is_some());
        for name in
            ["liblz4-java.so", "libjansi.so", "libnetty_tcnative_linux_x86_64.so", "libcommons-crypto.so"]
        {
            assert!(optional(name), "{name}");
        }
        assert!(!optional("libsnappyjava.so") && !optional("libother.so"));
    }

    #[test]
    fn folders_of_all_platforms_are_one_unit() {
        assert_eq!(unit("org/sqlite/native/Linux-Musl/x86_64"), "org/sqlite/native");
        assert_eq!(unit("org/sqlite/native/Windows/armv7"), "org/sqlite/native");
        assert_eq!(unit("META-INF/native/linux64"), unit("META-INF/native/osx"));
    }
}
