//! Installed packages: Python distributions by the names of their metadata folders, npm packages by their `package.json`.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::archive::archive::Archive;

/// Bytes of the largest metadata that is read: npm's own packages have 100 kB at the most, and a tree of JSON is fifty times its text.
pub const LARGEST: u64 = 1 << 20;

/// Where a package comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Ecosystem {
    /// A Python distribution.
    Python,
    /// An npm package.
    Node,
}

/// An installed package.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Distribution {
    /// Where it comes from.
    pub ecosystem: Ecosystem,
    /// The folder it is installed in: `python`, `nodejs/node_modules`.
    pub folder: String,
    /// Its name, normalised by PEP 503 for Python.
    pub name: String,
    /// Its version.
    pub version: String,
    /// The index of an entry of its metadata.
    pub metadata: usize,
    /// Whether its wheel says that it runs on any platform: machine code in it is optional then.
    pub any_platform: bool,
    /// Whether its `package.json` names operating systems and Linux is not among them: npm installs it as an option only.
    pub not_for_linux: bool,
}

/// Python distributions, from names alone: `numpy-1.26.4.dist-info/`, `foo-1.0.egg-info/`.
pub(super) fn of_python(archive: &Archive) -> Vec<Distribution> {
    let mut found: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for (index, entry) in archive.entries().iter().enumerate() {
        if let Some((folder, metadata)) = metadata_folder(entry.path.as_str()) {
            found.entry((folder, metadata)).or_insert(index);
        }
    }
    found.into_iter().filter_map(|((folder, metadata), index)| python(folder, metadata, index)).collect()
}

/// Splits a path at the first component that is a metadata folder.
fn metadata_folder(path: &str) -> Option<(&str, &str)> {
    let mut start = 0usize;
    for component in path.split('/') {
        if component.ends_with(".dist-info") || component.ends_with(".egg-info") {
            return Some((path.get(..start)?.trim_end_matches('/'), component));
        }
        start = start.saturating_add(component.len()).saturating_add(1);
    }
    None
}

fn python(folder: &str, metadata: &str, index: usize) -> Option<Distribution> {
    let stem = metadata.strip_suffix(".dist-info").or_else(|| metadata.strip_suffix(".egg-info"))?;
    // an egg-info may carry the Python version behind its own: foo-1.0-py3.12
    let stem = stem.split("-py3").next().unwrap_or(stem);
    let (name, version) = stem.split_once('-')?;
    Some(Distribution {
        ecosystem: Ecosystem::Python,
        folder: folder.to_owned(),
        name: normalised(name),
        version: version.to_owned(),
        metadata: index,
        any_platform: false,
        not_for_linux: false,
    })
}

/// Folder and name of the distribution whose metadata a path belongs to.
pub(super) fn owner(path: &str) -> Option<(String, String)> {
    let (folder, metadata) = metadata_folder(path)?;
    let found = python(folder, metadata, 0)?;
    Some((found.folder, found.name))
}

/// PEP 503: lower case, runs of `-`, `_` and `.` become one `-`.
pub fn normalised(name: &str) -> String {
    let parts: Vec<&str> = name.split(['-', '_', '.']).filter(|part| !part.is_empty()).collect();
    parts.join("-").to_ascii_lowercase()
}

/// Whether a path is the `package.json` of an installed npm package.
pub(super) fn is_package_json(path: &str) -> bool {
    package_folder(path).is_some()
}

/// `nodejs/node_modules/@scope/name/package.json` is installed in `nodejs/node_modules` under the name `@scope/name`.
fn package_folder(path: &str) -> Option<(&str, &str)> {
    let folder = path.strip_suffix("/package.json")?;
    let (modules, name) = match folder.rsplit_once("node_modules/") {
        Some((before, name)) if before.is_empty() || before.ends_with('/') => {
            (folder.get(..before.len().checked_add(12)?)?, name)
        }
        _ => return None,
    };
    let parts = name.split('/').count();
    let installed = if name.starts_with('@') { parts == 2 } else { parts == 1 };
    (installed && !name.is_empty()).then_some((modules, name))
}

#[derive(Deserialize)]
struct PackageJson {
    version: Option<String>,
    #[serde(default, deserialize_with = "names")]
    os: Vec<String>,
}

/// A list of names. Anything else counts as no list: packages of the registry write all sorts of things.
fn names<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let value = serde_json::Value::deserialize(deserializer)?;
    let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
    Ok(list.iter().filter_map(|one| one.as_str().map(str::to_owned)).collect())
}

/// The package that a `package.json` describes; its name is the folder it is installed under.
pub(crate) fn of_package_json(path: &str, index: usize, bytes: &[u8]) -> Option<Distribution> {
    let (folder, name) = package_folder(path)?;
    // npm reads past a byte order mark
    let json = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let json: PackageJson = serde_json::from_slice(json).ok()?;
    Some(Distribution {
        ecosystem: Ecosystem::Node,
        folder: folder.to_owned(),
        name: name.to_owned(),
        version: json.version?,
        metadata: index,
        any_platform: false,
        not_for_linux: !json.os.is_empty() && !json.os.iter().any(|os| os == "linux" || os.starts_with('!')),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn python_metadata_is_read_from_names() {
        assert_eq!(
            metadata_folder("python/numpy-1.26.4.dist-info/METADATA"),
            Some(("python", "numpy-1.26.4.dist-info"))
        );
        assert_eq!(metadata_folder("six-1.16.0.dist-info/RECORD"), Some(("", "six-1.16.0.dist-info")));
        assert_eq!(metadata_folder("python/numpy/x.py"), None);
        let found = python("python", "Zope.Interface-5.0-py3.12.egg-info", 3).unwrap();
        assert_eq!((found.name.as_str(), found.version.as_str()), ("zope-interface", "5.0"));
    }

    #[test]
    fn npm_packages_are_told_from_fixtures() {
        assert_eq!(
            package_folder("nodejs/node_modules/zod/package.json"),
            Some(("nodejs/node_modules", "zod"))
        );
        assert_eq!(
            package_folder("node_modules/@img/sharp/package.json"),
            Some(("node_modules", "@img/sharp"))
        );
        assert_eq!(
            package_folder("a/node_modules/b/node_modules/c/package.json"),
            Some(("a/node_modules/b/node_modules", "c"))
        );
        assert_eq!(package_folder("node_modules/zod/lib/package.json"), None);
        assert_eq!(package_folder("package.json"), None);
    }
}
