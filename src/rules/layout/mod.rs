//! Folders per runtime.

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
