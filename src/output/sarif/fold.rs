//! Many equal findings of one folder become one result, and the worst come first: what code scanning can show has limits.

use std::{borrow::Cow, collections::BTreeMap};

use crate::model::{
    entry_path::EntryPath,
    finding::{Finding, Related},
    place::{Place, SourceSpan},
    severity::Severity,
    text::SafeText,
};

/// Equal findings of one folder that are shown one by one; more become one result.
const SINGLY: usize = 10;

/// Equal for a reader: the folder, the rule, the severity, and the words without names and numbers.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Kind<'a> {
    package: &'a str,
    folder: &'a str,
    rule: &'static str,
    severity: Severity,
    words: String,
    source: Option<&'a SourceSpan>,
}

/// What is to be shown, worst first and else in the order of the report.
pub(super) fn folded(findings: &[Finding]) -> Vec<Cow<'_, Finding>> {
    let kinds: Vec<Option<Kind<'_>>> = findings.iter().map(kind).collect();
    let mut groups: BTreeMap<&Kind<'_>, Vec<&Finding>> = BTreeMap::new();
    for (kind, finding) in kinds.iter().zip(findings) {
        if let Some(kind) = kind {
            groups.entry(kind).or_default().push(finding);
        }
    }
    let mut shown = Vec::with_capacity(findings.len());
    for (kind, finding) in kinds.iter().zip(findings) {
        match kind.as_ref().and_then(|kind| Some((kind, groups.get(kind)?))) {
            Some((kind, group)) if group.len() > SINGLY => {
                if group.first().is_some_and(|first| std::ptr::eq(*first, finding)) {
                    shown.push(Cow::Owned(together(kind, finding, group)));
                }
            }
            _ => shown.push(Cow::Borrowed(finding)),
        }
    }
    shown.sort_by_key(|finding| finding.severity);
    shown
}

fn kind(finding: &Finding) -> Option<Kind<'_>> {
    let (label, entry) = (finding.place.label()?, finding.place.entry_path()?);
    Some(Kind {
        package: label.name.as_str(),
        folder: entry.parent(),
        rule: finding.page.id,
        severity: finding.severity,
        words: words(finding, entry),
        source: finding.place.source_span(),
    })
}

fn words(finding: &Finding, entry: &EntryPath) -> String {
    let mut words = finding.message.to_string();
    let file = SafeText::new(entry.file_name());
    for name in [entry.shown().as_str(), finding.subject.as_str(), file.as_str()] {
        if !name.is_empty() {
            words = words.replace(name, "");
        }
    }
    words.retain(|c| !c.is_ascii_digit());
    words
}

/// One finding at the folder. It names neither the first file nor the number in its identity, so it is the same in the next run.
fn together(kind: &Kind<'_>, first: &Finding, group: &[&Finding]) -> Finding {
    let mut one = first.clone();
    if let Some(label) = first.place.label() {
        let place = match kind.folder {
            "" => Place::package(label),
            folder => Place::entry(label, EntryPath::new(folder)),
        };
        one.place = place.declared_at(kind.source);
    }
    one.subject = SafeText::new(format!("folder: {}", kind.words));
    one.message =
        SafeText::new(format!("{} files of this folder, the first: {}", group.len(), first.message));
    one.count = group.iter().fold(0, |sum, finding| sum.saturating_add(finding.count));
    one.related = group.iter().map(|finding| as_related(finding)).collect();
    one.targets = group.iter().flat_map(|finding| finding.targets.iter().cloned()).collect();
    one.targets.sort();
    one.targets.dedup();
    one
}

fn as_related(finding: &Finding) -> Related {
    Related { place: finding.place.clone(), note: finding.message.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::triage::{
        fingerprint::fingerprint,
        sample::{BROKEN, DOCS, entry, finding},
    };

    fn many(folder: &str, count: usize) -> Vec<Finding> {
        (0..count)
            .map(|at| {
                let mut one = finding(&DOCS, entry("deps", &format!("{folder}f{at:02}.md")));
                one.message = SafeText::new(format!("f{at:02}.md takes {at} bytes"));
                one
            })
            .collect()
    }

    #[test]
    fn a_few_are_shown_singly() {
        let findings = many("docs/", SINGLY);
        assert!(folded(&findings).iter().map(Cow::as_ref).eq(&findings));
    }

    #[test]
    fn more_are_one_at_their_folder_with_all_of_them_related() {
        let mut findings = many("docs/", SINGLY + 5);
        findings.extend(many("other/", 2));
        let shown = folded(&findings);
        assert_eq!(shown.len(), 3);
        assert_eq!(shown[0].place, entry("deps", "docs"));
        assert_eq!((shown[0].count, shown[0].related.len()), (15, 15));
        assert_eq!(shown[0].message.as_str(), "15 files of this folder, the first: f00.md takes 0 bytes");
    }

    #[test]
    fn the_identity_of_many_does_not_depend_on_how_many_or_which() {
        let all = many("docs/", SINGLY + 5);
        assert_eq!(fingerprint(&folded(&all)[0]), fingerprint(&folded(&all[2..])[0]));
        assert_eq!(folded(&many("", SINGLY + 1))[0].place.entry_path(), None);
    }

    #[test]
    fn other_words_are_another_kind() {
        let mut findings = many("docs/", SINGLY + 1);
        let mut other = finding(&DOCS, entry("deps", "docs/x.md"));
        other.message = SafeText::new("says something else");
        findings.push(other.clone());
        let shown = folded(&findings);
        assert_eq!(shown.len(), 2);
        assert_eq!(*shown[1], other);
    }

    #[test]
    fn the_worst_come_first() {
        let findings = [finding(&DOCS, entry("a", "x")), finding(&BROKEN, entry("b", "y"))];
        let rules: Vec<&str> = folded(&findings).iter().map(|one| one.page.id).collect();
        assert_eq!(rules, ["native/broken", "size/docs"]);
    }
}
