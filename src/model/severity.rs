//! How bad a finding is, and how sure it is.

use std::fmt;

use serde::{Deserialize, Serialize};

/// How bad a finding is. Ordered worst first, so that sorting puts errors on top.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Lambda refuses the package, the function cannot start, or a stranger is let in.
    Error,
    /// It will probably fail, or it is a risk.
    Warning,
    /// Waste or hygiene.
    Info,
}

impl Severity {
    /// The word used in reports and in the configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Info => "info",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// How sure a finding is. Ordered surest first.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, schemars::JsonSchema,
)]
#[serde(rename_all = "lowercase")]
pub enum Certainty {
    /// Provable from the inputs.
    Certain,
    /// Right unless the code works around it.
    Likely,
    /// A recommendation.
    Advice,
}

impl Certainty {
    /// The word used in reports and in the configuration.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Certain => "certain",
            Self::Likely => "likely",
            Self::Advice => "advice",
        }
    }
}

impl fmt::Display for Certainty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
