//! What a rule says.

use serde::{Deserialize, Serialize};

use super::{
    page::Page,
    place::{Place, SourceSpan},
    severity::{Certainty, Severity},
    text::SafeText,
};

/// Another place that belongs to a finding: the other side of a collision, a further file of the same kind.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Related {
    /// Where.
    pub place: Place,
    /// What it is to the finding, in a few words.
    pub note: SafeText,
}

/// One fault at one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The rule's page.
    pub page: &'static Page,
    /// The severity after the configuration had its say; never worse than the page's unless the user asked for it.
    pub severity: Severity,
    /// How sure it is.
    pub certainty: Certainty,
    /// Where.
    pub place: Place,
    /// The function whose deployment shows it, when it is not true of the package alone.
    pub function: Option<SafeText>,
    /// What the finding is about, stable over rebuilds: an entry path, a distribution, a library. Part of its identity.
    pub subject: SafeText,
    /// What is wrong, in one clause that stands alone.
    pub message: SafeText,
    /// What Lambda would say, quoted.
    pub lambda_error: Option<SafeText>,
    /// Why it is so.
    pub reason: Option<SafeText>,
    /// The command or edit that mends it.
    pub fix: Option<SafeText>,
    /// Other places.
    pub related: Vec<Related>,
    /// How many faults of one root cause stand in this finding; at least 1.
    pub count: u32,
    /// The runtimes and architectures for which it holds, when it was found for several.
    pub targets: Vec<SafeText>,
}

/// Something that could not be looked at; listed in every report, never an error and never a pass.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct NotAnalysed {
    /// What: a layer's ARN, an entry, a value of a template.
    pub what: SafeText,
    /// Why not, in one clause.
    pub why: SafeText,
}

/// A value of a template that only a deployment knows. No finding is based on it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Unresolved {
    /// The expression as written: `!ImportValue shared-layer`, `var.layers`.
    pub expression: SafeText,
    /// Why it cannot be told here, in one clause.
    pub reason: SafeText,
    /// Where.
    pub at: Option<SourceSpan>,
}
