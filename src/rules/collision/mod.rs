//! Ordered layers that lay files over one another.

use super::registry::Rule;

mod duplicate_file;
mod file_directory;
mod mixed_distribution;
mod overridden_file;
mod same_layer_twice;

/// The rules of this category, sorted by name.
pub(super) static RULES: &[&Rule] = &[
    &duplicate_file::RULE,
    &file_directory::RULE,
    &mixed_distribution::RULE,
    &overridden_file::RULE,
    &same_layer_twice::RULE,
];
