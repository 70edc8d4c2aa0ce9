//! What was known when a baseline was taken: findings that fail no run, and sizes that growth is measured from.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::size::Bytes;

/// A baseline.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Baseline {
    /// Known findings by fingerprint.
    pub findings: BTreeMap<String, KnownFinding>,
    /// Unzipped size of each package by its alias.
    pub unzipped: BTreeMap<String, Bytes>,
}

/// A finding of the baseline, in words for people; its fingerprint is what counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KnownFinding {
    /// The rule's id.
    pub rule: String,
    /// Where it was.
    pub at: String,
    /// The package's alias, when it was in one.
    pub package: Option<String>,
}
