//! The zip itself.

use super::registry::Rule;

mod backslash_path;
mod bad_crc;
mod decompression_bomb;
mod duplicate_entry;
mod empty;
mod encrypted_entry;
mod layer_conversion;
mod not_a_zip;
mod symlink_escape;
mod truncated;
mod unreadable_file;
mod unsafe_path;
mod unsupported_compression;

/// The rules of this category, sorted by name.
pub(super) static RULES: &[&Rule] = &[
    &backslash_path::RULE,
    &bad_crc::RULE,
    &decompression_bomb::RULE,
    &duplicate_entry::RULE,
    &empty::RULE,
    &encrypted_entry::RULE,
    &layer_conversion::RULE,
    &not_a_zip::RULE,
    &symlink_escape::RULE,
    &truncated::RULE,
    &unreadable_file::RULE,
    &unsafe_path::RULE,
    &unsupported_compression::RULE,
];
