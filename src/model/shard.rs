//! One of several runs that share the work of one.

use serde::{Deserialize, Serialize};

/// Which of how many runs this is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Shard {
    /// From 1.
    pub index: usize,
    /// How many there are; never less than `index`.
    pub of: usize,
}

impl std::fmt::Display for Shard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.index, self.of)
    }
}

/// What a run took of the work, and where its rows stand among those of all runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stamp {
    /// Which run it is.
    pub shard: Shard,
    /// A hash of the packages, their sizes and who takes what: equal in all runs that belong together.
    pub plan: String,
    /// Positions of its packages in the whole input, rising.
    pub packages: Vec<usize>,
    /// Positions of its functions.
    pub functions: Vec<usize>,
    /// Positions of its policies.
    pub policies: Vec<usize>,
}
