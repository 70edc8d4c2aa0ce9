//! Made-up pages, findings and reports for the tests of triage and output.

use std::sync::Arc;

use jiff::civil::{Date, date};

use crate::model::{
    entry_path::EntryPath,
    finding::Finding,
    page::{Page, Profile},
    place::{PackageLabel, Place, ReportPath, SourceSpan},
    settings::{IgnoreSetting, RuleSettings, Written},
    severity::{Certainty, Severity},
    text::SafeText,
};

use super::{
    report::{Raw, Report, Thresholds, triage},
    selection::Selection,
};

/// The day of all tests.
pub(crate) const TODAY: Date = date(2026, 11, 21);

/// Names that try to steer a terminal, a log, a path or a viewer.
pub(crate) const HOSTILE: [&str; 8] = [
    "a\n::add-mask::b",
    "x##[stop-commands]y",
    "##vso[task.setvariable]z",
    "\u{1b}[31mred\u{1b}]8;;https://evil.example\u{7}",
    "gnp.\u{202e}exe",
    "../../src/app.py",
    "[click](https://evil.example) {0} 100%",
    "a b!c?d#e\\f\"<g>|`",
];

const fn page(id: &'static str, category: &'static str, name: &'static str, severity: Severity) -> Page {
    Page {
        id,
        category,
        name,
        summary: "a made-up fault",
        severity,
        certainty: Certainty::Certain,
        since: "0.1.0",
        needs: &[],
        security_severity: None,
        profile: Profile::Default,
        renamed_from: &[],
        markdown: "\n# page\n\n## What it finds\n\nA made-up fault.\n",
    }
}

/// An error.
pub(crate) static BROKEN: Page = page("native/broken", "native", "broken", Severity::Error);

/// A warning that had another name, and that touches security.
pub(crate) static RISKY: Page = Page {
    renamed_from: &["archive/risky"],
    security_severity: Some("7.5"),
    ..page("policy/risky", "policy", "risky", Severity::Warning)
};

/// An info.
pub(crate) static DOCS: Page = page("size/docs", "size", "docs", Severity::Info);

/// An info that runs only when asked for.
pub(crate) static STRICT: Page =
    Page { profile: Profile::Pedantic, ..page("size/strict", "size", "strict", Severity::Info) };

/// All of them, sorted by id.
pub(crate) static ALL: [&Page; 4] = [&BROKEN, &RISKY, &DOCS, &STRICT];

/// A package `dist/<name>.zip`.
pub(crate) fn label(name: &str) -> Arc<PackageLabel> {
    Arc::new(PackageLabel { name: SafeText::new(name), path: ReportPath::new(&format!("dist/{name}.zip")) })
}

/// An entry of a package.
pub(crate) fn entry(package: &str, path: &str) -> Place {
    Place::entry(&label(package), EntryPath::new(path))
}

/// A region of a text.
pub(crate) fn span(file: &str, text: &str, range: std::ops::Range<usize>) -> SourceSpan {
    SourceSpan::locate(&ReportPath::new(file), text, range)
}

/// A finding with nothing beside its message; the subject is the entry.
pub(crate) fn finding(page: &'static Page, place: Place) -> Finding {
    let subject = place.entry_path().map(EntryPath::shown).unwrap_or_default();
    Finding {
        page,
        severity: page.severity,
        certainty: page.certainty,
        place,
        function: None,
        subject,
        message: SafeText::new("is broken"),
        lambda_error: None,
        reason: None,
        fix: None,
        related: Vec::new(),
        count: 1,
        targets: Vec::new(),
    }
}

/// A word of the command line.
pub(crate) fn written(text: &str) -> Written {
    Written { text: text.to_owned(), at: None }
}

/// Words of the command line.
pub(crate) fn words(texts: &[&str]) -> Vec<Written> {
    texts.iter().map(|text| written(text)).collect()
}

/// An ignore with a reason.
pub(crate) fn ignore(rule: &str, path: Option<&str>, until: Option<Date>) -> IgnoreSetting {
    let path = path.map(str::to_owned);
    IgnoreSetting { rule: written(rule), path, region: None, reason: "OPS-114".to_owned(), until }
}

/// A report over findings with nothing left out, after all rules ran.
pub(crate) fn report(findings: Vec<Finding>, ignores: &[IgnoreSetting]) -> Report {
    let raw = Raw { findings, pages: ALL.to_vec(), data_as_of: TODAY, ..Raw::default() };
    judged(raw, ignores)
}

/// A report over what is given, with nothing left out.
pub(crate) fn judged(raw: Raw, ignores: &[IgnoreSetting]) -> Report {
    let selection = Selection::resolve(&RuleSettings::default(), &ALL, true).unwrap();
    let thresholds = Thresholds { severity: Severity::Info, certainty: Certainty::Advice };
    triage(raw, &selection, ignores, &ALL, thresholds, TODAY).unwrap()
}
