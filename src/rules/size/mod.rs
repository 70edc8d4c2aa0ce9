//! Budgets.

use std::cmp::Reverse;

use crate::{data::ballast::BallastKind, environment::package::Package, model::size::Bytes};

use super::registry::{Findings, Rule};

mod budget;
mod bundled_sdk;
mod bytecode;
mod direct_upload_limit;
mod docs;
mod duplicate_content;
mod foreign_binaries;
mod package_caches;
mod source_maps;
mod static_libraries;
mod tests;
mod too_many_layers;
mod type_stubs;
mod unzipped_limit;
mod vcs;

/// The rules of this category, sorted by name.
pub(super) static RULES: &[&Rule] = &[
    &budget::RULE,
    &bundled_sdk::RULE,
    &bytecode::RULE,
    &direct_upload_limit::RULE,
    &docs::RULE,
    &duplicate_content::RULE,
    &foreign_binaries::RULE,
    &package_caches::RULE,
    &source_maps::RULE,
    &static_libraries::RULE,
    &tests::RULE,
    &too_many_layers::RULE,
    &type_stubs::RULE,
    &unzipped_limit::RULE,
    &vcs::RULE,
];

/// Ballast of one kind in a package, largest first.
struct Sum {
    entries: Vec<usize>,
    bytes: Bytes,
}

/// Adds up the ballast of one kind; nothing when there is none.
fn sum_of(package: &Package, kind: BallastKind) -> Option<Sum> {
    let of_kind = package.ballast().iter().filter(|(_, one)| *one == kind);
    let mut found: Vec<(usize, Bytes)> =
        of_kind.filter_map(|(index, _)| Some((*index, package.entry(*index)?.size))).collect();
    found.sort_by_key(|(index, size)| (Reverse(*size), *index));
    let bytes = found.iter().map(|(_, size)| *size).sum();
    let entries: Vec<usize> = found.into_iter().map(|(index, _)| index).collect();
    (!entries.is_empty()).then_some(Sum { entries, bytes })
}

/// Less than this of one kind in a package is not worth a word.
const WORTH_IT: Bytes = Bytes(64 << 10);

/// Says that bytes of one kind do nothing, where they are enough to matter.
fn report_waste(package: &Package, kind: BallastKind, words: &Words, findings: &mut Findings) {
    let Some(sum) = sum_of(package, kind).filter(|sum| sum.bytes >= WORTH_IT) else { return };
    let Some(draft) = findings.at_entries(package, &sum.entries, "one of the largest") else { return };
    draft
        .subject(words.subject)
        .say(format!("{} of {}", sum.bytes, words.what))
        .because(words.why)
        .fix(words.fix)
        .report();
}

/// How a kind of waste is told.
struct Words {
    subject: &'static str,
    what: &'static str,
    why: &'static str,
    fix: &'static str,
}
