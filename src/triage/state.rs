//! What one of several runs hands on: everything that the rules said, before the user's wishes. From the states of all runs the
//! report is made as if there had been one run, so nothing has to be divisible: folding, ignores, the baseline and the order come after.

use std::{collections::BTreeMap, sync::Arc};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::model::{
    baseline::Baseline,
    entry_path::EntryPath,
    finding::{Finding, NotAnalysed, Related, Unresolved},
    page::Page,
    place::{PackageLabel, Place, SourceSpan},
    severity::{Certainty, Severity},
    shard::{Shard, Stamp},
    text::SafeText,
};

use super::{
    report::{FunctionRow, PackageRow, PolicyRow, Raw},
    wishes::Wishes,
};

/// The state of one run.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct State {
    version: String,
    stamp: Stamp,
    wishes: Wishes,
    baseline: Option<Baseline>,
    data_as_of: Date,
    rules: Vec<String>,
    took: Vec<SafeText>,
    packages: Vec<PackageRow>,
    functions: Vec<FunctionRow>,
    policies: Vec<PolicyRow>,
    labels: Vec<PackageLabel>,
    findings: Vec<SavedFinding>,
    not_analysed: Vec<NotAnalysed>,
    unresolved: Vec<Unresolved>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedFinding {
    rule: String,
    severity: Severity,
    certainty: Certainty,
    place: SavedPlace,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    function: Option<SafeText>,
    subject: SafeText,
    message: SafeText,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    lambda_error: Option<SafeText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<SafeText>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    fix: Option<SafeText>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    related: Vec<SavedRelated>,
    count: u32,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    targets: Vec<SafeText>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedRelated {
    place: SavedPlace,
    note: SafeText,
}

/// A place whose package is a position in the list of labels.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedPlace {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    package: Option<usize>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    entry: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    source: Option<SourceSpan>,
}

impl State {
    /// What a run hands on.
    pub fn of(raw: &Raw, wishes: &Wishes, stamp: Stamp) -> Self {
        let mut labels = Labels::default();
        Self {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            stamp,
            wishes: wishes.clone(),
            baseline: raw.baseline.clone(),
            data_as_of: raw.data_as_of,
            rules: raw.pages.iter().map(|page| page.id.to_owned()).collect(),
            took: raw.took.clone(),
            packages: raw.packages.clone(),
            functions: raw.functions.clone(),
            policies: raw.policies.clone(),
            findings: raw.findings.iter().map(|one| saved(one, &mut labels)).collect(),
            labels: labels.list,
            not_analysed: raw.not_analysed.clone(),
            unresolved: raw.unresolved.clone(),
        }
    }

    /// Which run it is.
    pub fn shard(&self) -> Shard {
        self.stamp.shard
    }

    /// What the user wants.
    pub fn wishes(&self) -> &Wishes {
        &self.wishes
    }
}

#[derive(Default)]
struct Labels {
    list: Vec<PackageLabel>,
    known: BTreeMap<PackageLabel, usize>,
}

impl Labels {
    fn position(&mut self, label: &PackageLabel) -> usize {
        if let Some(known) = self.known.get(label) {
            return *known;
        }
        let at = self.list.len();
        self.list.push(label.clone());
        self.known.insert(label.clone(), at);
        at
    }
}

fn saved(one: &Finding, labels: &mut Labels) -> SavedFinding {
    SavedFinding {
        rule: one.page.id.to_owned(),
        severity: one.severity,
        certainty: one.certainty,
        place: saved_place(&one.place, labels),
        function: one.function.clone(),
        subject: one.subject.clone(),
        message: one.message.clone(),
        lambda_error: one.lambda_error.clone(),
        reason: one.reason.clone(),
        fix: one.fix.clone(),
        related: one
            .related
            .iter()
            .map(|one| SavedRelated { place: saved_place(&one.place, labels), note: one.note.clone() })
            .collect(),
        count: one.count,
        targets: one.targets.clone(),
    }
}

fn saved_place(place: &Place, labels: &mut Labels) -> SavedPlace {
    SavedPlace {
        package: place.label().map(|label| labels.position(label)),
        entry: place.entry_path().map(|entry| entry.as_str().to_owned()),
        source: place.source_span().cloned(),
    }
}

/// Why states do not make one report.
#[derive(Debug, thiserror::Error)]
pub enum JoinError {
    /// There is nothing to join.
    #[error("no report to merge")]
    Nothing,
    /// The state of another version.
    #[error("{0} was made by layerlint {1}, this is {version}", version = env!("CARGO_PKG_VERSION"))]
    Version(String, String),
    /// Another number of runs, other packages, or other sizes of them.
    #[error("{0} and {1} are not parts of one run: they did not see the same packages")]
    Plan(String, String),
    /// Other settings, or another day.
    #[error("{0} and {1} are not parts of one run: {2} differs")]
    Wishes(String, String, &'static str),
    /// Twice the same part.
    #[error("{0} and {1} are both part {2}")]
    Twice(String, String, Shard),
    /// Parts that are not there.
    #[error("not all parts are here: {0} missing")]
    Missing(String),
    /// A state that no run writes.
    #[error("{0} is damaged: {1}")]
    Damaged(String, String),
}

/// Puts the states of all runs together. `names` are the files that they are from.
pub fn join(mut states: Vec<(String, State)>, pages: &[&'static Page]) -> Result<(Raw, Wishes), JoinError> {
    states.sort_by_key(|(_, state)| state.shard());
    belong_together(&states)?;
    let mut parts = Vec::new();
    let mut wishes = None;
    for (name, state) in states {
        let damaged = |what: String| JoinError::Damaged(name.clone(), what);
        let raw = Raw {
            findings: findings(&state, pages).map_err(damaged)?,
            not_analysed: state.not_analysed,
            unresolved: state.unresolved,
            packages: state.packages,
            functions: state.functions,
            policies: state.policies,
            pages: known(&state.rules, pages).map_err(damaged)?,
            data_as_of: state.data_as_of,
            took: state.took,
            baseline: state.baseline,
            ..Raw::default()
        };
        parts.push((state.stamp, raw));
        wishes = Some(state.wishes);
    }
    Ok((together(parts), wishes.ok_or(JoinError::Nothing)?))
}

/// What was found in all parts of one input, as if it had been looked at as a whole. Where the bytes go is not told.
pub fn together(parts: Vec<(Stamp, Raw)>) -> Raw {
    let mut joined = Raw::default();
    let (mut packages, mut functions, mut policies) = (Vec::new(), Vec::new(), Vec::new());
    for (stamp, raw) in parts {
        joined.findings.extend(raw.findings);
        joined.not_analysed.extend(raw.not_analysed);
        joined.unresolved.extend(raw.unresolved);
        joined.sources.extend(raw.sources);
        packages.extend(stamp.packages.into_iter().zip(raw.packages));
        functions.extend(stamp.functions.into_iter().zip(raw.functions));
        policies.extend(stamp.policies.into_iter().zip(raw.policies));
        joined.pages = raw.pages;
        joined.data_as_of = raw.data_as_of;
        joined.took = raw.took;
        joined.baseline = raw.baseline;
    }
    joined.packages = in_order(packages);
    joined.functions = in_order(functions);
    joined.policies = in_order(policies);
    joined
}

fn in_order<T>(mut rows: Vec<(usize, T)>) -> Vec<T> {
    rows.sort_by_key(|(position, _)| *position);
    rows.into_iter().map(|(_, row)| row).collect()
}

/// All parts of one run, each once.
fn belong_together(states: &[(String, State)]) -> Result<(), JoinError> {
    let Some(((first, one), rest)) = states.split_first() else { return Err(JoinError::Nothing) };
    for (name, state) in states {
        if state.version != env!("CARGO_PKG_VERSION") {
            return Err(JoinError::Version(name.clone(), state.version.clone()));
        }
    }
    for (name, state) in rest {
        if state.stamp.plan != one.stamp.plan || state.shard().of != one.shard().of {
            return Err(JoinError::Plan(first.clone(), name.clone()));
        }
        if let Some(what) = difference(one, state) {
            return Err(JoinError::Wishes(first.clone(), name.clone(), what));
        }
    }
    for ((first, one), (second, two)) in states.iter().zip(rest) {
        if one.shard() == two.shard() {
            return Err(JoinError::Twice(first.clone(), second.clone(), one.shard()));
        }
    }
    let of = one.shard().of;
    let here: Vec<usize> = states.iter().map(|(_, state)| state.shard().index).collect();
    let missing = (1..=of).filter(|index| here.binary_search(index).is_err());
    let missing: Vec<String> = missing.take(10).map(|index| format!("{index}/{of}")).collect();
    if missing.is_empty() { Ok(()) } else { Err(JoinError::Missing(missing.join(", "))) }
}

fn difference(one: &State, two: &State) -> Option<&'static str> {
    let table = [
        (one.wishes.today == two.wishes.today, "the day (--as-of gives them one)"),
        (one.wishes == two.wishes, "what was asked for (the configuration or the arguments)"),
        (one.baseline == two.baseline, "the baseline"),
        (one.rules == two.rules && one.data_as_of == two.data_as_of, "the set of rules"),
    ];
    table.into_iter().find(|(equal, _)| !equal).map(|(_, what)| what)
}

fn known(rules: &[String], pages: &[&'static Page]) -> Result<Vec<&'static Page>, String> {
    rules.iter().map(|rule| page(rule, pages)).collect()
}

fn page(rule: &str, pages: &[&'static Page]) -> Result<&'static Page, String> {
    pages.iter().copied().find(|page| page.id == rule).ok_or_else(|| format!("no rule `{rule}`"))
}

fn findings(state: &State, pages: &[&'static Page]) -> Result<Vec<Finding>, String> {
    let labels: Vec<Arc<PackageLabel>> = state.labels.iter().cloned().map(Arc::new).collect();
    state.findings.iter().map(|one| finding(one, &labels, pages)).collect()
}

fn finding(
    one: &SavedFinding,
    labels: &[Arc<PackageLabel>],
    pages: &[&'static Page],
) -> Result<Finding, String> {
    let related = one
        .related
        .iter()
        .map(|one| Ok(Related { place: place(&one.place, labels)?, note: one.note.clone() }))
        .collect::<Result<_, String>>()?;
    Ok(Finding {
        page: page(&one.rule, pages)?,
        severity: one.severity,
        certainty: one.certainty,
        place: place(&one.place, labels)?,
        function: one.function.clone(),
        subject: one.subject.clone(),
        message: one.message.clone(),
        lambda_error: one.lambda_error.clone(),
        reason: one.reason.clone(),
        fix: one.fix.clone(),
        related,
        count: one.count,
        targets: one.targets.clone(),
    })
}

fn place(one: &SavedPlace, labels: &[Arc<PackageLabel>]) -> Result<Place, String> {
    let Some(at) = one.package else {
        let span = one.source.clone().ok_or("a finding is nowhere")?;
        return Ok(Place::source(span));
    };
    let label = labels.get(at).ok_or_else(|| format!("no package {at}"))?;
    let place = match &one.entry {
        Some(entry) => Place::entry(label, EntryPath::restored(entry)),
        None => Place::package(label),
    };
    Ok(place.declared_at(one.source.as_ref()))
}
