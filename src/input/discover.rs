//! Finding the configuration and the packages that nobody named.

use std::path::{Path, PathBuf};

use globset::{GlobBuilder, GlobMatcher};

use super::{
    error::UsageError,
    manifest::{FILE_NAMES, ManifestFile},
};

/// Folders that builds leave packages in; looked into when no path is given.
const OUTPUT_FOLDERS: [&str; 6] = ["", "dist", "build", "out", "layers", "target/lambda"];

/// How deep a glob of the configuration looks.
const DEEPEST: usize = 12;

/// The configuration that holds for `target`: the nearest one upward, not beyond the root of the repository.
pub fn manifest_for(target: &Path) -> Result<Option<ManifestFile>, UsageError> {
    let absolute = std::path::absolute(target).unwrap_or_else(|_| target.to_owned());
    let start = if absolute.is_dir() { absolute.as_path() } else { absolute.parent().unwrap_or(&absolute) };
    for folder in start.ancestors() {
        for name in FILE_NAMES {
            let candidate = folder.join(name);
            if candidate.is_file()
                && let Some(file) = ManifestFile::read(&relative_to_here(&candidate))?
            {
                return Ok(Some(file));
            }
        }
        if folder.join(".git").exists() {
            break;
        }
    }
    Ok(None)
}

/// The same path from the current folder on, so that messages are short.
fn relative_to_here(path: &Path) -> PathBuf {
    let here = std::env::current_dir().unwrap_or_default();
    path.strip_prefix(&here).unwrap_or(path).to_owned()
}

/// Zips and jars in the current folder and in the usual output folders, sorted.
pub fn packages_here() -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> =
        OUTPUT_FOLDERS.iter().flat_map(|folder| packages_in(Path::new(folder))).collect();
    found.sort();
    found.dedup();
    found
}

fn packages_in(folder: &Path) -> Vec<PathBuf> {
    let look = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let Ok(entries) = std::fs::read_dir(look) else { return Vec::new() };
    entries
        .filter_map(Result::ok)
        .map(|entry| folder.join(entry.file_name()))
        .filter(|path| path.is_file() && has_package_extension(path))
        .collect()
}

fn has_package_extension(path: &Path) -> bool {
    path.extension().and_then(|extension| extension.to_str()).is_some_and(|extension| {
        extension.eq_ignore_ascii_case("zip") || extension.eq_ignore_ascii_case("jar")
    })
}

/// The files and folders below `folder` that a glob matches, sorted.
pub fn glob(folder: &Path, pattern: &str) -> Result<Vec<PathBuf>, globset::Error> {
    let matcher = GlobBuilder::new(pattern).literal_separator(true).build()?.compile_matcher();
    let mut found = Vec::new();
    walk(folder, Path::new(""), &matcher, DEEPEST, &mut found);
    found.sort();
    Ok(found)
}

fn walk(root: &Path, below: &Path, matcher: &GlobMatcher, left: usize, found: &mut Vec<PathBuf>) {
    let Some(left) = left.checked_sub(1) else { return };
    let look = if root.as_os_str().is_empty() { Path::new(".").join(below) } else { root.join(below) };
    let Ok(entries) = std::fs::read_dir(look) else { return };
    for entry in entries.filter_map(Result::ok) {
        let path = below.join(entry.file_name());
        if matcher.is_match(&path) {
            found.push(root.join(&path));
        } else if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            walk(root, &path, matcher, left, found);
        }
    }
}
