//! The rules: one file each, a static and a plain function. Rules open no file and print nothing.
//!
//! A new rule is a page in `rules/`, a file here, cases in `fixtures/`, and two lines in its category's `mod.rs`.

pub mod pages;
pub mod registry;

mod archive;
mod collision;
mod commands;
mod deployment;
mod layout;
mod native;
mod policy;
mod runtime;
mod secret;
mod size;

use registry::Rule;

/// Every rule, by category and name.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    [
        archive::RULES,
        collision::RULES,
        deployment::RULES,
        layout::RULES,
        native::RULES,
        policy::RULES,
        runtime::RULES,
        secret::RULES,
        size::RULES,
    ]
    .into_iter()
    .flatten()
    .copied()
}
