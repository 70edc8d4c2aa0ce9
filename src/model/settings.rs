//! What the configuration asks for: strings with their places, not yet resolved against the rules.

use std::{collections::BTreeMap, ops::RangeInclusive};

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use super::{
    baseline::Baseline,
    place::{ReportPath, SourceSpan},
    severity::Severity,
};

/// A string of the configuration or of the command line, with its place when it has one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Written {
    /// The text as written.
    pub text: String,
    /// Where it is written; nothing for the command line.
    pub at: Option<SourceSpan>,
}

/// Which rules run and how severe they are.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RuleSettings {
    /// Only these (`select`); empty means the default profile.
    pub select: Vec<Written>,
    /// These too (`extend-select`).
    pub extend_select: Vec<Written>,
    /// Not these.
    pub ignore: Vec<Written>,
    /// Severity per rule id or category.
    pub severity: Vec<(Written, Severity)>,
}

/// One `[[ignore]]` of the configuration, or an ignore in a template.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IgnoreSetting {
    /// The rule or category it silences.
    pub rule: Written,
    /// `package!glob` or `glob` over entry paths; nothing means every place.
    pub path: Option<String>,
    /// The lines of a template that it stands at; nothing means everywhere.
    pub region: Option<Region>,
    /// Why it is right to ignore it. Never empty.
    pub reason: String,
    /// The last day on which it holds.
    pub until: Option<Date>,
}

/// Lines of a source file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Region {
    /// The file.
    pub file: ReportPath,
    /// The lines, counted from 1.
    pub lines: RangeInclusive<u32>,
}

/// One limit of `[budgets]`.
#[derive(Clone, Debug)]
pub struct BudgetSetting {
    /// What is measured.
    pub measure: BudgetMeasure,
    /// The largest value that is still fine: bytes, or files for [`BudgetMeasure::Files`].
    pub limit: u64,
    /// Where it is written.
    pub at: Option<SourceSpan>,
}

/// One limit of `[limits]`: how much of a hostile package is looked at. The archive room knows the names.
#[derive(Clone, Debug)]
pub struct LimitSetting {
    /// The name as written.
    pub name: Written,
    /// The value: bytes, a count or seconds.
    pub value: u64,
}

/// What a budget measures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BudgetMeasure {
    /// Bytes of the zip file.
    Zipped,
    /// Bytes after unzipping.
    Unzipped,
    /// Number of files.
    Files,
    /// Bytes after unzipping beyond those of the baseline.
    Growth,
    /// Bytes of the files that a glob matches.
    Paths(String),
}

/// Whom the user trusts.
#[derive(Clone, Debug, Default)]
pub struct TrustSettings {
    /// The account that owns the layers and functions, when it is known.
    pub own_account: Option<String>,
    /// Accounts that may be granted access.
    pub accounts: Vec<String>,
    /// Organisations that may be granted access.
    pub organizations: Vec<String>,
    /// Globs over the names of layers that are public on purpose.
    pub public_layers: Vec<String>,
}

/// All that the configuration says beside the packages and functions.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// Rule selection.
    pub rules: RuleSettings,
    /// Ignores with reasons.
    pub ignores: Vec<IgnoreSetting>,
    /// What is known already: `--baseline`.
    pub baseline: Option<Baseline>,
    /// Size budgets.
    pub budgets: Vec<BudgetSetting>,
    /// Limits of reading.
    pub limits: Vec<LimitSetting>,
    /// A team's own patterns of credentials, in the format of gitleaks; the input room has read it once and knows that it is one.
    pub secret_patterns: Option<String>,
    /// Trusted accounts and organisations.
    pub trust: TrustSettings,
    /// Texts of the configuration files that spans point into, by report path: for showing the line.
    pub sources: BTreeMap<String, String>,
}
