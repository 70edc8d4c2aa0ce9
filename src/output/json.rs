//! The JSON report, version 1. Others build on these names: fields are added, never renamed.

use schemars::{JsonSchema, generate::SchemaSettings};
use serde::Serialize;

use crate::{
    model::{
        finding::{Finding, Related, Unresolved},
        place::SourceSpan,
        severity::{Certainty, Severity},
    },
    triage::{
        baseline::{Compared, Vanished},
        fingerprint::fingerprint,
        report::Report,
        state::State,
    },
};

/// The report of one run of layerlint.
#[derive(Serialize, JsonSchema)]
#[schemars(title = "layerlint report", deny_unknown_fields)]
struct Document {
    /// The version of this format: 1.
    version: u32,
    /// What made the report.
    tool: Tool,
    /// The packages that were looked at.
    packages: Vec<Package>,
    /// The functions with their layers.
    functions: Vec<Function>,
    /// The permission policies.
    policies: Vec<Policy>,
    /// What is wrong, worst first.
    findings: Vec<Entry>,
    /// Findings that the configuration ignores.
    ignored: Vec<IgnoredEntry>,
    /// What the baseline knows already, when one is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    baseline: Option<BaselineEntry>,
    /// What could not be looked at.
    not_analysed: Vec<NotAnalysedEntry>,
    /// Values of templates that only a deployment knows: no finding is based on them.
    unresolved: Vec<UnresolvedEntry>,
    /// Ignores of the configuration that have expired or match nothing.
    notices: Vec<NoticeEntry>,
    /// How many findings there are.
    summary: Counts,
    /// For `layerlint merge`, in the report of one of several runs that share the work. Its content is not part of this format.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<serde_json::Map<String, serde_json::Value>>")]
    shard: Option<State>,
}

#[derive(Serialize, JsonSchema)]
struct Tool {
    /// `layerlint`
    name: String,
    /// Its version.
    version: String,
    /// The day on which the table of runtimes was true.
    data_as_of: String,
}

#[derive(Serialize, JsonSchema)]
struct Package {
    /// The alias of the configuration, or the path.
    name: String,
    /// The zip or folder.
    path: String,
    /// `layer` or `function`.
    kind: String,
    /// Bytes of the zip; absent for a folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    zipped: Option<u64>,
    /// Bytes after unzipping.
    unzipped: u64,
    /// Number of entries.
    entries: usize,
}

#[derive(Serialize, JsonSchema)]
struct Function {
    /// Its name.
    name: String,
    /// Its runtime identifier.
    #[serde(skip_serializing_if = "Option::is_none")]
    runtime: Option<String>,
    /// `x86_64` or `arm64`.
    #[serde(skip_serializing_if = "Option::is_none")]
    architecture: Option<String>,
    /// Its layers in attach order: the later wins.
    layers: Vec<String>,
    /// Bytes of code and known layers after unzipping.
    unzipped: u64,
    /// Bytes left of the 262,144,000 that Lambda allows.
    remaining: u64,
}

#[derive(Serialize, JsonSchema)]
struct Policy {
    /// The file.
    source: String,
    /// `layer`, `function` or `identity`.
    kind: String,
    /// The widest class of caller that it admits: `public`, `organization`, `cross-account`, `same-account`, `nobody`, ...
    verdict: String,
    /// The statement that decides, from 0.
    #[serde(skip_serializing_if = "Option::is_none")]
    statement: Option<usize>,
    /// Why.
    reason: String,
}

#[derive(Serialize, JsonSchema)]
struct Entry {
    /// The rule: `category/name`.
    rule: String,
    /// How bad.
    severity: Severity,
    /// How sure.
    certainty: Certainty,
    /// What is wrong.
    message: String,
    /// The package's alias.
    #[serde(skip_serializing_if = "Option::is_none")]
    package: Option<String>,
    /// The function in which it shows, when it is not true of the package alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    function: Option<String>,
    /// The package's zip or folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    archive: Option<String>,
    /// The path inside the package.
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    /// How many faults of one root cause stand in this finding.
    count: u32,
    /// The line of a source file that declares the package or holds the fault.
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<Location>,
    /// What Lambda would say.
    #[serde(skip_serializing_if = "Option::is_none")]
    lambda_error: Option<String>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
    /// The command or edit that mends it.
    #[serde(skip_serializing_if = "Option::is_none")]
    fix: Option<String>,
    /// The runtimes and architectures for which it holds.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    targets: Vec<String>,
    /// Other places that belong to it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related: Vec<RelatedEntry>,
    /// The same in every run and for every rebuild of the package.
    fingerprint: String,
}

#[derive(Serialize, JsonSchema)]
struct IgnoredEntry {
    /// The finding.
    #[serde(flatten)]
    finding: Entry,
    /// The reason that the configuration gives.
    ignore_reason: String,
}

#[derive(Serialize, JsonSchema)]
struct Location {
    /// The file.
    file: String,
    /// From 1.
    line: u32,
    /// From 1, in characters.
    column: u32,
}

#[derive(Serialize, JsonSchema)]
struct RelatedEntry {
    /// The zip or folder.
    #[serde(skip_serializing_if = "Option::is_none")]
    archive: Option<String>,
    /// The path inside it.
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
    /// The line of a source file, where the place is no package.
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<Location>,
    /// What it is to the finding.
    note: String,
}

#[derive(Serialize, JsonSchema)]
struct BaselineEntry {
    /// Findings that are there now as before.
    known: Vec<Entry>,
    /// Findings that are not there any more.
    vanished: Vec<VanishedEntry>,
}

#[derive(Serialize, JsonSchema)]
struct VanishedEntry {
    /// The rule.
    rule: String,
    /// Where it was.
    at: String,
}

#[derive(Serialize, JsonSchema)]
struct NotAnalysedEntry {
    /// What.
    what: String,
    /// Why not.
    why: String,
}

#[derive(Serialize, JsonSchema)]
struct UnresolvedEntry {
    /// As written.
    expression: String,
    /// Why it cannot be told here.
    reason: String,
    /// Where it is written.
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<Location>,
}

#[derive(Serialize, JsonSchema)]
struct NoticeEntry {
    /// What is to be said.
    message: String,
    /// Where it is written.
    #[serde(skip_serializing_if = "Option::is_none")]
    location: Option<Location>,
}

#[derive(Serialize, JsonSchema)]
struct Counts {
    /// Findings that are errors.
    errors: usize,
    /// Findings that are warnings.
    warnings: usize,
    /// Findings that are infos.
    infos: usize,
}

/// The report as JSON.
pub fn render(report: &Report) -> String {
    pretty(&document(report))
}

/// The findings of the report, one a line, for tools that read as they go.
pub fn lines(report: &Report) -> String {
    let line = |finding| serde_json::to_string(&entry(finding)).unwrap_or_else(|_| "{}".to_owned()) + "\n";
    report.findings.iter().map(line).collect()
}

/// The JSON schema of the report.
pub fn schema() -> String {
    // what is written, not what could be read: fields that are left out when empty are not required
    pretty(
        &SchemaSettings::draft2020_12().for_serialize().into_generator().into_root_schema_for::<Document>(),
    )
}

/// Serialising our own types of strings and numbers cannot fail; an empty object is what a reader could still parse.
fn pretty(value: &impl Serialize) -> String {
    let mut text = serde_json::to_string_pretty(value).unwrap_or_else(|_| "{}".to_owned());
    text.push('\n');
    text
}

fn unresolved(one: &Unresolved) -> UnresolvedEntry {
    UnresolvedEntry {
        expression: one.expression.to_string(),
        reason: one.reason.to_string(),
        location: one.at.as_ref().map(location),
    }
}

fn document(report: &Report) -> Document {
    let summary = report.summary();
    Document {
        version: 1,
        tool: Tool {
            name: env!("CARGO_PKG_NAME").to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
            data_as_of: report.data_as_of.to_string(),
        },
        packages: packages(report),
        functions: functions(report),
        policies: policies(report),
        findings: report.findings.iter().map(entry).collect(),
        ignored: report
            .ignored
            .iter()
            .map(|one| IgnoredEntry { finding: entry(&one.finding), ignore_reason: one.reason.to_string() })
            .collect(),
        baseline: report.compared.as_ref().map(baseline),
        not_analysed: report
            .not_analysed
            .iter()
            .map(|one| NotAnalysedEntry { what: one.what.to_string(), why: one.why.to_string() })
            .collect(),
        unresolved: report.unresolved.iter().map(unresolved).collect(),
        notices: report
            .notices
            .iter()
            .map(|one| NoticeEntry {
                message: one.message.to_string(),
                location: one.at.as_ref().map(location),
            })
            .collect(),
        summary: Counts { errors: summary.errors, warnings: summary.warnings, infos: summary.infos },
        shard: report.state.as_deref().cloned(),
    }
}

fn baseline(compared: &Compared) -> BaselineEntry {
    let gone = |one: &Vanished| VanishedEntry { rule: one.rule.to_string(), at: one.at.to_string() };
    BaselineEntry {
        known: compared.known.iter().map(entry).collect(),
        vanished: compared.vanished.iter().map(gone).collect(),
    }
}

fn packages(report: &Report) -> Vec<Package> {
    let row = |one: &crate::triage::report::PackageRow| Package {
        name: one.name.to_string(),
        path: one.path.to_string(),
        kind: one.kind.to_string(),
        zipped: one.zipped.map(|bytes| bytes.0),
        unzipped: one.unzipped.0,
        entries: one.entries,
    };
    report.packages.iter().map(row).collect()
}

fn functions(report: &Report) -> Vec<Function> {
    let row = |one: &crate::triage::report::FunctionRow| Function {
        name: one.name.to_string(),
        runtime: one.runtime.as_ref().map(ToString::to_string),
        architecture: one.architecture.map(|one| one.as_str().to_owned()),
        layers: one.layers.iter().map(ToString::to_string).collect(),
        unzipped: one.unzipped.0,
        remaining: one.remaining.0,
    };
    report.functions.iter().map(row).collect()
}

fn policies(report: &Report) -> Vec<Policy> {
    let row = |one: &crate::triage::report::PolicyRow| Policy {
        source: one.source.to_string(),
        kind: one.kind.to_string(),
        verdict: one.verdict.to_string(),
        statement: one.statement,
        reason: one.reason.to_string(),
    };
    report.policies.iter().map(row).collect()
}

fn entry(finding: &Finding) -> Entry {
    let text = |one: &Option<crate::model::text::SafeText>| one.as_ref().map(ToString::to_string);
    let label = finding.place.label();
    Entry {
        rule: finding.page.id.to_owned(),
        severity: finding.severity,
        certainty: finding.certainty,
        message: finding.message.to_string(),
        package: label.map(|label| label.name.to_string()),
        function: text(&finding.function),
        archive: label.map(|label| label.path.to_string()),
        path: finding.place.entry_path().map(ToString::to_string),
        count: finding.count,
        location: finding.place.source_span().map(location),
        lambda_error: text(&finding.lambda_error),
        reason: text(&finding.reason),
        fix: text(&finding.fix),
        targets: finding.targets.iter().map(ToString::to_string).collect(),
        related: finding.related.iter().map(related).collect(),
        fingerprint: fingerprint(finding),
    }
}

fn location(span: &SourceSpan) -> Location {
    Location { file: span.file.to_string(), line: span.line, column: span.column }
}

fn related(one: &Related) -> RelatedEntry {
    RelatedEntry {
        archive: one.place.label().map(|label| label.path.to_string()),
        path: one.place.entry_path().map(ToString::to_string),
        location: one.place.source_span().filter(|_| one.place.label().is_none()).map(location),
        note: one.note.to_string(),
    }
}
