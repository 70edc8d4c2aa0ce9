//! SARIF 2.1.0 for code scanning, by serde-sarif.
//!
//! A finding stands at the line that declares its package where there is one, else at the virtual path `dist/layer.zip/python/x.so`,
//! which exists nowhere on disk, so that an uploader neither hashes the zip nor warns. Never a result without a location, never an
//! absolute path.

mod fold;
mod uri;

use std::{borrow::Cow, collections::BTreeMap};

use serde_json::{Value, json};
use serde_sarif::sarif::{
    Artifact, ArtifactLocation, Invocation, Location, LogicalLocation, Message, MultiformatMessageString,
    Notification, PhysicalLocation, PropertyBag, Region, ReportingConfiguration, ReportingDescriptor,
    Result as SarifResult, ResultLevel, Run, RunAutomationDetails, Sarif, Tool, ToolComponent,
};

use crate::{
    model::{
        finding::{Finding, Related},
        page::Page,
        place::{Place, SourceSpan},
        severity::{Certainty, Severity},
    },
    output::PAGES,
    triage::{fingerprint::fingerprint, report::Report, state::State},
};

/// Results that a viewer shows; more are left out, worst first, and a notification says so.
const MOST_RESULTS: usize = 5_000;

/// Locations that a viewer shows of one result.
const MOST_RELATED: usize = 100;

/// Characters that a viewer takes of a description.
const LONGEST_DESCRIPTION: usize = 1_000;

/// The report as SARIF.
pub fn render(report: &Report) -> String {
    let sarif = Sarif::builder()
        .version(json!("2.1.0"))
        .schema(serde_sarif::sarif::SCHEMA_URL)
        .runs([run(report)])
        .build();
    serde_json::to_string_pretty(&sarif).unwrap_or_default() + "\n"
}

fn run(report: &Report) -> Run {
    let mut shown: Vec<Cow<'_, Finding>> = fold::folded(&report.findings);
    let left_out = shown.len().saturating_sub(MOST_RESULTS);
    shown.truncate(MOST_RESULTS);
    let mut artifacts = Artifacts::default();
    for finding in &shown {
        artifacts.add(&finding.place);
    }
    let mut results: Vec<SarifResult> = shown.iter().map(|finding| result(finding, &report.pages)).collect();
    if report.compared.is_some() {
        // what the baseline knows is no result, so all that is left is new
        for result in &mut results {
            result.baseline_state = Some(json!("new"));
        }
    }
    let mut run = Run::builder()
        .tool(tool(report))
        .results(results)
        .artifacts(artifacts.list)
        .automation_details(RunAutomationDetails::builder().id("layerlint/").build())
        .column_kind(json!("unicodeCodePoints"))
        .invocations([invocation(report, left_out)])
        .build();
    run.properties = report.state.as_deref().map(handed_on);
    run
}

/// The property of a run that did only a part of the work, for `layerlint merge`.
pub const SHARD: &str = "layerlintShard";

fn handed_on(state: &State) -> PropertyBag {
    // our own strings and numbers: this cannot fail
    let value = serde_json::to_value(state).unwrap_or_default();
    PropertyBag::builder().additional_properties(BTreeMap::from([(SHARD.to_owned(), value)])).build()
}

fn tool(report: &Report) -> Tool {
    let driver = ToolComponent::builder()
        .name("layerlint")
        .semantic_version(env!("CARGO_PKG_VERSION"))
        .version(env!("CARGO_PKG_VERSION"))
        .information_uri("https://github.com/layerlint/layerlint")
        .rules(report.pages.iter().map(|page| rule(page)).collect::<Vec<_>>())
        .build();
    Tool::builder().driver(driver).build()
}

fn rule(page: &Page) -> ReportingDescriptor {
    let why = page.section("What it finds").unwrap_or(page.summary);
    let full: String = why.chars().take(LONGEST_DESCRIPTION).collect();
    let markdown = page.markdown.trim();
    let help = MultiformatMessageString::builder().text(markdown).markdown(markdown).build();
    let level = ReportingConfiguration::builder().level(json!(level_name(page.severity))).build();
    ReportingDescriptor::builder()
        .id(page.id)
        .name(pascal(page))
        .short_description(MultiformatMessageString::builder().text(page.summary).build())
        .full_description(MultiformatMessageString::builder().text(full).build())
        .help(help)
        .help_uri(format!("{PAGES}/{}.md", page.id))
        .default_configuration(level)
        .properties(rule_properties(page))
        .build()
}

fn rule_properties(page: &Page) -> PropertyBag {
    let mut tags = vec!["aws-lambda".to_owned(), page.category.to_owned()];
    let mut more: BTreeMap<String, Value> = BTreeMap::new();
    let precision = match page.certainty {
        Certainty::Certain => "very-high",
        Certainty::Likely => "high",
        Certainty::Advice => "medium",
    };
    more.insert("precision".to_owned(), json!(precision));
    more.insert("problem.severity".to_owned(), json!(problem_severity(page.severity)));
    if let Some(number) = page.security_severity {
        tags.push("security".to_owned());
        more.insert("security-severity".to_owned(), json!(number));
    }
    PropertyBag::builder().tags(tags).additional_properties(more).build()
}

/// `NativeWrongArchitecture`: readable, and different from the id as the specification asks.
fn pascal(page: &Page) -> String {
    let capital = |word: &str| {
        let mut letters = word.chars();
        letters
            .next()
            .map(|first| first.to_ascii_uppercase().to_string() + letters.as_str())
            .unwrap_or_default()
    };
    page.id.split(['/', '-']).map(capital).collect()
}

fn result(finding: &Finding, pages: &[&'static Page]) -> SarifResult {
    let rule_index =
        pages.iter().position(|page| page.id == finding.page.id).and_then(|at| i64::try_from(at).ok());
    let related: Vec<Location> = finding
        .related
        .iter()
        .take(MOST_RELATED)
        .zip(1i64..)
        .map(|(related, id)| related_location(related, id))
        .collect();
    let mut result = SarifResult::builder()
        .rule_id(finding.page.id)
        .level(level(finding.severity))
        .message(message(&text(finding)))
        .locations([location(&finding.place)])
        .partial_fingerprints(fingerprints(finding))
        .properties(properties(finding))
        .build();
    result.rule_index = rule_index;
    result.occurrence_count = (finding.count > 1).then(|| i64::from(finding.count));
    result.related_locations = (!related.is_empty()).then_some(related);
    result
}

/// A message of SARIF has a syntax: `[text](target)` is a link and `{0}` a placeholder. What comes from names is neither: brackets
/// are escaped where a link could be read, braces doubled around a number (3.11.5 and 3.11.6 of the specification).
fn message(text: &str) -> Message {
    let unlinked = if text.contains("](") {
        text.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]")
    } else {
        text.to_owned()
    };
    Message::builder().text(without_placeholders(&unlinked)).build()
}

fn without_placeholders(text: &str) -> String {
    let is_number = |inner: &str| !inner.is_empty() && inner.bytes().all(|byte| byte.is_ascii_digit());
    let has_one =
        text.split('{').skip(1).any(|part| part.split_once('}').is_some_and(|(inner, _)| is_number(inner)));
    if has_one { text.replace('{', "{{").replace('}', "}}") } else { text.to_owned() }
}

fn text(finding: &Finding) -> String {
    let mut out = finding.message.to_string();
    let parts =
        [("Lambda would say: ", &finding.lambda_error), ("Why: ", &finding.reason), ("Fix: ", &finding.fix)];
    for (label, part) in parts {
        if let Some(part) = part {
            out.push_str(&format!("\n{label}{part}"));
        }
    }
    out
}

fn properties(finding: &Finding) -> PropertyBag {
    let mut more: BTreeMap<String, Value> = BTreeMap::new();
    more.insert("certainty".to_owned(), json!(finding.certainty.as_str()));
    if let Some(label) = finding.place.label() {
        more.insert("package".to_owned(), json!(label.name.as_str()));
    }
    if let Some(function) = &finding.function {
        more.insert("function".to_owned(), json!(function.as_str()));
    }
    if !finding.targets.is_empty() {
        more.insert("targets".to_owned(), json!(finding.targets));
    }
    PropertyBag::builder().additional_properties(more).build()
}

/// An uploader computes `primaryLocationLineHash` itself where the line exists; where the path is virtual nobody else can.
fn fingerprints(finding: &Finding) -> BTreeMap<String, String> {
    let own = fingerprint(finding);
    let mut prints = BTreeMap::new();
    if finding.place.source_span().is_none() {
        prints.insert("primaryLocationLineHash".to_owned(), format!("{own}:1"));
    }
    prints.insert("layerlintFinding/v1".to_owned(), own);
    prints
}

fn location(place: &Place) -> Location {
    let mut location = Location::builder().physical_location(physical(place)).build();
    location.logical_locations = place.label().map(|label| {
        let path = place.entry_path().map(|entry| format!("!{entry}")).unwrap_or_default();
        let kind = if place.entry_path().is_some() { "resource" } else { "module" };
        let name = place
            .entry_path()
            .map_or_else(|| label.path.file_name().to_owned(), |entry| entry.shown().to_string());
        let qualified = format!("{}{path}", label.path);
        vec![LogicalLocation::builder().name(name).fully_qualified_name(qualified).kind(kind).build()]
    });
    location
}

fn physical(place: &Place) -> PhysicalLocation {
    let (uri, region) = match place.source_span() {
        Some(span) => (uri::of(&Place::source(span.clone())), source_region(span)),
        None => (uri::of(place), first_character()),
    };
    PhysicalLocation::builder()
        .artifact_location(ArtifactLocation::builder().uri(uri).build())
        .region(region)
        .build()
}

fn source_region(span: &SourceSpan) -> Region {
    let (line, column) = (i64::from(span.line), i64::from(span.column));
    Region::builder().start_line(line).start_column(column).end_line(line).end_column(column).build()
}

fn first_character() -> Region {
    Region::builder().start_line(1i64).start_column(1i64).end_line(1i64).end_column(1i64).build()
}

fn related_location(related: &Related, id: i64) -> Location {
    let mut location = location(&related.place);
    // the other side of a collision is the entry itself, not the line that declares its package
    if related.place.label().is_some() {
        let place = ArtifactLocation::builder().uri(uri::of(&related.place)).build();
        location.physical_location =
            Some(PhysicalLocation::builder().artifact_location(place).region(first_character()).build());
    }
    location.id = Some(id);
    location.message = Some(message(&related.note));
    location
}

fn level(severity: Severity) -> ResultLevel {
    match severity {
        Severity::Error => ResultLevel::Error,
        Severity::Warning => ResultLevel::Warning,
        Severity::Info => ResultLevel::Note,
    }
}

fn level_name(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "note",
    }
}

fn problem_severity(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Info => "recommendation",
    }
}

/// Packages and the entries in them that findings name; an entry points at its package.
#[derive(Default)]
struct Artifacts {
    list: Vec<Artifact>,
    known: BTreeMap<String, usize>,
}

impl Artifacts {
    fn add(&mut self, place: &Place) {
        let Some(label) = place.label() else { return };
        let parent = self.index(uri::of(&Place::package(label)), None);
        if let Some(entry) = place.entry_path() {
            let uri = uri::inside(&entry.shown());
            if !uri.is_empty() {
                self.index(format!("{parent}:{uri}"), Some((parent, uri)));
            }
        }
    }

    fn index(&mut self, key: String, inside: Option<(usize, String)>) -> usize {
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        let (parent, uri) = inside.map_or((None, key.clone()), |(parent, uri)| (Some(parent), uri));
        let mut artifact = Artifact::builder().location(ArtifactLocation::builder().uri(uri).build()).build();
        artifact.parent_index = parent.and_then(|parent| i64::try_from(parent).ok());
        artifact.roles = parent.is_none().then(|| vec![json!("analysisTarget")]);
        self.list.push(artifact);
        let at = self.list.len() - 1;
        self.known.insert(key, at);
        at
    }
}

fn invocation(report: &Report, left_out: usize) -> Invocation {
    let mut notes: Vec<Notification> = report
        .not_analysed
        .iter()
        .map(|one| notification(&format!("not analysed: {}: {}", one.what, one.why), "note"))
        .collect();
    notes.extend(report.unresolved.iter().map(|one| {
        notification(&format!("could not be resolved: {}: {}", one.expression, one.reason), "note")
    }));
    notes.extend(report.notices.iter().map(|notice| notification(&notice.message, "note")));
    if left_out > 0 {
        notes.push(notification(
            &format!("{left_out} results are left out of this file, none worse than those in it"),
            "warning",
        ));
    }
    Invocation::builder().execution_successful(true).tool_execution_notifications(notes).build()
}

fn notification(text: &str, level: &str) -> Notification {
    Notification::builder().message(message(text)).level(json!(level)).build()
}
