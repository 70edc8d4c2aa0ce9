//! What has to be read: the union of what the selected rules need.

use std::collections::BTreeSet;

use crate::model::page::{Need, Page};

/// What a run reads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    needs: BTreeSet<Need>,
}

impl Plan {
    /// The needs of these pages together.
    pub fn new(pages: impl IntoIterator<Item = &'static Page>) -> Self {
        Self { needs: pages.into_iter().flat_map(|page| page.needs.iter().copied()).collect() }
    }

    /// Whether something is needed.
    pub fn needs(&self, need: Need) -> bool {
        self.needs.contains(&need)
    }
}
