//! archive/overlapping-entries: entries that share bytes of the file.

use crate::{
    archive::anomaly::AnomalyKind,
    environment::package::Package,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule =
    Rule { page: &pages::archive::OVERLAPPING_ENTRIES, check: Check::Archive(check) };

fn check(package: &Package, findings: &mut Findings) {
    let shared: Vec<(usize, usize)> = package
        .anomalies()
        .filter_map(|anomaly| match anomaly.kind {
            AnomalyKind::Overlap { with } => Some((anomaly.entry?, with)),
            _ => None,
        })
        .collect();
    let entries: Vec<usize> = shared.iter().map(|(index, _)| *index).collect();
    let Some(other) = shared.first().and_then(|(_, with)| package.entry(*with)) else { return };
    let Some(draft) = findings.at_entries(package, &entries, "shares bytes too") else { return };
    draft
        .subject("overlap")
        .say("its bytes are bytes of another entry too")
        .because(format!(
            "{} begins before and ends behind its beginning: no zipper writes that, and bombs of a few kilobytes are made so",
            other.path
        ))
        .fix("do not use this zip; build it anew from its sources")
        .report();
}
