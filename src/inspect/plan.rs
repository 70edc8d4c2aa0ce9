//! What has to be read: the union of what the selected rules need.

use std::{collections::BTreeSet, sync::Arc};

use crate::{
    data::secrets::{self, Patterns},
    model::page::{Need, Page},
};

use super::cache::Cache;

/// What a run reads.
#[derive(Clone, Debug, Default)]
pub struct Plan {
    needs: BTreeSet<Need>,
    patterns: Option<Arc<Patterns>>,
    verify: bool,
    cache: Option<Cache>,
}

impl Plan {
    /// The needs of these pages together.
    pub fn new(pages: impl IntoIterator<Item = &'static Page>) -> Self {
        Self {
            needs: pages.into_iter().flat_map(|page| page.needs.iter().copied()).collect(),
            patterns: None,
            verify: false,
            cache: None,
        }
    }

    /// All that entries are looked at for.
    #[cfg(test)]
    pub(super) fn everything() -> Self {
        let needs =
            [Need::MachineCode, Need::Links, Need::Prefixes, Need::Distributions, Need::Texts, Need::Records];
        Self { needs: needs.into(), ..Self::default() }
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

    /// The same, with what earlier runs have found.
    #[must_use]
    pub fn remembering(self, cache: Option<Cache>) -> Self {
        Self { cache, ..self }
    }

    /// What earlier runs have found, where that is kept.
    pub fn cache(&self) -> Option<&Cache> {
        self.cache.as_ref()
    }

    /// What it asks for, in words: equal where the same is.
    pub(super) fn described(&self) -> String {
        format!("{:?} {}", self.needs, self.verify)
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
