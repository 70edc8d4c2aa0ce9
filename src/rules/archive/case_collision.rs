//! archive/case-collision: names that differ in case or Unicode normal form alone.

use std::collections::BTreeMap;

use unicode_normalization::UnicodeNormalization;

use crate::{
    archive::entry::EntryKind,
    environment::package::Package,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule = Rule { page: &pages::archive::CASE_COLLISION, check: Check::Package(check) };

fn check(package: &Package, findings: &mut Findings) {
    let mut by_folded: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (index, entry) in package.archive.entries().iter().enumerate() {
        if entry.kind != EntryKind::Directory {
            by_folded.entry(folded(entry.path.as_str())).or_default().push(index);
        }
    }
    let path = |index: &usize| package.entry(*index).map(|entry| entry.path.as_str());
    for entries in by_folded.into_values().filter(|entries| entries.len() > 1) {
        let (Some(first), Some(other)) =
            (entries.first(), entries.iter().find(|index| path(index) != entries.first().and_then(path)))
        else {
            continue;
        };
        let Some(other) = package.entry(*other) else { continue };
        findings
            .at(package.entry_place(*first))
            .say(format!("differs from {} in case or Unicode normal form alone", other.path))
            .because("they are two files on Lambda and one on macOS and Windows, where the package may be built or looked at")
            .fix("rename one of them")
            .count(entries.len())
            .report();
    }
}

/// What a file system that knows neither case nor normal forms compares.
fn folded(path: &str) -> String {
    if path.is_ascii() {
        path.to_ascii_lowercase()
    } else {
        path.nfc().flat_map(char::to_lowercase).nfc().collect()
    }
}
