//! Who may use it.

use super::registry::Rule;

/// The rules of this category, sorted by name.
pub(super) static RULES: &[&Rule] = &[];
