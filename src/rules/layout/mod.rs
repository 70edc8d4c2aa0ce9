//! Folders per runtime.

use crate::environment::package::Package;

use super::registry::Rule;

mod bundled_bootstrap;
mod extension_entry;
mod jar_at_root;
mod no_runtime_content;
mod unreachable_packages;
mod wrapped_root;
mod wrong_version_directory;

/// The rules of this category, sorted by name.
pub(super) static RULES: &[&Rule] = &[
    &bundled_bootstrap::RULE,
    &extension_entry::RULE,
    &jar_at_root::RULE,
    &no_runtime_content::RULE,
    &unreachable_packages::RULE,
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
