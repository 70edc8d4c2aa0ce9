//! The straight line: project -> packages -> deployments -> findings -> report. The one place that knows all rooms.

use std::{path::PathBuf, sync::Arc};

use jiff::civil::Date;
use rayon::prelude::*;

use crate::{
    archive::limits::Limits,
    data::{limits::limits, runtimes, secrets::Patterns},
    environment::{
        breakdown,
        deployment::{Attached, Deployment, Purpose},
        loader, merged,
        opening::{Shelf, open_all},
        package::Package,
        policy::{JudgedPolicy, judge},
        project::{ProjectView, deployments},
    },
    input::{
        error::UsageError,
        partition::{Part, Turns},
        places::shown,
        policy,
        project::{PolicyContent, PolicyFile, Project},
    },
    inspect::{cache::Cache, plan::Plan},
    model::{
        breakdown::Stack,
        finding::{Finding, NotAnalysed},
        merged::MergedView,
        native::NativeTable,
        page::Page,
        settings::Settings,
        severity::{Certainty, Severity},
        shard::{Shard, Stamp},
        text::SafeText,
    },
    rules::{
        self, pages,
        registry::{Check, Findings, Rule},
    },
    triage::{
        report::{FailOn, FunctionRow, Notice, PackageRow, PolicyRow, Raw, Report, Thresholds, triage},
        selection::{Selection, SelectionError},
        state::{State, together},
        wishes::Wishes,
    },
};

/// How a run is made; decided once, before anything is read.
#[derive(Clone, Debug)]
pub struct Options {
    /// The limits of reading hostile packages.
    pub limits: Limits,
    /// The day that dates are compared with.
    pub today: Date,
    /// Whether pedantic rules run.
    pub pedantic: bool,
    /// Findings below are left out.
    pub min_severity: Severity,
    /// Findings less sure are left out.
    pub min_certainty: Certainty,
    /// Whether ignores of the configuration are disregarded.
    pub no_ignores: bool,
    /// Whether every entry is inflated and checked.
    pub verify: bool,
    /// Whether the report tells where the bytes go.
    pub breakdown: bool,
    /// Which part of the work is done; nothing for all of it.
    pub shard: Option<Shard>,
    /// About how many packages are held at once where all are looked at.
    pub packages_at_once: usize,
    /// The folder in which what is found is kept for the next run.
    pub cache: Option<PathBuf>,
    /// From which severity on the run fails.
    pub fail_on: FailOn,
    /// Whether a value of a template that could not be resolved fails the run.
    pub strict_unresolved: bool,
}

/// Packages that are held at once: enough for threads to be busy, few enough for a small machine.
pub const PACKAGES_AT_ONCE: usize = 100;

/// Judges a project. Fails only where a person has to mend the request: a file that cannot be read, an unknown rule.
pub fn check(project: &Project, options: &Options) -> Result<Report, UsageError> {
    let selection = selection(&project.settings, options.pedantic)?;
    let rules: Vec<&Rule> = rules::all().filter(|rule| selection.has(rule.page)).collect();
    let cache = cache(project, options)?;
    let plan = Plan::new(rules.iter().map(|rule| rule.page))
        .with_patterns(own_patterns(project)?)
        .verifying(options.verify)
        .remembering(cache.clone());
    let run = Run { project, options, rules: &rules, plan: &plan };
    let (raw, stamp) = match options.shard {
        Some(shard) => run.alone(Part::of(project, shard)?)?,
        None if options.breakdown => run.alone(Part::whole(project))?,
        None => (run.in_turns()?, None),
    };
    cache.iter().for_each(Cache::tidy);
    run.report(raw, stamp)
}

/// Where what is found is kept, if that is asked for.
fn cache(project: &Project, options: &Options) -> Result<Option<Cache>, UsageError> {
    let Some(folder) = &options.cache else { return Ok(None) };
    let own = project.settings.secret_patterns.as_deref().unwrap_or_default();
    let cannot = |cause| UsageError::new(format!("cannot keep anything in {}: {cause}", folder.display()));
    Cache::in_folder(folder, own).map(Some).map_err(cannot)
}

/// What stays the same for all parts of a run.
struct Run<'a> {
    project: &'a Project,
    options: &'a Options,
    rules: &'a [&'static Rule],
    plan: &'a Plan,
}

impl Run<'_> {
    /// All packages, of which no more are held at once than options say, and those that many functions share.
    fn in_turns(&self) -> Result<Raw, UsageError> {
        let turns = Turns::of(self.project, self.options.packages_at_once)?;
        let mut kept = Shelf::default();
        let mut whole = Raw::default();
        let mut said = Vec::new();
        for part in turns.parts() {
            let (packages, raw) = self.part(&part, &mut kept)?;
            kept.keep(&part, packages, |position| turns.need_later(&part, position));
            match part.stamp {
                Some(stamp) => said.push((stamp, raw)),
                None => whole = raw,
            }
        }
        Ok(if said.is_empty() { whole } else { together(said) })
    }

    /// A part, and nothing after it.
    fn alone(&self, part: Part<'_>) -> Result<(Raw, Option<Stamp>), UsageError> {
        let (_, raw) = self.part(&part, &mut Shelf::default())?;
        Ok((raw, part.stamp))
    }

    /// The packages of a part, and what the rules say of them.
    fn part(&self, part: &Part<'_>, kept: &mut Shelf) -> Result<(Vec<Package>, Raw), UsageError> {
        let packages = kept.open(part, self.plan, &self.options.limits)?;
        let raw = self.judged(part, &packages)?;
        Ok((packages, raw))
    }

    fn judged(&self, part: &Part<'_>, packages: &[Package]) -> Result<Raw, UsageError> {
        let Self { project, options, .. } = self;
        let (policies, sources) = judge_all(&part.policies, &project.settings)?;
        let deployments = deployments(packages, part, &project.defaults);
        let own = packages.get(..part.own).unwrap_or_default();
        let view = ProjectView {
            packages: own,
            layers: &part.layers,
            functions: &part.attached,
            remarks: &project.remarks,
            granted: project.policies.iter().filter_map(|policy| policy.of.as_deref()).collect(),
            deployments: &deployments,
            settings: &project.settings,
            today: options.today,
        };
        let (findings, mut not_analysed) = run(self.rules, &view, &policies);
        not_analysed.extend(project.not_analysed.iter().cloned());
        not_analysed.extend(unknown_layers(&deployments));
        not_analysed.extend(deployments.iter().filter_map(unknown_runtime));
        let mut all_sources = project.settings.sources.clone();
        all_sources.extend(sources);
        Ok(Raw {
            findings,
            not_analysed,
            unresolved: project.unresolved.clone(),
            packages: own.iter().map(package_row).collect(),
            functions: deployments.iter().filter_map(function_row).collect(),
            policies: policies.iter().map(policy_row).collect(),
            pages: self.rules.iter().map(|rule| rule.page).collect(),
            sources: all_sources,
            data_as_of: runtimes::data_as_of(),
            took: project.taken.clone(),
            baseline: project.settings.baseline.clone(),
            stacks: if options.breakdown { breakdown::stacks(&deployments) } else { Vec::new() },
            is_part: options.shard.is_some(),
        })
    }

    /// The report, with the state that one of several runs hands on.
    fn report(&self, raw: Raw, stamp: Option<Stamp>) -> Result<Report, UsageError> {
        let wishes = wishes(self.project, self.options);
        let state = stamp.map(|stamp| Box::new(State::of(&raw, &wishes, stamp)));
        let report = conclude(raw, &wishes).map_err(|error| unknown_rule(&error, &self.project.settings))?;
        Ok(Report { state, ..report })
    }
}

fn wishes(project: &Project, options: &Options) -> Wishes {
    Wishes {
        rules: project.settings.rules.clone(),
        pedantic: options.pedantic,
        ignores: if options.no_ignores { Vec::new() } else { project.settings.ignores.clone() },
        thresholds: Thresholds { severity: options.min_severity, certainty: options.min_certainty },
        today: options.today,
        fail_on: options.fail_on,
        strict_unresolved: options.strict_unresolved,
    }
}

/// The report of what all rules said.
pub fn conclude(raw: Raw, wishes: &Wishes) -> Result<Report, SelectionError> {
    let selection = Selection::resolve(&wishes.rules, pages::ALL, wishes.pedantic)?;
    let mut report = triage(raw, &selection, &wishes.ignores, pages::ALL, wishes.thresholds, wishes.today)?;
    report.notices.extend(old_data(wishes.today));
    report.fail_on = wishes.fail_on;
    Ok(report)
}

/// Days after which the table of runtimes is called old: a runtime is added or retired about every quarter.
const OLD: i32 = 180;

/// Old knowledge is said, not guessed over.
fn old_data(today: Date) -> Option<Notice> {
    let as_of = runtimes::data_as_of();
    let days = today.since(as_of).ok()?.get_days();
    (days > OLD).then(|| Notice {
        message: SafeText::new(format!(
            "the table of runtimes is of {as_of}, {days} days old: a newer layerlint may know more"
        )),
        at: None,
    })
}

/// Where the bytes of a project go. Nothing but directories is read, and the `package.json` of npm packages for their versions.
pub fn breakdown(project: &Project, options: &Options) -> Result<Vec<Stack>, UsageError> {
    let part = Part::whole(project);
    let packages = open_all(&part, &Plan::versions(), &options.limits)?;
    Ok(breakdown::stacks(&deployments(&packages, &part, &project.defaults)))
}

/// What the loader makes of the machine code of a project.
pub fn native(project: &Project, options: &Options) -> Result<Vec<NativeTable>, UsageError> {
    let part = Part::whole(project);
    let packages = open_all(&part, &Plan::machine_code(), &options.limits)?;
    Ok(loader::tables(&deployments(&packages, &part, &project.defaults)))
}

/// The merged trees of a project's deployments. Nothing but directories is read.
pub fn merged(project: &Project, options: &Options) -> Result<Vec<MergedView>, UsageError> {
    let part = Part::whole(project);
    let packages = open_all(&part, &Plan::default(), &options.limits)?;
    Ok(merged::views(&deployments(&packages, &part, &project.defaults)))
}

/// The rules that run. Fails when the configuration names one that does not exist.
pub fn selection(settings: &Settings, pedantic: bool) -> Result<Selection, UsageError> {
    Selection::resolve(&settings.rules, pages::ALL, pedantic).map_err(|error| unknown_rule(&error, settings))
}

/// What a team's own file says credentials look like; the input room has tried it.
fn own_patterns(project: &Project) -> Result<Option<Arc<Patterns>>, UsageError> {
    let text = project.settings.secret_patterns.as_deref();
    text.map(|text| Patterns::parse(text).map(Arc::new).map_err(UsageError::new)).transpose()
}

type Sources = Vec<(String, String)>;

fn judge_all(files: &[PolicyFile], settings: &Settings) -> Result<(Vec<JudgedPolicy>, Sources), UsageError> {
    let mut judged = Vec::new();
    let mut sources = Vec::new();
    for file in files {
        let source = policy_source(file)?;
        let document = policy::parse(&source)?;
        judged.push(judge(&document, &settings.trust));
        if source.places.is_empty() && source.begins_at.is_none() {
            sources.push((source.file.as_str().to_owned(), source.text));
        }
    }
    Ok((judged, sources))
}

fn policy_source(file: &PolicyFile) -> Result<policy::PolicySource, UsageError> {
    let source = match &file.content {
        PolicyContent::File(path) => {
            let text = std::fs::read_to_string(path)
                .map_err(|cause| UsageError::new(format!("cannot read {}: {cause}", path.display())))?;
            policy::PolicySource::new(shown(path), text)
        }
        PolicyContent::Composed(composed) => policy::PolicySource::composed(composed),
        PolicyContent::Read(read) => policy::PolicySource::read(read),
    };
    Ok(policy::PolicySource { kind: file.kind, of: file.of.clone(), ..source })
}

/// Every rule over everything of its scope, in parallel; the order of the results does not depend on who was first.
fn run(
    rules: &[&'static Rule],
    view: &ProjectView<'_>,
    policies: &[JudgedPolicy],
) -> (Vec<Finding>, Vec<NotAnalysed>) {
    let said: Vec<(Vec<Finding>, Vec<NotAnalysed>)> = rules
        .par_iter()
        .map(|rule| match rule.check {
            Check::Package(check) => over(view.packages, rule.page, |_| (None, None), check),
            Check::Archive(check) => over(
                view.packages,
                rule.page,
                |_| (None, None),
                |one, findings| {
                    inside_too(one, findings, check);
                },
            ),
            Check::Deployment(check) => {
                over(view.deployments, rule.page, named, |one, findings| check(one, findings))
            }
            Check::Policy(check) => over(policies, rule.page, |_| (None, None), check),
            Check::Project(check) => {
                let mut findings = Findings::new(rule.page, None, None);
                check(view, &mut findings);
                findings.finish()
            }
        })
        .collect();
    let mut findings = Vec::new();
    let mut not_analysed = Vec::new();
    for (found, missed) in said {
        findings.extend(found);
        not_analysed.extend(missed);
    }
    (findings, not_analysed)
}

fn over<T: Sync>(
    subjects: &[T],
    page: &'static Page,
    names: fn(&T) -> (Option<SafeText>, Option<SafeText>),
    check: impl Fn(&T, &mut Findings) + Sync,
) -> (Vec<Finding>, Vec<NotAnalysed>) {
    let said: Vec<(Vec<Finding>, Vec<NotAnalysed>)> = subjects
        .par_iter()
        .map(|subject| {
            let (function, target) = names(subject);
            let mut findings = Findings::new(page, function, target);
            check(subject, &mut findings);
            findings.finish()
        })
        .collect();
    let (findings, missed): (Vec<Vec<Finding>>, Vec<Vec<NotAnalysed>>) = said.into_iter().unzip();
    (findings.into_iter().flatten().collect(), missed.into_iter().flatten().collect())
}

/// A package, and the archives inside of it.
fn inside_too(package: &Package, findings: &mut Findings, check: fn(&Package, &mut Findings)) {
    check(package, findings);
    for inner in &package.nested {
        findings.inside(|findings| check(inner, findings));
    }
}

fn named(deployment: &Deployment<'_>) -> (Option<SafeText>, Option<SafeText>) {
    (deployment.function().map(|function| function.name.clone()), deployment.target())
}

fn unknown_layers<'a>(deployments: &'a [Deployment<'_>]) -> impl Iterator<Item = NotAnalysed> + 'a {
    deployments.iter().flat_map(Deployment::unknown_layers).map(|layer| NotAnalysed {
        what: SafeText::new(layer.arn.as_deref().unwrap_or(&layer.written.text)),
        why: SafeText::new("no local copy of this layer; name one under [arn.\"...\"] to have it analysed"),
    })
}

/// Without a runtime nothing can be said about search paths, versions and libraries: that is told, not passed over.
fn unknown_runtime(deployment: &Deployment<'_>) -> Option<NotAnalysed> {
    let package = deployment.packages().next().filter(|_| deployment.runtime.is_none())?;
    let how = match deployment.purpose {
        Purpose::Layer => "--compatible-runtime, or compatible-runtimes of the layer",
        Purpose::Package | Purpose::Function(_) => "--runtime, or runtime of the function",
    };
    let what = deployment
        .function()
        .map_or_else(|| package.label.path.to_string(), |function| format!("function {}", function.name));
    Some(NotAnalysed {
        what: SafeText::new(what),
        why: SafeText::new(format!(
            "no known runtime is declared, so nothing was judged by a runtime's rules ({how})"
        )),
    })
}

fn package_row(package: &Package) -> PackageRow {
    PackageRow {
        name: package.label.name.clone(),
        path: package.label.path.clone(),
        kind: package.role.as_str().into(),
        zipped: package.archive.zipped(),
        unzipped: package.archive.unzipped(),
        entries: package.archive.entries().len(),
    }
}

fn function_row(deployment: &Deployment<'_>) -> Option<FunctionRow> {
    let function = deployment.function()?;
    let unzipped = deployment.unzipped();
    let layers = deployment.layers.iter().map(|layer| match layer {
        Attached::Known(package) => package.label.name.clone(),
        Attached::Unknown(reference) => SafeText::new(&reference.written.text),
    });
    Some(FunctionRow {
        name: function.name.clone(),
        runtime: function.runtime.as_ref().map(|runtime| SafeText::new(&runtime.written.text)),
        architecture: deployment.architecture,
        layers: layers.collect(),
        unzipped,
        remaining: limits().unzipped_bytes.saturating_sub(unzipped),
    })
}

fn policy_row(policy: &JudgedPolicy) -> PolicyRow {
    PolicyRow {
        source: policy.source_file.clone(),
        kind: policy.kind.as_str().into(),
        verdict: policy.verdict.as_str().into(),
        statement: policy.decided_by,
        reason: SafeText::new(&policy.reason),
    }
}

fn unknown_rule(error: &SelectionError, settings: &Settings) -> UsageError {
    let usage = UsageError::new(error.to_string());
    let usage = match error.near() {
        Some(near) => usage.help(format!("did you mean `{near}`?")),
        None => usage.help("`layerlint rules` lists them all"),
    };
    let Some(span) = error.at() else { return usage };
    match settings.sources.get(span.file.as_str()) {
        Some(text) => usage.in_text(
            span.file.as_str(),
            text,
            span.offset..span.offset.saturating_add(span.length),
            "here",
        ),
        None => usage,
    }
}
