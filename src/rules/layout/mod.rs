//! Folders per runtime.

use crate::environment::{deployment::Deployment, package::Package};

use super::registry::Rule;

mod bundled_bootstrap;
mod extension_entry;
mod extension_nested;
mod jar_at_root;
mod nested_jar;
mod no_runtime_content;
mod runtime_not_declared;
mod uninstalled_distribution;
mod unreachable_packages;
mod venv_or_build_tree;
mod wrapped_root;
mod wrong_version_directory;

/// The rules of this category, sorted by name.
pub(super) static RULES: &[&Rule] = &[
    &bundled_bootstrap::RULE,
    &extension_entry::RULE,
    &extension_nested::RULE,
    &jar_at_root::RULE,
    &nested_jar::RULE,
    &no_runtime_content::RULE,
    &runtime_not_declared::RULE,
    &uninstalled_distribution::RULE,
    &unreachable_packages::RULE,
    &venv_or_build_tree::RULE,
    &wrapped_root::RULE,
    &wrong_version_directory::RULE,
];

/// Files called `bootstrap` that are not at the root of a package.
pub(super) fn misplaced_bootstraps(package: &Package) -> Vec<usize> {
    bundled_bootstrap::misplaced(package)
}

/// Whether a folder around everything is why a file is not found.
pub(super) fn explains_missing_file(package: &Package) -> bool {
    wrapped_root::wrapper(package).is_some()
}

/// Whether jars that lie too deep are why a class is not found.
pub(super) fn explains_missing_class(deployment: &Deployment<'_>) -> bool {
    nested_jar::explains_missing_class(deployment) || jar_at_root::explains_missing_class(deployment)
}
