//! One root cause, one finding: what was found for several targets or functions at one place becomes one, in a total order.

use std::{cmp::Ordering, collections::BTreeMap};

use crate::model::{
    finding::{Finding, Related},
    severity::Severity,
    text::SafeText,
};

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

/// Everything else that a finding says, so that the first of equal ones never depends on who came first.
fn rest(one: &Finding, two: &Finding) -> Ordering {
    (one.severity, &one.function, one.certainty, &one.targets, &one.message)
        .cmp(&(two.severity, &two.function, two.certainty, &two.targets, &two.message))
        .then_with(|| {
            (&one.lambda_error, &one.reason, &one.fix, &one.related, one.count).cmp(&(
                &two.lambda_error,
                &two.reason,
                &two.fix,
                &two.related,
                two.count,
            ))
        })
}

fn join(into: &mut Finding, other: Finding) {
    into.targets.extend(other.targets);
    into.targets.sort();
    into.targets.dedup();
    // a runtime on any processor says what it says on one
    let all = into.targets.clone();
    into.targets.retain(|target| !all.iter().any(|other| is_part(target, other)));
    into.count = into.count.max(other.count);
    into.certainty = into.certainty.min(other.certainty);
    if into.function != other.function && other.place.label().is_some() {
        let also =
            other.function.map_or_else(|| "this package".to_owned(), |name| format!("function {name}"));
        add(into, Related { place: other.place, note: SafeText::new(format!("also in {also}")) });
    }
    for related in other.related {
        add(into, related);
    }
}

/// Whether a target is another one on a certain processor: `python3.12 on x86_64` of `python3.12`.
fn is_part(target: &SafeText, whole: &SafeText) -> bool {
    target.as_str().strip_prefix(whole.as_str()).is_some_and(|rest| rest.starts_with(" on "))
}

fn add(into: &mut Finding, related: Related) {
    if !into.related.contains(&related) {
        into.related.push(related);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::severity::Certainty,
        triage::sample::{BROKEN, DOCS, RISKY, entry, finding},
    };

    fn on(function: &str, target: &str) -> Finding {
        let mut one = finding(&BROKEN, entry("deps", "python/x.so"));
        one.function = Some(SafeText::new(function));
        one.targets = vec![SafeText::new(target)];
        one
    }

    fn words(texts: &[SafeText]) -> Vec<&str> {
        texts.iter().map(SafeText::as_str).collect()
    }

    #[test]
    fn one_fault_in_several_deployments_is_one_finding() {
        let mut milder = on("billing", "python3.13");
        milder.severity = Severity::Warning;
        milder.certainty = Certainty::Likely;
        milder.count = 3;
        let folded = fold(vec![milder, on("orders", "python3.12"), on("orders", "python3.11")]);
        assert_eq!(folded.len(), 1);
        let one = &folded[0];
        assert_eq!((one.severity, one.certainty, one.count), (Severity::Error, Certainty::Certain, 3));
        assert_eq!(one.function.as_deref(), Some("orders"));
        assert_eq!(words(&one.targets), ["python3.11", "python3.12", "python3.13"]);
        let notes: Vec<&str> = one.related.iter().map(|related| related.note.as_str()).collect();
        assert_eq!(notes, ["also in function billing"]);
    }

    #[test]
    fn a_runtime_on_one_processor_is_told_with_the_runtime() {
        let folded = fold(vec![
            on("a", "python3.12 on x86_64"),
            on("b", "python3.12"),
            on("c", "python3.1"),
            on("d", "python3.13 on arm64"),
        ]);
        assert_eq!(words(&folded[0].targets), ["python3.1", "python3.12", "python3.13 on arm64"]);
    }

    #[test]
    fn a_function_whose_name_is_part_of_another_is_named_too() {
        let mut late = on("a", "python3.12");
        late.severity = Severity::Info;
        let folded = fold(vec![late, on("ab", "python3.12"), on("aa", "python3.12")]);
        let notes: Vec<&str> = folded[0].related.iter().map(|related| related.note.as_str()).collect();
        assert_eq!(notes, ["also in function ab", "also in function a"]);
    }

    #[test]
    fn another_subject_or_place_is_another_finding() {
        let mut subject = on("orders", "python3.12");
        subject.subject = SafeText::new("libz.so.1");
        let place = finding(&BROKEN, entry("deps", "python/y.so"));
        assert_eq!(fold(vec![on("orders", "python3.12"), subject, place]).len(), 3);
    }

    #[test]
    fn packages_with_the_worst_findings_come_first_in_any_order_of_arrival() {
        let findings = vec![
            finding(&DOCS, entry("a", "README")),
            finding(&RISKY, entry("b", "x")),
            finding(&DOCS, entry("c", "a")),
            finding(&BROKEN, entry("c", "z.so")),
            finding(&BROKEN, entry("c", "b.so")),
        ];
        let order = |findings: Vec<Finding>| -> Vec<String> {
            let mut folded = fold(findings);
            sort(&mut folded);
            folded.iter().map(|one| format!("{} {}", group(one), one.subject)).collect()
        };
        let straight = order(findings.clone());
        assert_eq!(
            straight,
            ["dist/c.zip b.so", "dist/c.zip z.so", "dist/c.zip a", "dist/b.zip x", "dist/a.zip README"]
        );
        for turn in 1..findings.len() {
            let mut turned = findings.clone();
            turned.rotate_left(turn);
            assert_eq!(order(turned), straight);
        }
    }

    #[test]
    fn which_words_stay_does_not_depend_on_arrival() {
        let mut one = on("orders", "python3.12");
        one.fix = Some(SafeText::new("one way"));
        let mut two = one.clone();
        two.fix = Some(SafeText::new("another way"));
        assert_eq!(fold(vec![one.clone(), two.clone()]), fold(vec![two, one]));
    }
}
