//! What should not travel.

use super::registry::Rule;

mod credential;
mod credential_file;
mod record_mismatch;
mod startup_hook;

/// The rules of this category, sorted by name.
pub(super) static RULES: &[&Rule] =
    &[&credential::RULE, &credential_file::RULE, &record_mismatch::RULE, &startup_hook::RULE];
