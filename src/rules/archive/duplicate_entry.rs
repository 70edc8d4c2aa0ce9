//! archive/duplicate-entry: two entries for one path; which one is laid down is undefined.

use crate::{
    archive::anomaly::AnomalyKind,
    environment::package::Package,
    model::severity::Severity,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule = Rule { page: &pages::archive::DUPLICATE_ENTRY, check: Check::Package(check) };

fn check(package: &Package, findings: &mut Findings) {
    let duplicates = |same: bool| -> Vec<usize> {
        package
            .archive
            .anomalies()
            .iter()
            .filter(|anomaly| matches!(anomaly.kind, AnomalyKind::DuplicateEntry { same_content, .. } if same_content == same))
            .filter_map(|anomaly| anomaly.entry)
            .collect()
    };
    report(package, &duplicates(false), false, findings);
    report(package, &duplicates(true), true, findings);
}

fn report(package: &Package, entries: &[usize], same_content: bool, findings: &mut Findings) {
    let Some(draft) = findings.at_entries(package, entries, "twice too") else { return };
    let (what, severity) = if same_content {
        ("the same path twice, with the same content", Severity::Warning)
    } else {
        ("the same path twice, with different content", Severity::Error)
    };
    draft
        .subject(if same_content { "same" } else { "different" })
        .say(what)
        .no_worse_than(severity)
        .because("readers keep the first or the last of them: what runs is not what was reviewed")
        .fix("build the zip anew instead of appending to it: rm -f package.zip && zip -r package.zip .")
        .report();
}
