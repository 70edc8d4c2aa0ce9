//! Will it start.

use super::registry::Rule;

mod bootstrap_missing;
mod deprecated;
mod handler_file_missing;
mod not_executable;
mod platform_package_missing;
mod unknown;

/// The rules of this category, sorted by name.
pub(super) static RULES: &[&Rule] = &[
    &bootstrap_missing::RULE,
    &deprecated::RULE,
    &handler_file_missing::RULE,
    &not_executable::RULE,
    &platform_package_missing::RULE,
    &unknown::RULE,
];
