//! GitLab's code quality report: a JSON array, shown in merge requests.
//!
//! Source: GitLab documentation, "Code Quality", the fields of a report, as of 2026-11. Entries of equal fingerprint are dropped there.

use std::collections::HashMap;

use serde::Serialize;

use crate::{
    model::{finding::Finding, place::Place, severity::Severity},
    triage::{fingerprint::fingerprint, report::Report},
};

use super::concise;

#[derive(Serialize)]
struct Issue {
    description: String,
    check_name: &'static str,
    fingerprint: String,
    severity: &'static str,
    location: Location,
}

#[derive(Serialize)]
struct Location {
    path: String,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u32,
}

/// All findings.
pub fn render(report: &Report) -> String {
    let mut seen: HashMap<String, u32> = HashMap::new();
    let issues: Vec<Issue> = report.findings.iter().map(|finding| issue(finding, &mut seen)).collect();
    // our own strings and numbers: this cannot fail, and an empty list is what a reader could still parse
    let mut text = serde_json::to_string_pretty(&issues).unwrap_or_else(|_| "[]".to_owned());
    text.push('\n');
    text
}

fn issue(finding: &Finding, seen: &mut HashMap<String, u32>) -> Issue {
    Issue {
        description: description(finding),
        check_name: finding.page.id,
        fingerprint: unique(fingerprint(finding), seen),
        severity: match finding.severity {
            Severity::Error => "critical",
            Severity::Warning => "minor",
            Severity::Info => "info",
        },
        location: location(&finding.place),
    }
}

fn description(finding: &Finding) -> String {
    let function = finding.function.as_ref().map(|name| format!(" (function {name})")).unwrap_or_default();
    format!("{}: {}{function}", concise::place(&finding.place), finding.message)
}

/// One target of a finding may be told from another by its words alone; here each needs a name of its own.
fn unique(print: String, seen: &mut HashMap<String, u32>) -> String {
    let count = seen.entry(print.clone()).or_default();
    *count = count.saturating_add(1);
    if *count == 1 { print } else { format!("{print}-{count}") }
}

fn location(place: &Place) -> Location {
    let (path, begin) = match (place.source_span(), place.label()) {
        (Some(span), _) => (span.file.as_str(), span.line),
        (None, Some(label)) => (label.path.as_str(), 1),
        (None, None) => ("layerlint.toml", 1),
    };
    Location { path: path.to_owned(), lines: Lines { begin } }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::triage::sample::{BROKEN, RISKY, entry, finding, report, span};

    fn issues(findings: Vec<Finding>) -> Vec<Value> {
        serde_json::from_str(&render(&report(findings, &[]))).unwrap()
    }

    #[test]
    fn each_finding_has_the_five_fields_that_gitlab_asks_for() {
        let declared = entry("deps", "x.so").declared_at(Some(&span("t.yaml", "a\nb", 2..3)));
        let said = issues(vec![finding(&BROKEN, declared)]);
        assert_eq!(said[0]["description"], "dist/deps.zip!x.so: is broken");
        assert_eq!(said[0]["check_name"], "native/broken");
        assert_eq!(said[0]["severity"], "critical");
        assert_eq!(said[0]["location"]["path"], "t.yaml");
        assert_eq!(said[0]["location"]["lines"]["begin"], 2);
    }

    #[test]
    fn no_two_fingerprints_are_equal() {
        let line = |range| finding(&RISKY, Place::source(span("p.json", "{\n\n}", range)));
        let said = issues(vec![line(0..1), line(3..4)]);
        assert_ne!(said[0]["fingerprint"], said[1]["fingerprint"]);
    }
}
