//! archive/encrypted-entry: Lambda has no password.

use crate::{
    archive::anomaly::AnomalyKind,
    data::texts,
    environment::package::Package,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule = Rule { page: &pages::archive::ENCRYPTED_ENTRY, check: Check::Package(check) };

fn check(package: &Package, findings: &mut Findings) {
    let anomalies = package.archive.anomalies().iter();
    let entries: Vec<usize> = anomalies
        .filter(|anomaly| anomaly.kind == AnomalyKind::Encrypted)
        .filter_map(|anomaly| anomaly.entry)
        .collect();
    let Some(draft) = findings.at_entries(package, &entries, "encrypted too") else { return };
    draft
        .subject("encrypted")
        .say("content is encrypted with a password")
        .lambda_says(texts::UNZIP_FAILED.template)
        .because("Lambda unpacks without a password; it encrypts packages at rest by itself")
        .fix("zip without -e, --password or AES")
        .report();
}
