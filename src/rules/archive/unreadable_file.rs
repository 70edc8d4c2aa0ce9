//! archive/unreadable-file: permissions that stop the function from reading its own files.

use crate::{
    archive::{anomaly::AnomalyKind, entry::EntryKind},
    data::{runtimes::Family, texts},
    environment::package::Package,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule = Rule { page: &pages::archive::UNREADABLE_FILE, check: Check::Package(check) };

fn check(package: &Package, findings: &mut Findings) {
    unread(package, findings);
    let entries: Vec<usize> = package
        .archive
        .entries()
        .iter()
        .enumerate()
        .filter(|(_, entry)| matches!(entry.kind, EntryKind::File) && !entry.mode.others_read())
        .map(|(index, _)| index)
        .collect();
    let Some(first) = entries.first().and_then(|index| package.entry(*index)) else { return };
    let mode = first.mode.permissions();
    let mounted = package.mounted(&first.path.shown());
    let node = package.runtimes().any(|runtime| runtime.family == Family::Nodejs)
        || first.path.as_str().ends_with("js");
    let words = if node {
        texts::NODE_EACCES.fill(&[("path", &mounted)])
    } else {
        texts::ERRNO_13.fill(&[("path", &mounted)])
    };
    let Some(draft) = findings.at_entries(package, &entries, "the same") else { return };
    draft
        .subject("mode")
        .say(format!("mode {mode:04o}: the function's user may not read it"))
        .lambda_says(words)
        .because(why(mode))
        .fix("chmod -R a+rX . && zip -r package.zip . (with Python's zipfile: ZipFile.write, or external_attr = 0o644 << 16)")
        .report();
}

/// What could not be read here, on this machine: no fault of the package, and nothing that may pass for looked at.
fn unread(package: &Package, findings: &mut Findings) {
    for anomaly in package.anomalies() {
        let AnomalyKind::Unreadable(words) = &anomaly.kind else { continue };
        let inner = anomaly.entry.and_then(|index| package.entry(index));
        let what = inner.map_or_else(
            || package.label.path.to_string(),
            |entry| format!("{}!{}", package.label.path, entry.path),
        );
        findings.not_analysed(what, format!("cannot be read here: {words}"));
    }
}

fn why(mode: u32) -> String {
    match mode {
        0 => "made on Unix with no permissions at all, as ZipInfo without external_attr does".to_owned(),
        0o600 => "Python's writestr writes 0600, and Lambda runs code as another user".to_owned(),
        // 0644 and 0755 in decimal, taken for octal
        mode if super::DECIMAL.contains(&mode) => {
            "644 or 755 was written in decimal where octal is meant".to_owned()
        }
        _ => "Lambda runs code as a user that is neither the owner nor in the group".to_owned(),
    }
}
