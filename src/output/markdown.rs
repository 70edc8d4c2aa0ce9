//! Markdown for a comment of a merge request or a job summary.

use std::fmt::Write as _;

use crate::{
    data::limits::limits,
    model::{finding::Finding, severity::Severity, size::Bytes},
    triage::report::{FunctionRow, Report},
};

use super::concise;

/// Findings that are shown; a comment of a merge request holds 65,536 characters.
const SHOWN: usize = 50;

/// The report, worst first, with the details folded away.
pub fn render(report: &Report) -> String {
    let mut out = format!("## layerlint: {}\n", headline(report));
    let mut findings: Vec<&Finding> = report.findings.iter().collect();
    findings.sort_by_key(|finding| finding.severity);
    if !findings.is_empty() {
        out.push_str("\n| | rule | where | what |\n| --- | --- | --- | --- |\n");
        out.extend(findings.iter().take(SHOWN).map(|finding| row(finding)));
    }
    let more = findings.len().saturating_sub(SHOWN);
    if more > 0 {
        let _ = writeln!(out, "\n{more} more are not shown here.");
    }
    mends(&findings, &mut out);
    sizes(&report.functions, &mut out);
    not_analysed(report, &mut out);
    out
}

fn headline(report: &Report) -> String {
    let summary = report.summary();
    if report.findings.is_empty() {
        return format!("nothing to complain about in {}", count(report.packages.len(), "package"));
    }
    let counts = [(summary.errors, "error"), (summary.warnings, "warning"), (summary.infos, "info")];
    let counts: Vec<String> = counts
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, noun)| count(number, noun))
        .collect();
    format!("{} in {}", counts.join(", "), count(report.packages.len(), "package"))
}

fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

fn row(finding: &Finding) -> String {
    let mark = match finding.severity {
        Severity::Error => "**error**",
        Severity::Warning => "warning",
        Severity::Info => "info",
    };
    let function =
        finding.function.as_ref().map(|name| format!(" (function {})", plain(name))).unwrap_or_default();
    format!(
        "| {mark} | {} | {} | {}{function} |\n",
        finding.page.id,
        plain(&place(finding)),
        plain(&finding.message)
    )
}

/// The line to edit beside the entry, when there are both.
fn place(finding: &Finding) -> String {
    let at = concise::place(&finding.place);
    match finding.place.source_span().filter(|_| finding.place.label().is_some()) {
        Some(span) => format!("{at} ({}:{})", span.file, span.line),
        None => at,
    }
}

fn mends(findings: &[&Finding], out: &mut String) {
    let told: Vec<&&Finding> = findings
        .iter()
        .take(SHOWN)
        .filter(|finding| finding.lambda_error.is_some() || finding.fix.is_some())
        .collect();
    if told.is_empty() {
        return;
    }
    out.push_str("\n<details><summary>What Lambda would say, and how to mend it</summary>\n\n");
    for finding in told {
        let _ = writeln!(out, "- {} {}", finding.page.id, plain(&concise::place(&finding.place)));
        for (label, text) in [("Lambda would say", &finding.lambda_error), ("fix", &finding.fix)] {
            if let Some(text) = text {
                let _ = writeln!(out, "  - {label}: {}", plain(text));
            }
        }
    }
    out.push_str("\n</details>\n");
}

fn sizes(functions: &[FunctionRow], out: &mut String) {
    if functions.is_empty() {
        return;
    }
    out.push_str("\n| function | layers | unzipped | left |\n| --- | --- | --- | --- |\n");
    for function in functions {
        let left =
            if function.remaining == Bytes(0) { "nothing".to_owned() } else { function.remaining.human() };
        let _ = writeln!(
            out,
            "| {} | {} | {} of {} | {left} |",
            plain(&function.name),
            function.layers.len(),
            function.unzipped.human(),
            limits().unzipped_bytes.human(),
        );
    }
}

fn not_analysed(report: &Report, out: &mut String) {
    if report.not_analysed.is_empty() {
        return;
    }
    let _ = writeln!(out, "\nNot analysed:\n");
    for one in &report.not_analysed {
        let _ = writeln!(out, "- {}: {}", plain(&one.what), plain(&one.why));
    }
}

/// Outside text as text: what Markdown, its tables, its links, mentions and HTML are made of is written as entities.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if is_markup(c) {
            let _ = write!(out, "&#{};", u32::from(c));
        } else {
            out.push(c);
        }
    }
    out
}

fn is_markup(c: char) -> bool {
    matches!(
        c,
        '\\' | '`'
            | '*'
            | '_'
            | '{'
            | '}'
            | '['
            | ']'
            | '('
            | ')'
            | '<'
            | '>'
            | '#'
            | '!'
            | '|'
            | '&'
            | '@'
            | ':'
            | '~'
            | '$'
    )
}

#[cfg(test)]
mod tests {
    use pulldown_cmark::{Event, Options, Parser, Tag};

    use super::*;
    use crate::triage::sample::{BROKEN, DOCS, HOSTILE, entry, finding, report};

    #[test]
    fn worst_first_with_the_mend_below() {
        let mut one = finding(&BROKEN, entry("deps", "x.so"));
        one.fix = Some("build it again".into());
        let text = render(&report(vec![finding(&DOCS, entry("a", "README")), one], &[]));
        assert!(text.starts_with("## layerlint: 1 error, 1 info in 0 packages\n"), "{text}");
        let error = text.find("| **error** | native/broken | dist/deps.zip&#33;x.so | is broken |").unwrap();
        assert!(error < text.find("| info | size/docs").unwrap(), "{text}");
        assert!(text.contains("  - fix: build it again\n"), "{text}");
    }

    #[test]
    fn names_stay_text() {
        for name in
            HOSTILE.into_iter().chain(["<img src=x onerror=alert(1)>", "@everyone #1 https://evil.example"])
        {
            let mut one = finding(&BROKEN, entry("deps", name));
            one.message = name.into();
            one.fix = Some(name.into());
            let text = render(&report(vec![one], &[]));
            let ours = ["<details>", "<summary>", "</details>"];
            for event in Parser::new_ext(&text, Options::ENABLE_TABLES) {
                match event {
                    Event::Start(Tag::Link { .. } | Tag::Image { .. }) => panic!("{text}"),
                    Event::Html(html) | Event::InlineHtml(html) => {
                        assert!(ours.iter().any(|one| html.starts_with(one)), "{html}");
                    }
                    _ => {}
                }
            }
            assert!(!text.contains('@') && !text.contains("https:"), "{text}");
        }
    }

    #[test]
    fn too_many_are_counted() {
        let many = (0..SHOWN + 3).map(|at| finding(&DOCS, entry("deps", &format!("{at}"))));
        assert!(render(&report(many.collect(), &[])).contains("\n3 more are not shown here.\n"));
    }
}
