//! JUnit XML: a test suite for each package, a test case for each rule that ran, passed ones too.

use std::collections::BTreeMap;

use quick_junit::{NonSuccessKind, Report as Junit, TestCase, TestCaseStatus, TestSuite};

use crate::{
    model::{finding::Finding, page::Page, text::SafeText},
    triage::{
        fold::group,
        report::{FailOn, Report},
    },
};

use super::concise;

/// All rules over all packages. A test case fails when the run fails by its findings, so that no format says other than the exit status.
pub fn render(report: &Report) -> String {
    let mut junit = Junit::new("layerlint");
    for (name, findings) in suites(report) {
        let mut suite = TestSuite::new(name);
        for page in &report.pages {
            let of_rule = findings.iter().filter(|finding| finding.page.id == page.id).copied();
            suite.add_test_case(case(page, of_rule.collect(), report.fail_on));
        }
        junit.add_test_suite(suite);
    }
    // XML of our own strings cannot fail
    let mut text = junit.to_string().unwrap_or_default();
    if !text.ends_with('\n') {
        text.push('\n');
    }
    text
}

/// What has findings, and the packages that have none.
fn suites(report: &Report) -> BTreeMap<String, Vec<&Finding>> {
    let mut suites: BTreeMap<String, Vec<&Finding>> =
        report.packages.iter().map(|package| (package.path.to_string(), Vec::new())).collect();
    for finding in &report.findings {
        suites.entry(group(finding)).or_default().push(finding);
    }
    suites
}

fn case(page: &Page, findings: Vec<&Finding>, fail_on: FailOn) -> TestCase {
    let text = findings.iter().map(|finding| told(finding)).collect::<Vec<_>>().join("\n\n");
    let (failing, passing): (Vec<&Finding>, Vec<&Finding>) =
        findings.into_iter().partition(|finding| fail_on.fails(finding.severity));
    let mut status = TestCaseStatus::success();
    if let Some(first) = failing.first() {
        let more = failing.len().saturating_sub(1);
        let more = if more == 0 { String::new() } else { format!(" (and {more} more)") };
        status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status.set_message(format!("{}: {}{more}", concise::place(&first.place), first.message));
        status.set_type(first.severity.as_str());
        status.set_description(text.clone());
    }
    let mut case = TestCase::new(page.id, status);
    case.set_classname(format!("layerlint.{}", page.category));
    if failing.is_empty() && !passing.is_empty() {
        case.set_system_out(text);
    }
    case
}

fn told(finding: &Finding) -> String {
    let mut lines = vec![concise::line(finding)];
    let mut detail = |label: &str, text: &Option<SafeText>| {
        lines.extend(text.as_ref().map(|text| format!("{label}: {text}")));
    };
    detail("Lambda would say", &finding.lambda_error);
    detail("why", &finding.reason);
    detail("fix", &finding.fix);
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::triage::sample::{BROKEN, DOCS, entry, finding, report};

    #[test]
    fn a_rule_without_a_finding_is_a_passed_test() {
        let text = render(&report(vec![finding(&BROKEN, entry("deps", "x.so"))], &[]));
        let junit = Junit::deserialize_from_str(&text).unwrap();
        assert_eq!((junit.tests, junit.failures), (4, 1));
        let suite = junit.test_suites.first().unwrap();
        assert_eq!(suite.name.as_str(), "dist/deps.zip");
        assert!(text.contains("message=\"dist/deps.zip!x.so: is broken\""), "{text}");
    }

    #[test]
    fn a_test_fails_when_the_run_does() {
        let text = |fail_on| {
            let found = vec![finding(&DOCS, entry("deps", "README"))];
            render(&Report { fail_on, ..report(found, &[]) })
        };
        let failures = |fail_on| Junit::deserialize_from_str(&text(fail_on)).unwrap().failures;
        assert_eq!(failures(FailOn::Error), 0);
        assert_eq!(failures(FailOn::Info), 1);
        assert!(text(FailOn::Error).contains("<system-out>"));
    }
}
