//! What the user wants of a run, as data: a run that shares its work hands it on, so that the whole is judged by the same wishes.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::model::settings::{IgnoreSetting, RuleSettings};

use super::report::{FailOn, Thresholds};

/// What the user wants.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wishes {
    /// Which rules run, and how severe they are.
    pub rules: RuleSettings,
    /// Whether pedantic rules run.
    pub pedantic: bool,
    /// Findings to set aside, with reasons.
    pub ignores: Vec<IgnoreSetting>,
    /// What is left out.
    pub thresholds: Thresholds,
    /// The day of the run.
    pub today: Date,
    /// From which severity on the run fails.
    pub fail_on: FailOn,
    /// Whether a value of a template that could not be resolved fails the run.
    pub strict_unresolved: bool,
}
