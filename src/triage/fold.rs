//! One root cause, one finding: what was found for several targets or functions at one place becomes one, in a total order.

use std::{cmp::Ordering, collections::BTreeMap};

use crate::model::{finding::Finding, severity::Severity, text::SafeText};

/// Folds findings that are equal in rule, place and subject. Targets are joined, the worst severity stays.
pub fn fold(findings: Vec<Finding>) -> Vec<Finding> {
    let mut folded: Vec<Finding> = Vec::with_capacity(findings.len());
    let mut sorted = findings;
    sorted.sort_by(|one, two| identity(one, two).then_with(|| rest(one, two)));
    for finding in sorted {
        match folded.last_mut() {
            Some(last) if identity(last, &finding) == Ordering::Equal => join(last, finding),
            _ => folded.push(finding),
        }
    }
    folded
}

fn identity(one: &Finding, two: &Finding) -> Ordering {
    one.page.cmp(two.page).then_with(|| one.place.cmp(&two.place)).then_with(|| one.subject.cmp(&two.subject))
}

fn rest(one: &Finding, two: &Finding) -> Ordering {
    one.severity
        .cmp(&two.severity)
        .then_with(|| one.function.cmp(&two.function))
        .then_with(|| one.targets.cmp(&two.targets))
        .then_with(|| one.message.cmp(&two.message))
}

fn join(into: &mut Finding, other: Finding) {
    into.targets.extend(other.targets);
    into.targets.sort();
    into.targets.dedup();
    into.count = into.count.max(other.count);
    if into.function != other.function {
        let also = other
            .function
            .map_or_else(|| SafeText::new("this package"), |name| SafeText::new(format!("function {name}")));
        let known = into.related.iter().any(|related| related.note.contains(also.as_str()));
        if !known && other.place.label().is_some() && into.function.as_ref() != Some(&also) {
            let note = SafeText::new(format!("also in {also}"));
            into.related.push(crate::model::finding::Related { place: other.place, note });
        }
    }
    for related in other.related {
        if !into.related.contains(&related) {
            into.related.push(related);
        }
    }
}

/// Sorts for reading: packages with the worst findings first, inside by severity, place, rule and subject.
pub fn sort(findings: &mut [Finding]) {
    let mut worst: BTreeMap<String, Severity> = BTreeMap::new();
    for finding in &*findings {
        let entry = worst.entry(group(finding)).or_insert(finding.severity);
        *entry = (*entry).min(finding.severity);
    }
    findings.sort_by_cached_key(|finding| {
        let group = group(finding);
        let worst = worst.get(&group).copied();
        let place = finding.place.clone();
        (
            worst,
            group,
            finding.severity,
            place,
            finding.page.id,
            finding.subject.clone(),
            finding.message.clone(),
        )
    });
}

/// The package of a finding, or the source file when it is in none.
pub fn group(finding: &Finding) -> String {
    match (finding.place.label(), finding.place.source_span()) {
        (Some(label), _) => label.path.as_str().to_owned(),
        (None, Some(span)) => span.file.as_str().to_owned(),
        (None, None) => String::new(),
    }
}
