//! Budgets.

use std::cmp::Reverse;

use crate::{
    data::ballast::{self, BallastKind},
    environment::package::Package,
    model::size::Bytes,
};

use super::registry::Rule;

mod budget;
mod bytecode;
mod direct_upload_limit;
mod duplicate_content;
mod tests;
mod too_many_layers;
mod unzipped_limit;

/// The rules of this category, sorted by name.
pub(super) static RULES: &[&Rule] = &[
    &budget::RULE,
    &bytecode::RULE,
    &direct_upload_limit::RULE,
    &duplicate_content::RULE,
    &tests::RULE,
    &too_many_layers::RULE,
    &unzipped_limit::RULE,
];

/// Ballast of one kind in a package, largest first.
struct Sum {
    entries: Vec<usize>,
    bytes: Bytes,
}

/// Adds up the ballast of one kind; nothing when there is none.
fn sum_of(package: &Package, kind: BallastKind) -> Option<Sum> {
    let mut found: Vec<(usize, Bytes)> = package
        .files()
        .filter(|(_, entry)| ballast::kind_of(below_packages(entry.path.as_str())) == Some(kind))
        .map(|(index, entry)| (index, entry.size))
        .collect();
    found.sort_by_key(|(index, size)| (Reverse(*size), *index));
    let bytes = found.iter().map(|(_, size)| *size).sum();
    let entries: Vec<usize> = found.into_iter().map(|(index, _)| index).collect();
    (!entries.is_empty()).then_some(Sum { entries, bytes })
}

/// What remains of a path below the folder that packages are installed in.
fn below_packages(path: &str) -> &str {
    const FOLDERS: [&str; 3] = ["site-packages/", "node_modules/", "python/"];
    FOLDERS.iter().find_map(|folder| path.rsplit_once(folder).map(|(_, rest)| rest)).unwrap_or(path)
}
