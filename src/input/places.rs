//! Places of the inputs: spans in configuration files, and paths as reports show them.

use std::{path::Path, sync::Arc};

use toml::Spanned;

use crate::model::{
    place::{PackageLabel, ReportPath, SourceSpan},
    text::SafeText,
};

use super::manifest::ManifestFile;

/// The place of a value in its file.
pub(super) fn span<T>(file: &ManifestFile, value: &Spanned<T>) -> SourceSpan {
    file.span(&value.span())
}

/// How findings name a package.
pub(super) fn label(name: &str, path: &Path) -> Arc<PackageLabel> {
    Arc::new(PackageLabel { name: SafeText::new(name), path: shown(path) })
}

/// A path as reports show it: relative to where the run was started where that is possible.
pub fn shown(path: &Path) -> ReportPath {
    let here = std::env::current_dir().unwrap_or_default();
    let relative = path.strip_prefix(&here).unwrap_or(path);
    ReportPath::new(&relative.to_string_lossy())
}
