//! Annotations of GitHub Actions: one workflow command a finding.
//!
//! Source of the escapes: `actions/toolkit`, `packages/core/src/command.ts`, as of 2026-11.

use crate::{
    model::{finding::Finding, place::Place, severity::Severity, text::SafeText},
    triage::report::Report,
};

use super::concise;

/// All findings, worst first: a step shows only the first ten of each level.
pub fn render(report: &Report) -> String {
    let mut findings: Vec<&Finding> = report.findings.iter().collect();
    findings.sort_by_key(|finding| finding.severity);
    findings.into_iter().map(command).collect()
}

fn command(finding: &Finding) -> String {
    let level = match finding.severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "notice",
    };
    let title = property(&format!("layerlint {}", finding.page.id));
    format!("::{level} {},title={title}::{}\n", position(&finding.place), data(&message(finding)))
}

/// The file that a person can edit where there is one, else the package.
fn position(place: &Place) -> String {
    match (place.source_span(), place.label()) {
        (Some(span), _) => {
            format!("file={},line={},col={}", property(span.file.as_str()), span.line, span.column)
        }
        (None, Some(label)) => format!("file={},line=1", property(label.path.as_str())),
        (None, None) => "file=layerlint.toml,line=1".to_owned(),
    }
}

fn message(finding: &Finding) -> String {
    let function = finding.function.as_ref().map(|name| format!(" (function {name})")).unwrap_or_default();
    let mut lines = vec![format!("{}: {}{function}", concise::place(&finding.place), finding.message)];
    let mut detail = |label: &str, text: &Option<SafeText>| {
        lines.extend(text.as_ref().map(|text| format!("{label}: {text}")));
    };
    detail("Lambda would say", &finding.lambda_error);
    detail("why", &finding.reason);
    detail("fix", &finding.fix);
    lines.join("\n")
}

/// Text after the second `::`. A command inside it would be read only from the start of a line, and it has none.
fn data(text: &str) -> String {
    brackets(&text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A"))
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

/// The older form of commands, `##[group]`, is taken anywhere in a line.
fn brackets(text: &str) -> String {
    text.replace("##[", "##%5B").replace("##vso[", "##vso%5B")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::triage::sample::{BROKEN, DOCS, RISKY, entry, finding, report, span};

    #[test]
    fn a_finding_is_one_command_with_its_details_in_the_message() {
        let mut one = finding(&BROKEN, entry("deps", "python/x.so"));
        one.lambda_error = Some("ELF: 100%".into());
        one.fix = Some("a, b".into());
        assert_eq!(
            render(&report(vec![one], &[])),
            "::error file=dist/deps.zip,line=1,title=layerlint native/broken::dist/deps.zip!python/x.so: is \
             broken%0ALambda would say: ELF: 100%25%0Afix: a, b\n"
        );
    }

    #[test]
    fn a_line_that_a_person_can_edit_is_the_place() {
        let line = finding(&RISKY, Place::source(span("a,b/t.yaml", "a\n  b", 4..5)));
        let said = render(&report(vec![line], &[]));
        assert!(said.starts_with("::warning file=a%2Cb/t.yaml,line=2,col=3,title="), "{said}");
    }

    #[test]
    fn the_worst_come_first() {
        let found = vec![finding(&DOCS, entry("a", "README")), finding(&BROKEN, entry("b", "x.so"))];
        let said = render(&report(found, &[]));
        let levels: Vec<&str> = said.lines().filter_map(|line| line.split(' ').next()).collect();
        assert_eq!(levels, ["::error", "::notice"]);
    }

    #[test]
    fn no_text_begins_a_command_of_its_own() {
        let mut one = finding(&BROKEN, entry("deps", "##[stop-commands]x,title=y::z"));
        one.message = "a\n::add-mask::b ##vso[x]".into();
        let said = render(&report(vec![one], &[]));
        assert_eq!(said.lines().count(), 1);
        assert!(!said.contains("##[") && !said.contains("##vso["), "{said}");
    }
}
