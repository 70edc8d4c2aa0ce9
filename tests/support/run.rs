//! Runs over laid-out projects with the world removed: a fixed day, no configuration but the case's own, masked folders.

use std::path::Path;

use layerlint::{
    archive::limits::Limits,
    check::{Options, PACKAGES_AT_ONCE, check},
    input::{
        manifest::ManifestFile,
        project::Project,
        resolve,
        templates::{self, Answers},
    },
    model::severity::{Certainty, Severity},
    output::{self, Format, Style},
    triage::report::{FailOn, Report},
};

use super::recipe::TEMPLATES;

/// The day on which all cases run.
pub const TODAY: jiff::civil::Date = jiff::civil::date(2026, 11, 20);

/// Pedantic, everything shown.
pub fn options() -> Options {
    Options {
        limits: Limits::default(),
        today: TODAY,
        pedantic: true,
        min_severity: Severity::Info,
        min_certainty: Certainty::Advice,
        no_ignores: false,
        verify: false,
        breakdown: false,
        shard: None,
        packages_at_once: PACKAGES_AT_ONCE,
        cache: None,
        fail_on: FailOn::Error,
        strict_unresolved: false,
    }
}

/// The project of a folder that a recipe was laid out in.
pub fn project(folder: &Path) -> Project {
    let file =
        ManifestFile::read(&folder.join("layerlint.toml")).unwrap_or_else(|error| panic!("{error}")).unwrap();
    let mut project = resolve::resolve(&file).unwrap_or_else(|error| panic!("{error}"));
    let told = std::fs::read_to_string(folder.join(TEMPLATES)).unwrap_or_default();
    let mut lines = told.lines();
    let region = lines.next().filter(|region| !region.is_empty()).map(str::to_owned);
    let answers = Answers { region, ..Answers::default() };
    for name in lines.filter(|name| !name.is_empty()) {
        templates::add(&folder.join(name), &answers, &mut project).unwrap_or_else(|error| panic!("{error}"));
    }
    project
}

/// The report over it.
pub fn report(folder: &Path) -> Report {
    check(&project(folder), &options()).unwrap_or_else(|error| panic!("{error}"))
}

/// One line a finding: what the `findings` block of a case holds.
pub fn lines(report: &Report, folder: &Path) -> String {
    let mut out = String::new();
    for finding in &report.findings {
        let place = &finding.place;
        let at = match (place.label(), place.entry_path(), place.source_span()) {
            (Some(label), Some(entry), _) => format!("{}!{entry}", label.name),
            (Some(label), None, _) => label.name.to_string(),
            (None, _, Some(span)) => format!("{}:{}:{}", span.file.file_name(), span.line, span.column),
            (None, _, None) => "nowhere".to_owned(),
        };
        let function = finding.function.as_ref().map(|name| format!(" [{name}]")).unwrap_or_default();
        let count = if finding.count > 1 { format!(" x{}", finding.count) } else { String::new() };
        out.push_str(&format!(
            "{} {} {at}{function}{count}: {}\n",
            finding.severity, finding.page.id, finding.message
        ));
    }
    mask(&out, folder)
}

/// The human report without colour.
pub fn human(report: &Report, folder: &Path) -> String {
    let text = output::render(Format::Human, report, Style { color: false, width: 100, links: false });
    mask(&text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n"), folder).trim_end().to_owned() + "\n"
}

/// Replaces what differs from machine to machine.
pub fn mask(text: &str, folder: &Path) -> String {
    let tail: Vec<&str> = folder.to_str().unwrap().rsplit('/').take(1).collect();
    text.replace(&format!("{}/", folder.display()), "").replace(&format!("{}/", tail[0]), "")
}
