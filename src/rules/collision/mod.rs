//! Ordered layers that lay files over one another.

use super::registry::Rule;

mod bootstrap_hidden;
mod duplicate_class;
mod duplicate_file;
mod extension_name;
mod file_directory;
mod mixed_distribution;
mod overridden_file;
mod same_layer_twice;
mod shadowed_package;
mod shadows_runtime_sdk;
mod shadows_stdlib;
mod soname;

/// The rules of this category, sorted by name.
pub(super) static RULES: &[&Rule] = &[
    &bootstrap_hidden::RULE,
    &duplicate_class::RULE,
    &duplicate_file::RULE,
    &extension_name::RULE,
    &file_directory::RULE,
    &mixed_distribution::RULE,
    &overridden_file::RULE,
    &same_layer_twice::RULE,
    &shadowed_package::RULE,
    &shadows_runtime_sdk::RULE,
    &shadows_stdlib::RULE,
    &soname::RULE,
];
