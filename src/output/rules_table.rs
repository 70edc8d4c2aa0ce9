//! `layerlint rules`: every rule in one list.

use std::fmt::Write as _;

use serde::Serialize;

use crate::model::page::{Page, Profile};

/// A table for a terminal.
pub fn human(pages: &[&'static Page]) -> String {
    let width = pages.iter().map(|page| page.id.len()).max().unwrap_or_default();
    let mut out = String::new();
    for page in pages {
        let pedantic = if page.profile == Profile::Pedantic { " (pedantic)" } else { "" };
        let _ = writeln!(
            out,
            "{:<width$}  {:<7}  {:<7}  {}{pedantic}",
            page.id, page.severity, page.certainty, page.summary
        );
    }
    out
}

/// A Markdown table.
pub fn markdown(pages: &[&'static Page]) -> String {
    let mut out =
        String::from("| rule | severity | certainty | what it finds |\n| --- | --- | --- | --- |\n");
    for page in pages {
        let pedantic = if page.profile == Profile::Pedantic { " *(pedantic)*" } else { "" };
        let _ = writeln!(
            out,
            "| [{}](rules/{}.md) | {} | {} | {}{pedantic} |",
            page.id,
            page.id,
            page.severity,
            page.certainty,
            page.summary.replace('|', "\\|")
        );
    }
    out
}

#[derive(Serialize)]
struct Row {
    rule: &'static str,
    summary: &'static str,
    severity: &'static str,
    certainty: &'static str,
    pedantic: bool,
    since: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    security_severity: Option<&'static str>,
    renamed_from: &'static [&'static str],
}

/// A JSON list.
pub fn json(pages: &[&'static Page]) -> String {
    let rows: Vec<Row> = pages
        .iter()
        .map(|page| Row {
            rule: page.id,
            summary: page.summary,
            severity: page.severity.as_str(),
            certainty: page.certainty.as_str(),
            pedantic: page.profile == Profile::Pedantic,
            since: page.since,
            security_severity: page.security_severity,
            renamed_from: page.renamed_from,
        })
        .collect();
    serde_json::to_string_pretty(&rows).unwrap_or_default() + "\n"
}
