//! archive/header-mismatch: a local header that contradicts the central directory.

use std::collections::BTreeMap;

use crate::{
    archive::anomaly::{AnomalyKind, Difference},
    environment::package::Package,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule = Rule { page: &pages::archive::HEADER_MISMATCH, check: Check::Archive(check) };

fn check(package: &Package, findings: &mut Findings) {
    let mut by_fields: BTreeMap<String, (&Difference, Vec<usize>)> = BTreeMap::new();
    for anomaly in package.anomalies() {
        let (AnomalyKind::HeaderMismatch(differences), Some(index)) = (&anomaly.kind, anomaly.entry) else {
            continue;
        };
        let Some(first) = differences.first() else { continue };
        by_fields.entry(names(differences)).or_insert_with(|| (first, Vec::new())).1.push(index);
    }
    for (fields, (first, entries)) in by_fields {
        let Some(draft) = findings.at_entries(package, &entries, "the same") else { continue };
        draft
            .subject(&fields)
            .say(format!("its own header contradicts the directory: {fields}"))
            .because(format!(
                "the {} is {} in the directory and {} at the entry; readers believe one or the other, so they see different files",
                first.field.name(),
                first.directory,
                first.local
            ))
            .fix("build the zip anew with one tool, and do not edit it afterwards: rm -f package.zip && zip -r package.zip .")
            .report();
    }
}

fn names(differences: &[Difference]) -> String {
    differences.iter().map(|one| one.field.name()).collect::<Vec<_>>().join(", ")
}
