//! The baseline file: sorted, without lines and numbers, so that a change of it reads well in a review.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::{
    model::{finding::Finding, text::SafeText},
    triage::{fingerprint::fingerprint, report::Report},
};

use super::{concise, log_safe};

#[derive(Serialize)]
struct File {
    version: u32,
    findings: BTreeMap<String, Row>,
    packages: BTreeMap<String, Package>,
}

#[derive(Serialize)]
struct Row {
    rule: String,
    at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    package: Option<String>,
}

#[derive(Serialize)]
struct Package {
    unzipped: u64,
}

/// The baseline of a report: what is found now and what was known before and is still there. With `prune`, only the latter.
pub fn render(report: &Report, prune: bool) -> String {
    let known = report.compared.iter().flat_map(|compared| &compared.known);
    let fresh = report.findings.iter().filter(|_| !prune);
    let file = File {
        version: 1,
        findings: known.chain(fresh).map(row).collect(),
        packages: report
            .packages
            .iter()
            .map(|package| (package.name.to_string(), Package { unzipped: package.unzipped.0 }))
            .collect(),
    };
    // our own strings and numbers: this cannot fail
    let mut text = serde_json::to_string_pretty(&file).unwrap_or_default();
    text.push('\n');
    log_safe::json(&text)
}

/// One line about what was written.
pub fn told(report: &Report, prune: bool, file: &str) -> String {
    let known = report.compared.as_ref().map_or(0, |compared| compared.known.len());
    let fresh = if prune { 0 } else { report.findings.len() };
    let gone = report.compared.as_ref().map_or(0, |compared| compared.vanished.len());
    let total = known.saturating_add(fresh);
    let file = SafeText::new(file);
    format!("{file}: {} known ({fresh} new, {gone} mended); use it with --baseline {file}\n", count(total))
}

fn count(number: usize) -> String {
    if number == 1 { "1 finding".to_owned() } else { format!("{number} findings") }
}

fn row(finding: &Finding) -> (String, Row) {
    let row = Row {
        rule: finding.page.id.to_owned(),
        at: at(finding),
        package: finding.place.label().map(|label| label.name.to_string()),
    };
    (fingerprint(finding), row)
}

/// Without line and column, which move.
fn at(finding: &Finding) -> String {
    match (finding.place.label(), finding.place.source_span()) {
        (None, Some(span)) => span.file.to_string(),
        _ => concise::place(&finding.place),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::place::Place;
    use crate::triage::sample::{BROKEN, RISKY, entry, finding, report, span};

    #[test]
    fn a_baseline_holds_no_line_and_no_text_of_a_message() {
        let line = finding(&RISKY, Place::source(span("p.json", "{\n\n}", 3..4)));
        let found = vec![finding(&BROKEN, entry("deps", "x.so")), line];
        let text = render(&report(found, &[]), false);
        assert!(text.contains("\"at\": \"dist/deps.zip!x.so\""), "{text}");
        assert!(text.contains("\"at\": \"p.json\""), "{text}");
        assert!(!text.contains("is broken"), "{text}");
    }

    #[test]
    fn pruning_takes_nothing_new_up() {
        let text = render(&report(vec![finding(&BROKEN, entry("deps", "x.so"))], &[]), true);
        assert!(text.contains("\"findings\": {}"), "{text}");
    }
}
