//! The zip itself.

use super::registry::Rule;

mod ambiguous_structure;
mod backslash_path;
mod bad_crc;
mod case_collision;
mod dangling_symlink;
mod decompression_bomb;
mod duplicate_entry;
mod empty;
mod encrypted_entry;
mod extra_data;
mod flattened_symlink;
mod header_mismatch;
mod layer_conversion;
mod macos_metadata;
mod nested_package;
mod not_a_zip;
mod not_reproducible;
mod overlapping_entries;
mod path_conflict;
mod setuid;
mod special_file;
mod suspicious_name;
mod symlink_escape;
mod truncated;
mod unreadable_file;
mod unsafe_path;
mod unsupported_compression;
mod world_writable;

/// 0644 and 0755 in decimal where octal is meant: archive/unreadable-file explains them, and no other rule speaks of them.
const DECIMAL: [u32; 2] = [0o1204, 0o1363];

/// The rules of this category, sorted by name.
pub(super) static RULES: &[&Rule] = &[
    &ambiguous_structure::RULE,
    &backslash_path::RULE,
    &bad_crc::RULE,
    &case_collision::RULE,
    &dangling_symlink::RULE,
    &decompression_bomb::RULE,
    &duplicate_entry::RULE,
    &empty::RULE,
    &encrypted_entry::RULE,
    &extra_data::RULE,
    &flattened_symlink::RULE,
    &header_mismatch::RULE,
    &layer_conversion::RULE,
    &macos_metadata::RULE,
    &nested_package::RULE,
    &not_a_zip::RULE,
    &not_reproducible::RULE,
    &overlapping_entries::RULE,
    &path_conflict::RULE,
    &setuid::RULE,
    &special_file::RULE,
    &suspicious_name::RULE,
    &symlink_escape::RULE,
    &truncated::RULE,
    &unreadable_file::RULE,
    &unsafe_path::RULE,
    &unsupported_compression::RULE,
    &world_writable::RULE,
];
