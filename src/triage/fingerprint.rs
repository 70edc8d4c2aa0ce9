//! What makes a finding the same finding in the next run.

use crate::model::finding::Finding;

/// Hexadecimal digits of a fingerprint: 128 bits.
const DIGITS: usize = 32;

/// The identity of a finding: rule, package alias, inner path, subject; the function where no package says more. Never sizes, counts,
/// offsets, hashes, order or versions: a rebuilt package has the same findings.
pub fn fingerprint(finding: &Finding) -> String {
    let mut hasher = blake3::Hasher::new();
    let mut part = |text: &str| {
        hasher.update(text.as_bytes());
        hasher.update(b"\0");
    };
    part("layerlintFinding/v1");
    part(finding.page.id);
    match finding.place.label() {
        Some(label) => part(&label.name),
        None => part(finding.place.source_span().map(|span| span.file.as_str()).unwrap_or_default()),
    }
    part(
        finding
            .place
            .entry_path()
            .map(super::super::model::entry_path::EntryPath::as_str)
            .unwrap_or_default(),
    );
    part(&finding.subject);
    if finding.place.entry_path().is_none() {
        part(finding.function.as_deref().unwrap_or_default());
    }
    hasher.finalize().to_hex().as_str().chars().take(DIGITS).collect()
}
