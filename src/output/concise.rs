//! One line a finding, for grep and editors.

use crate::{
    model::{finding::Finding, place::Place},
    triage::report::Report,
};

/// All findings, a line each.
pub fn render(report: &Report) -> String {
    let mut out = String::new();
    for finding in &report.findings {
        out.push_str(&line(finding));
        out.push('\n');
    }
    out
}

/// `dist/deps.zip!python/x.so: error[native/...] ... (function orders)`.
pub(super) fn line(finding: &Finding) -> String {
    let function = finding.function.as_ref().map(|name| format!(" (function {name})")).unwrap_or_default();
    format!(
        "{}: {}[{}] {}{function}",
        place(&finding.place),
        finding.severity,
        finding.page.id,
        finding.message
    )
}

/// `dist/deps.zip!python/x.so`, `template.yaml:14:9`.
pub(super) fn place(place: &Place) -> String {
    match (place.label(), place.entry_path(), place.source_span()) {
        (Some(label), Some(entry), _) => format!("{}!{entry}", label.path),
        (Some(label), None, _) => label.path.to_string(),
        (None, _, Some(span)) => format!("{}:{}:{}", span.file, span.line, span.column),
        (None, _, None) => ".".to_owned(),
    }
}
