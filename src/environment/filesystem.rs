//! `/opt` and `/var/task` after everything is laid down, with all providers of every path.

use crate::archive::entry::Entry;

use super::package::Package;

/// One entry that is laid down at a path.
#[derive(Clone, Copy, Debug)]
pub struct Provider<'a> {
    /// The package it comes from.
    pub package: &'a Package,
    /// The position of the package in merge order; the highest wins.
    pub order: usize,
    /// The entry's index in its package.
    pub index: usize,
    /// The entry.
    pub entry: &'a Entry,
}

/// A merged tree. Paths are relative to its root (`/opt` or `/var/task`).
#[derive(Debug, Default)]
pub struct Tree<'a> {
    // sorted by path, then by merge order, then by position in the archive: the last of equal paths is the one that stays
    nodes: Vec<(&'a str, Provider<'a>)>,
}

impl<'a> Tree<'a> {
    /// Lays packages over one another in the given order.
    pub fn merge(packages: impl IntoIterator<Item = &'a Package>) -> Self {
        let mut nodes: Vec<(&str, Provider<'_>)> = Vec::new();
        for (order, package) in packages.into_iter().enumerate() {
            let entries = package.archive.entries().iter().enumerate();
            nodes.extend(
                entries
                    .map(|(index, entry)| (entry.path.as_str(), Provider { package, order, index, entry })),
            );
        }
        nodes.sort_by(|(one, a), (two, b)| {
            one.cmp(two).then(a.order.cmp(&b.order)).then(a.index.cmp(&b.index))
        });
        Self { nodes }
    }

    /// All providers of every path, in the order of paths; the last provider of each is the one that stays.
    pub fn paths(&self) -> impl Iterator<Item = (&'a str, &[(&'a str, Provider<'a>)])> {
        self.nodes
            .chunk_by(|(one, _), (two, _)| one == two)
            .filter_map(|group| Some((group.first()?.0, group)))
    }

    /// What lies at a path at the end.
    pub fn find(&self, path: &str) -> Option<Provider<'a>> {
        let after = self.nodes.partition_point(|(one, _)| *one <= path);
        let (found, provider) = self.nodes.get(after.checked_sub(1)?)?;
        (*found == path).then_some(*provider)
    }

    /// Whether a regular file or a link lies at a path.
    pub fn is_file(&self, path: &str) -> bool {
        self.find(path)
            .is_some_and(|provider| provider.entry.kind != crate::archive::entry::EntryKind::Directory)
    }

    /// Whether a path is a folder, by an entry of its own or by something inside it.
    pub fn is_folder(&self, path: &str) -> bool {
        path.is_empty()
            || self.below(path).next().is_some()
            || self.find(path).is_some_and(|one| !self.is_file(one.entry.path.as_str()))
    }

    /// Everything below a folder (all providers), in the order of paths. `""` is the root.
    pub fn below<'t>(
        &'t self,
        folder: &str,
    ) -> impl Iterator<Item = &'t (&'a str, Provider<'a>)> + use<'t, 'a> {
        let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
        let start = self.nodes.partition_point(|(path, _)| *path < prefix.as_str());
        self.nodes
            .iter()
            .skip(start)
            .take_while(move |(path, _)| path.starts_with(&prefix))
            .filter(|(path, _)| !path.is_empty())
    }

    /// The names directly in a folder, sorted, each once.
    pub fn names_in(&self, folder: &str) -> Vec<&'a str> {
        let skip = if folder.is_empty() { 0 } else { folder.len().saturating_add(1) };
        let mut names: Vec<&str> = self
            .below(folder)
            .filter_map(|(path, _)| path.get(skip..)?.split('/').next())
            .filter(|name| !name.is_empty())
            .collect();
        names.dedup();
        names.sort_unstable();
        names.dedup();
        names
    }

    /// Whether nothing is laid down.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }
}
