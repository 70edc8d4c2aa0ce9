//! The findings, each foldable, with filters that need no script.

use std::fmt::Write as _;

use crate::{
    model::{finding::Finding, severity::Severity, text::SafeText},
    output::{PAGES, concise},
    triage::report::Report,
};

use super::escaped;

/// Writes counts, filters, findings, and what was not analysed.
pub(super) fn write(out: &mut String, report: &Report) {
    let summary = report.summary();
    let _ = writeln!(
        out,
        "<h1>layerlint: {} errors, {} warnings, {} infos in {} packages</h1>",
        summary.errors,
        summary.warnings,
        summary.infos,
        report.packages.len()
    );
    filters(out, [summary.errors, summary.warnings, summary.infos]);
    let mut findings: Vec<&Finding> = report.findings.iter().collect();
    findings.sort_by_key(|finding| finding.severity);
    for finding in findings {
        one(out, finding);
    }
    if report.findings.is_empty() {
        out.push_str("<p>Nothing to complain about.</p>\n");
    }
    set_aside(out, report);
}

fn filters(out: &mut String, counts: [usize; 3]) {
    out.push_str("<div class=\"filters\">\n");
    for (severity, count) in [Severity::Error, Severity::Warning, Severity::Info].into_iter().zip(counts) {
        let _ = writeln!(
            out,
            "<label><input type=\"checkbox\" id=\"show-{severity}\" checked> {severity} ({count})</label>"
        );
    }
    out.push_str(
        "<input type=\"search\" id=\"search\" placeholder=\"rule, package, path, words\" aria-label=\"search\" hidden>\n</div>\n",
    );
}

fn one(out: &mut String, finding: &Finding) {
    let open = if finding.severity == Severity::Error { " open" } else { "" };
    let _ = writeln!(
        out,
        "<details class=\"finding {severity}\"{open}><summary><b>{severity}</b><a href=\"{PAGES}/{id}.md\">{id}</a> {message}</summary>\n\
         <div class=\"path\">{place}</div>\n<dl>",
        severity = finding.severity,
        id = finding.page.id,
        message = escaped(&finding.message),
        place = escaped(&concise::place(&finding.place)),
    );
    if let (Some(span), Some(_)) = (finding.place.source_span(), finding.place.label()) {
        row(out, "declared at", &format!("{}:{}:{}", span.file, span.line, span.column));
    }
    let texts = [
        ("function", finding.function.as_ref()),
        ("Lambda would say", finding.lambda_error.as_ref()),
        ("why", finding.reason.as_ref()),
        ("fix", finding.fix.as_ref()),
    ];
    for (label, text) in texts.into_iter().filter_map(|(label, text)| Some((label, text?))) {
        row(out, label, text);
    }
    if !finding.targets.is_empty() {
        row(out, "for", &finding.targets.iter().map(SafeText::as_str).collect::<Vec<_>>().join(", "));
    }
    for related in &finding.related {
        row(out, &related.note, &concise::place(&related.place));
    }
    out.push_str("</dl>\n</details>\n");
}

fn row(out: &mut String, label: &str, text: &str) {
    let _ = writeln!(out, "<dt>{}</dt><dd>{}</dd>", escaped(label), escaped(text));
}

fn set_aside(out: &mut String, report: &Report) {
    let lines: Vec<String> = report
        .not_analysed
        .iter()
        .map(|one| format!("not analysed: {}: {}", one.what, one.why))
        .chain(report.ignored.iter().map(|one| {
            let at = concise::place(&one.finding.place);
            format!("ignored: {} at {at}: {}", one.finding.page.id, one.reason)
        }))
        .chain(report.notices.iter().map(|one| one.message.to_string()))
        .collect();
    if lines.is_empty() {
        return;
    }
    out.push_str("<h2>Beside the findings</h2>\n<ul>\n");
    for line in lines {
        let _ = writeln!(out, "<li>{}</li>", escaped(&line));
    }
    out.push_str("</ul>\n");
}
