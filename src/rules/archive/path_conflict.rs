//! archive/path-conflict: a path that is a file and a folder at once.

use std::collections::HashMap;

use crate::{
    archive::entry::{Entry, EntryKind},
    environment::package::Package,
    model::severity::Severity,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule = Rule { page: &pages::archive::PATH_CONFLICT, check: Check::Package(check) };

fn check(package: &Package, findings: &mut Findings) {
    let entries = package.archive.entries();
    let mut leaves: HashMap<&str, usize> = HashMap::new();
    for (index, entry) in entries.iter().enumerate().filter(|(_, entry)| entry.kind != EntryKind::Directory) {
        leaves.entry(entry.path.as_str()).or_insert(index);
    }
    let mut conflicts: Vec<usize> = entries.iter().filter_map(|entry| leaf_above(&leaves, entry)).collect();
    conflicts.sort_unstable();
    conflicts.dedup();
    if let Some(draft) = findings.at_entries(package, &conflicts, "the same") {
        draft
            .subject("both")
            .say("the path is a file, and the folder of other entries")
            .because("only one of them can be laid down: unpacking stops, or loses the one or the other")
            .fix("rename the file or the folder, and build the zip anew")
            .report();
    }
    undecided(package, findings);
}

/// The file or link that stands where an entry needs a folder.
fn leaf_above(leaves: &HashMap<&str, usize>, entry: &Entry) -> Option<usize> {
    if leaves.is_empty() {
        return None;
    }
    if entry.kind == EntryKind::Directory
        && let Some(index) = leaves.get(entry.path.as_str())
    {
        return Some(*index);
    }
    let path = entry.path.as_str();
    path.match_indices('/').find_map(|(at, _)| leaves.get(path.get(..at)?).copied())
}

/// Entries whose name says folder and whose content says file, or the other way round.
fn undecided(package: &Package, findings: &mut Findings) {
    let odd: Vec<usize> = package
        .archive
        .entries()
        .iter()
        .enumerate()
        .filter(|(_, entry)| entry.crc.is_some() && entry.size.0 > 0 && is_undecided(entry))
        .map(|(index, _)| index)
        .collect();
    let Some(draft) = findings.at_entries(package, &odd, "the same") else { return };
    draft
        .subject("undecided")
        .say("the entry is a folder by its name or attributes, and has content")
        .no_worse_than(Severity::Warning)
        .because("some readers lay down a folder and some a file")
        .fix("build the zip anew: rm -f package.zip && zip -r package.zip .")
        .report();
}

fn is_undecided(entry: &Entry) -> bool {
    (entry.kind == EntryKind::Directory) || entry.name_bytes().ends_with(b"/")
}
