//! Which entries may have the content of another: their size and checksum are equal. Only these are inflated to be compared.
//!
//! What is compared are the entries of one package, and those of packages that a function has together.

use std::collections::{BTreeSet, HashMap, HashSet};

use rayon::prelude::*;

use crate::archive::{archive::Archive, entry::Entry};

type Key = (u64, u32);

/// The suspects of one package.
#[derive(Debug, Default)]
pub struct Suspects {
    within: HashSet<Key>,
    beside: HashSet<Key>,
}

impl Suspects {
    /// Whether an entry may equal another one.
    pub fn has(&self, entry: &Entry) -> bool {
        key(entry).is_some_and(|key| self.within.contains(&key) || self.beside.contains(&key))
    }

    /// Whether it may equal another one of its own package. What is found wrong while it is read is true of the package alone.
    pub fn has_within(&self, entry: &Entry) -> bool {
        key(entry).is_some_and(|key| self.within.contains(&key))
    }
}

/// The suspects of each package. `together` are the positions of packages that a function has.
pub fn suspects<'a>(archives: &[&Archive], together: impl Iterator<Item = &'a [usize]>) -> Vec<Suspects> {
    let mut found: Vec<Suspects> = archives
        .par_iter()
        .map(|archive| Suspects { within: repeated(archive), beside: HashSet::new() })
        .collect();
    let pairs: BTreeSet<(usize, usize)> = together.flat_map(pairs).collect();
    let named: BTreeSet<usize> = pairs.iter().flat_map(|(one, two)| [*one, *two]).collect();
    let keys: HashMap<usize, HashSet<Key>> = named
        .into_par_iter()
        .filter_map(|at| Some((at, archives.get(at)?.entries().iter().filter_map(key).collect())))
        .collect();
    for (one, two) in pairs {
        let (Some(first), Some(second)) = (keys.get(&one), keys.get(&two)) else { continue };
        let both: Vec<Key> = if first.len() <= second.len() {
            first.intersection(second).copied().collect()
        } else {
            second.intersection(first).copied().collect()
        };
        for at in [one, two] {
            if let Some(suspects) = found.get_mut(at) {
                suspects.beside.extend(&both);
            }
        }
    }
    found
}

fn pairs(packages: &[usize]) -> impl Iterator<Item = (usize, usize)> + '_ {
    let ordered = |one: usize, two: usize| (one.min(two), one.max(two));
    let from = |at: usize| packages.get(at.saturating_add(1)..).unwrap_or_default();
    packages
        .iter()
        .enumerate()
        .flat_map(move |(at, one)| from(at).iter().map(move |two| ordered(*one, *two)))
        .filter(|(one, two)| one != two)
}

fn key(entry: &Entry) -> Option<Key> {
    match (entry.is_file(), entry.crc, entry.size.0) {
        (true, Some(crc), size @ 1..) => Some((size, crc)),
        _ => None,
    }
}

fn repeated(archive: &Archive) -> HashSet<Key> {
    let mut once = HashSet::with_capacity(archive.entries().len());
    archive.entries().iter().filter_map(key).filter(|key| !once.insert(*key)).collect()
}
