//! How much is seen of where modules are looked for, and what that leaves to be told.

use std::{collections::BTreeSet, sync::Arc};

use crate::{environment::filesystem::Tree, inspect::distributions::normalised};

use super::fault::{Fault, Trouble};

/// How much is seen of where modules are looked for.
#[derive(Clone, Debug)]
pub(super) enum Sight<'a> {
    /// All of it.
    All,
    /// All but folders that functions may add which nothing was seen to call; with everything that is laid down.
    Search([Arc<Tree<'a>>; 2]),
    /// Something is added to it.
    None,
}

impl<'a> Sight<'a> {
    /// The same when the handler is called: it may call what changes the path.
    pub(super) fn of_calls(&self) -> Self {
        match self {
            Self::All => Self::All,
            Self::Search(_) | Self::None => Self::None,
        }
    }

    /// Each trouble once, and without those that a folder which was not looked at may mend.
    pub(super) fn told_once(&self, mut faults: Vec<Fault<'a>>) -> Vec<Fault<'a>> {
        let mut told = BTreeSet::new();
        faults.retain(|fault| !self.may_mend(&fault.trouble) && told.insert(format!("{:?}", fault.trouble)));
        faults
    }

    fn may_mend(&self, trouble: &Trouble) -> bool {
        match (trouble, self) {
            (Trouble::Missing(name) | Trouble::Removed(name), Self::Search(trees)) => {
                trees.iter().any(|tree| lies_about(tree, name))
            }
            (Trouble::NoMetadata { distribution, .. }, Self::Search(trees)) => {
                trees.iter().any(|tree| has_metadata(tree, distribution))
            }
            (Trouble::Missing(_) | Trouble::Removed(_) | Trouble::NoMetadata { .. }, Self::None) => true,
            _ => false,
        }
    }
}

/// Whether metadata of a distribution lies in any folder, searched or not.
fn has_metadata(tree: &Tree<'_>, distribution: &str) -> bool {
    let wanted = normalised(distribution);
    let is_of = |part: &str| {
        let stem = part.strip_suffix(".dist-info").or_else(|| part.strip_suffix(".egg-info"));
        stem.is_some_and(|stem| normalised(stem.split('-').next().unwrap_or(stem)) == wanted)
    };
    tree.below("").any(|(path, _)| path.split('/').any(is_of))
}

/// Whether a module lies in any folder, searched or not.
fn lies_about(tree: &Tree<'_>, module: &str) -> bool {
    let wanted = format!("/{}", module.replace('.', "/"));
    tree.below("").any(|(path, _)| {
        let path = format!("/{path}");
        let ends = path.match_indices(&wanted).map(|(at, _)| at.saturating_add(wanted.len()));
        ends.into_iter()
            .any(|end| path.get(end..).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '/'])))
    })
}
