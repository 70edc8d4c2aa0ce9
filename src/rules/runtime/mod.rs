//! Will it start.

use super::registry::Rule;

mod bad_interpreter;
mod bootstrap_missing;
mod broken_package_json;
mod class_version;
mod deprecated;
mod gem_abi;
mod handler_file_missing;
mod handler_malformed;
mod handler_shadowed;
mod handler_symbol_missing;
mod invocation_failure;
mod missing_metadata;
mod module_format;
mod node;
mod node_imports;
mod not_executable;
mod platform_libraries;
mod platform_package_missing;
mod python_imports;
mod removed_stdlib_module;
mod ruby_requires;
mod search_path_overridden;
mod stale_bytecode;
mod syntax_error;
mod target_framework;
mod too_many_extensions;
mod unknown;
mod unresolved_import;
mod wrapper_missing;

/// The rules of this category, sorted by name.
pub(super) static RULES: &[&Rule] = &[
    &bad_interpreter::RULE,
    &bootstrap_missing::RULE,
    &broken_package_json::RULE,
    &class_version::RULE,
    &deprecated::RULE,
    &gem_abi::RULE,
    &handler_file_missing::RULE,
    &handler_malformed::RULE,
    &handler_shadowed::RULE,
    &handler_symbol_missing::RULE,
    &invocation_failure::RULE,
    &missing_metadata::RULE,
    &module_format::RULE,
    &not_executable::RULE,
    &platform_package_missing::RULE,
    &removed_stdlib_module::RULE,
    &search_path_overridden::RULE,
    &stale_bytecode::RULE,
    &syntax_error::RULE,
    &target_framework::RULE,
    &too_many_extensions::RULE,
    &unknown::RULE,
    &unresolved_import::RULE,
    &wrapper_missing::RULE,
];
