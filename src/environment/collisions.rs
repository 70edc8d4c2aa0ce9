//! What layers lay over one another: the queries behind `collision/*`.

use std::collections::BTreeMap;

use crate::archive::entry::EntryKind;

use super::{deployment::Deployment, filesystem::Provider};

/// Files of metadata folders that differ from build to build and mean nothing.
const MEANINGLESS: [&str; 5] = ["RECORD", "INSTALLER", "REQUESTED", "direct_url.json", "WHEEL"];

/// One path that two layers have: the earlier is hidden by the later.
#[derive(Clone, Copy, Debug)]
pub struct Overlap<'a> {
    /// The path, relative to `/opt`.
    pub path: &'a str,
    /// Whose file stays.
    pub winner: Provider<'a>,
    /// Whose file is hidden.
    pub loser: Provider<'a>,
}

/// Files that two layers have, by the positions of loser and winner in the list of layers.
pub type Overlaps<'a> = BTreeMap<(usize, usize), Vec<Overlap<'a>>>;

impl<'a> Deployment<'a> {
    /// Every file that a later layer hides, told by whether its bytes are the same.
    pub fn overlaps(&self, same_bytes: bool) -> Overlaps<'a> {
        let mut found: Overlaps<'a> = BTreeMap::new();
        for (path, group) in self.opt.paths() {
            let Some((_, winner)) = group.last().filter(|_| group.len() > 1) else { continue };
            for (_, loser) in group {
                let files =
                    winner.entry.kind != EntryKind::Directory && loser.entry.kind != EntryKind::Directory;
                let other_layer = loser.order != winner.order && !std::ptr::eq(loser.package, winner.package);
                if files
                    && other_layer
                    && is_same(winner, loser) == same_bytes
                    && (same_bytes || !is_meaningless(path))
                {
                    found.entry((loser.order, winner.order)).or_default().push(Overlap {
                        path,
                        winner: *winner,
                        loser: *loser,
                    });
                }
            }
        }
        found
    }

    /// Paths that are a file in one layer and a folder in another.
    pub fn files_against_folders(&self) -> Vec<(Provider<'a>, Provider<'a>)> {
        let mut found = Vec::new();
        for (path, group) in self.opt.paths() {
            let Some((_, file)) = group.iter().find(|(_, one)| one.entry.kind != EntryKind::Directory) else {
                continue;
            };
            let folder = group.iter().map(|(_, one)| *one).find(|one| one.entry.kind == EntryKind::Directory);
            let inside = || self.opt.below(path).map(|(_, one)| *one).next();
            if let Some(folder) = folder.or_else(inside).filter(|folder| folder.order != file.order) {
                found.push((*file, folder));
            }
        }
        found
    }
}

/// Equal size and checksum, confirmed by hash where both were hashed.
fn is_same(one: &Provider<'_>, two: &Provider<'_>) -> bool {
    let digest = |provider: &Provider<'_>| provider.package.inventory.digests.get(&provider.index).copied();
    if one.entry.size != two.entry.size {
        return false;
    }
    match (digest(one), digest(two)) {
        (Some(one), Some(two)) => one == two,
        _ => one.entry.crc.is_some() && one.entry.crc == two.entry.crc,
    }
}

fn is_meaningless(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or_default();
    path.contains("__pycache__/")
        || (path.contains(".dist-info/") && MEANINGLESS.contains(&name))
        || name == ".package-lock.json"
}
