//! What the formats print: decided, sorted, nothing left to judge.

use std::{borrow::Cow, collections::BTreeMap};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::model::{
    architecture::Architecture,
    baseline::Baseline,
    breakdown::Stack,
    finding::{Finding, NotAnalysed, Unresolved},
    page::Page,
    place::ReportPath,
    settings::IgnoreSetting,
    severity::{Certainty, Severity},
    size::Bytes,
    text::SafeText,
};

pub use super::ignore::Notice;
use super::{
    baseline::{Compared, compare},
    fold::{fold, sort},
    ignore::Ignores,
    selection::{Selection, SelectionError},
    state::State,
};

/// One package.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PackageRow {
    /// Its alias.
    pub name: SafeText,
    /// The zip or folder.
    pub path: ReportPath,
    /// `layer` or `function`.
    pub kind: Cow<'static, str>,
    /// Bytes of the zip; nothing for a folder.
    pub zipped: Option<Bytes>,
    /// Bytes after unzipping.
    pub unzipped: Bytes,
    /// Number of entries.
    pub entries: usize,
}

/// One function.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct FunctionRow {
    /// Its name.
    pub name: SafeText,
    /// Its runtime, as written.
    pub runtime: Option<SafeText>,
    /// Its architecture.
    pub architecture: Option<Architecture>,
    /// Its layers in attach order.
    pub layers: Vec<SafeText>,
    /// Bytes of code and layers after unzipping.
    pub unzipped: Bytes,
    /// Bytes that are left of what Lambda allows.
    pub remaining: Bytes,
}

/// One policy.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct PolicyRow {
    /// The file.
    pub source: ReportPath,
    /// `layer`, `function` or `identity`.
    pub kind: Cow<'static, str>,
    /// The widest class of caller that it admits.
    pub verdict: Cow<'static, str>,
    /// The statement that decides.
    pub statement: Option<usize>,
    /// Why.
    pub reason: SafeText,
}

/// A finding that the user ignores.
#[derive(Clone, Debug)]
pub struct Ignored {
    /// The finding.
    pub finding: Finding,
    /// Why.
    pub reason: SafeText,
}

/// What the rules said, before the user's wishes.
#[derive(Debug, Default)]
pub struct Raw {
    /// Findings in any order.
    pub findings: Vec<Finding>,
    /// What could not be looked at.
    pub not_analysed: Vec<NotAnalysed>,
    /// Values of templates that only a deployment knows.
    pub unresolved: Vec<Unresolved>,
    /// Packages.
    pub packages: Vec<PackageRow>,
    /// Functions.
    pub functions: Vec<FunctionRow>,
    /// Policies.
    pub policies: Vec<PolicyRow>,
    /// The rules that ran.
    pub pages: Vec<&'static Page>,
    /// Texts that places point into.
    pub sources: BTreeMap<String, String>,
    /// The day of the data.
    pub data_as_of: Date,
    /// What was taken without being named.
    pub took: Vec<SafeText>,
    /// What is known already.
    pub baseline: Option<Baseline>,
    /// Where the bytes go.
    pub stacks: Vec<Stack>,
    /// Whether these are only a part of the packages.
    pub is_part: bool,
}

/// What is left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thresholds {
    /// Milder findings are left out.
    pub severity: Severity,
    /// Less sure ones are left out.
    pub certainty: Certainty,
}

/// The report.
#[derive(Debug)]
pub struct Report {
    /// Packages, in the order of the input.
    pub packages: Vec<PackageRow>,
    /// Functions, in the order of the input.
    pub functions: Vec<FunctionRow>,
    /// Policies, in the order of the input.
    pub policies: Vec<PolicyRow>,
    /// Findings, sorted for reading.
    pub findings: Vec<Finding>,
    /// Findings that the user ignores.
    pub ignored: Vec<Ignored>,
    /// What the baseline made of them, when there is one.
    pub compared: Option<Compared>,
    /// Ignores that are not needed.
    pub notices: Vec<Notice>,
    /// What could not be looked at.
    pub not_analysed: Vec<NotAnalysed>,
    /// Values of templates that only a deployment knows: no finding is based on them.
    pub unresolved: Vec<Unresolved>,
    /// The rules that ran, by id.
    pub pages: Vec<&'static Page>,
    /// Texts that places point into.
    pub sources: BTreeMap<String, String>,
    /// The day of the data.
    pub data_as_of: Date,
    /// What was taken without being named.
    pub took: Vec<SafeText>,
    /// Where the bytes go.
    pub stacks: Vec<Stack>,
    /// From which severity on the run fails.
    pub fail_on: FailOn,
    /// What this run hands on, when it did only a part of the work.
    pub state: Option<Box<State>>,
}

/// How many findings of each severity.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Errors.
    pub errors: usize,
    /// Warnings.
    pub warnings: usize,
    /// Infos.
    pub infos: usize,
}

/// From which severity on the exit status is 1.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum FailOn {
    /// Errors.
    #[default]
    Error,
    /// Errors and warnings.
    Warning,
    /// Anything.
    Info,
    /// Nothing.
    Never,
}

impl FailOn {
    /// Whether a finding of this severity fails the run.
    pub fn fails(self, severity: Severity) -> bool {
        match self {
            Self::Error => severity == Severity::Error,
            Self::Warning => severity != Severity::Info,
            Self::Info => true,
            Self::Never => false,
        }
    }
}

impl Report {
    /// Counts the findings.
    pub fn summary(&self) -> Summary {
        let count = |severity| self.findings.iter().filter(|finding| finding.severity == severity).count();
        Summary {
            errors: count(Severity::Error),
            warnings: count(Severity::Warning),
            infos: count(Severity::Info),
        }
    }

    /// 0 or 1; the same in every format.
    pub fn exit_code(&self) -> u8 {
        u8::from(self.findings.iter().any(|finding| self.fail_on.fails(finding.severity)))
    }
}

/// Applies the user's wishes. Fails only when an ignore names no rule.
pub fn triage(
    raw: Raw,
    selection: &Selection,
    ignores: &[IgnoreSetting],
    all_pages: &[&'static Page],
    thresholds: Thresholds,
    today: Date,
) -> Result<Report, SelectionError> {
    let mut ignores = Ignores::resolve(ignores, all_pages, today)?;
    let mut kept = Vec::new();
    let mut set_aside = Vec::new();
    for mut finding in fold(raw.findings) {
        if let Some(severity) = selection.severity(finding.page) {
            finding.severity = severity;
        }
        match ignores.reason_for(&finding) {
            Some(reason) => set_aside.push(Ignored { finding, reason }),
            None if finding.severity <= thresholds.severity && finding.certainty <= thresholds.certainty => {
                kept.push(finding);
            }
            None => {}
        }
    }
    sort(&mut kept);
    let mut compared = raw
        .baseline
        .as_ref()
        .map(|baseline| compare(baseline, &mut kept, &set_aside, &raw.pages, &raw.packages));
    if let Some(compared) = compared.as_mut().filter(|_| raw.is_part) {
        // what this part does not show may stand in another
        compared.vanished.clear();
    }
    let mut not_analysed = raw.not_analysed;
    not_analysed.sort();
    not_analysed.dedup();
    let mut unresolved = raw.unresolved;
    unresolved.sort();
    unresolved.dedup();
    let mut pages = raw.pages;
    pages.sort();
    Ok(Report {
        packages: raw.packages,
        functions: raw.functions,
        policies: raw.policies,
        findings: kept,
        ignored: set_aside,
        compared,
        notices: ignores.notices(&pages, raw.is_part),
        not_analysed,
        unresolved,
        pages,
        sources: raw.sources,
        data_as_of: raw.data_as_of,
        took: raw.took,
        stacks: raw.stacks,
        fail_on: FailOn::default(),
        state: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::settings::RuleSettings,
        triage::sample::{ALL, BROKEN, DOCS, RISKY, TODAY, entry, finding, ignore, judged, report, written},
    };

    fn one_of_each() -> Vec<Finding> {
        vec![
            finding(&DOCS, entry("deps", "README")),
            finding(&RISKY, entry("deps", "x")),
            finding(&BROKEN, entry("deps", "x.so")),
        ]
    }

    #[test]
    fn the_exit_status_follows_the_worst_finding() {
        let table = [
            (FailOn::Error, [0, 0, 0, 1]),
            (FailOn::Warning, [0, 0, 1, 1]),
            (FailOn::Info, [0, 1, 1, 1]),
            (FailOn::Never, [0, 0, 0, 0]),
        ];
        for (fail_on, wanted) in table {
            let got = [0, 1, 2, 3].map(|most| {
                let report = report(one_of_each().into_iter().take(most).collect(), &[]);
                Report { fail_on, ..report }.exit_code()
            });
            assert_eq!(got, wanted, "{fail_on:?}");
        }
    }

    #[test]
    fn ignored_findings_are_kept_apart_and_do_not_fail() {
        let report = report(one_of_each(), &[ignore("native", None, None)]);
        assert_eq!(report.summary(), Summary { errors: 0, warnings: 1, infos: 1 });
        assert_eq!(report.exit_code(), 0);
        assert_eq!(report.ignored.len(), 1);
        assert_eq!(report.ignored[0].reason.as_str(), "OPS-114");
        assert!(report.notices.is_empty());
    }

    #[test]
    fn thresholds_look_at_the_severity_that_the_user_gave() {
        let settings = RuleSettings {
            severity: vec![(written("size/docs"), Severity::Error)],
            ..RuleSettings::default()
        };
        let selection = Selection::resolve(&settings, &ALL, true).unwrap();
        let thresholds = Thresholds { severity: Severity::Error, certainty: Certainty::Certain };
        let raw = Raw { findings: one_of_each(), pages: ALL.to_vec(), ..Raw::default() };
        let report = triage(raw, &selection, &[], &ALL, thresholds, TODAY).unwrap();
        let kept: Vec<&str> = report.findings.iter().map(|one| one.page.id).collect();
        assert_eq!(kept, ["size/docs", "native/broken"]);
    }

    #[test]
    fn what_was_not_analysed_is_said_once_and_in_order() {
        let one = |what: &str| NotAnalysed { what: SafeText::new(what), why: SafeText::new("no copy") };
        let raw = Raw { not_analysed: vec![one("b"), one("a"), one("b")], ..Raw::default() };
        assert_eq!(judged(raw, &[]).not_analysed, [one("a"), one("b")]);
    }
}
