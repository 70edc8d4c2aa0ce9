//! What has to be read: the union of what the selected rules need.

use std::{collections::BTreeSet, sync::Arc};

use crate::{
    data::secrets::{self, Patterns},
    model::page::{Need, Page},
};

/// What a run reads.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    needs: BTreeSet<Need>,
    patterns: Option<Arc<Patterns>>,
    verify: bool,
}

impl Plan {
    /// The needs of these pages together.
    pub fn new(pages: impl IntoIterator<Item = &'static Page>) -> Self {
        Self {
            needs: pages.into_iter().flat_map(|page| page.needs.iter().copied()).collect(),
            patterns: None,
            verify: false,
        }
    }

    /// What it takes to name packages with their versions.
    pub fn versions() -> Self {
        Self { needs: [Need::Distributions].into(), ..Self::default() }
    }

    /// What it takes to follow the loader.
    pub fn machine_code() -> Self {
        Self { needs: [Need::MachineCode, Need::Links].into(), ..Self::default() }
    }

    /// The same, with a team's own patterns of credentials.
    #[must_use]
    pub fn with_patterns(self, patterns: Option<Arc<Patterns>>) -> Self {
        Self { patterns, ..self }
    }

    /// The same, with every entry inflated and checked.
    #[must_use]
    pub fn verifying(self, verify: bool) -> Self {
        Self { verify, ..self }
    }

    /// Whether every entry is inflated and checked, whether or not a rule looks at it.
    pub fn verifies(&self) -> bool {
        self.verify
    }

    /// What credentials look like.
    pub fn patterns(&self) -> &Patterns {
        self.patterns.as_deref().unwrap_or_else(|| secrets::patterns())
    }

    /// Whether something is needed.
    pub fn needs(&self, need: Need) -> bool {
        self.needs.contains(&need)
    }
}
