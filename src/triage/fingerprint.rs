//! What makes a finding the same finding in the next run.

use crate::model::{entry_path::EntryPath, finding::Finding};

/// Hexadecimal digits of a fingerprint: 128 bits.
const DIGITS: usize = 32;

/// The identity of a finding: rule, package alias, inner path, subject; the function where no entry says more, because
/// two functions made of one package may both have a finding at it. Never sizes, counts, offsets, hashes, order or versions: a
/// rebuilt package has the same findings.
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
    part(finding.place.entry_path().map(EntryPath::as_str).unwrap_or_default());
    part(&finding.subject);
    if finding.place.entry_path().is_none() {
        part(finding.function.as_deref().unwrap_or_default());
    }
    hasher.finalize().to_hex().as_str().chars().take(DIGITS).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::{place::Place, severity::Severity, text::SafeText},
        triage::sample::{BROKEN, DOCS, entry, finding, label, span},
    };

    #[test]
    fn a_fingerprint_is_a_contract_with_baselines() {
        let print = fingerprint(&finding(&BROKEN, entry("deps", "python/x.so")));
        assert_eq!(print, "085e668afbd20d3b241db9bf3c427632");
    }

    #[test]
    fn what_a_rebuild_or_a_release_changes_does_not_move_it() {
        let before = finding(&BROKEN, entry("deps", "python/x.so"));
        let mut after = before.clone();
        after.message = SafeText::new("other words, 17 of them");
        after.count = 17;
        after.severity = Severity::Info;
        after.targets.push(SafeText::new("python3.13"));
        after.function = Some(SafeText::new("orders"));
        after.place = after.place.declared_at(Some(&span("t.toml", "a\nb\nc", 2..3)));
        assert_eq!(fingerprint(&before), fingerprint(&after));
    }

    #[test]
    fn what_makes_a_finding_another_one_moves_it() {
        let one = finding(&BROKEN, entry("deps", "python/x.so"));
        let mut subject = one.clone();
        subject.subject = SafeText::new("libz.so.1");
        let others = [
            finding(&DOCS, entry("deps", "python/x.so")),
            finding(&BROKEN, entry("other", "python/x.so")),
            finding(&BROKEN, entry("deps", "python/y.so")),
            finding(&BROKEN, Place::package(&label("deps"))),
            subject,
        ];
        for other in others {
            assert_ne!(fingerprint(&one), fingerprint(&other), "{:?}", other.place);
        }
    }

    #[test]
    fn functions_of_one_package_are_told_apart_and_lines_are_not() {
        let of = |function: &str| {
            let mut one = finding(&BROKEN, Place::package(&label("deps")));
            one.function = Some(SafeText::new(function));
            fingerprint(&one)
        };
        assert_ne!(of("orders"), of("billing"));
        let at = |range| fingerprint(&finding(&BROKEN, Place::source(span("p.json", "{\n\n}", range))));
        assert_eq!(at(0..1), at(3..4));
        let elsewhere = finding(&BROKEN, Place::source(span("q.json", "{}", 0..1)));
        assert_ne!(at(0..1), fingerprint(&elsewhere));
    }

    #[test]
    fn parts_do_not_run_into_each_other() {
        let mut one = finding(&BROKEN, entry("deps", "ab"));
        one.subject = SafeText::new("c");
        let mut two = finding(&BROKEN, entry("deps", "a"));
        two.subject = SafeText::new("bc");
        assert_ne!(fingerprint(&one), fingerprint(&two));
    }
}
