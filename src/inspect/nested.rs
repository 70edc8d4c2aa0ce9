//! Archives inside of a package: their directories, as deep as the limit lets them be opened.

use rayon::prelude::*;

use crate::archive::{
    Scratch,
    anomaly::{Anomaly, AnomalyKind, LimitBreach},
    archive::Archive,
    entry::Entry,
    nested::is_archive_name,
};

/// An archive that is an entry of another. Its bytes are gone: its directory and what is wrong with it remain.
#[derive(Debug)]
pub struct Nested {
    /// The entry of the package that it is, or is inside of.
    pub entry: usize,
    /// The names of the archives down to it: `java/lib/a.jar`, `java/lib/a.jar!/lib/b.jar`.
    pub path: String,
    /// Its entries and what its directory alone shows to be wrong.
    pub archive: Archive,
    /// What its headers and the bytes between them show to be wrong.
    pub anomalies: Vec<Anomaly>,
}

/// What was found inside.
#[derive(Debug, Default)]
pub struct Inside {
    /// The archives in the order of the entries, an outer one before those inside of it.
    pub archives: Vec<Nested>,
    /// What is wrong with them as entries of the package.
    pub anomalies: Vec<Anomaly>,
    /// Archives that lie too deep to be opened.
    pub unopened: Vec<String>,
}

/// Opens every archive inside of a package, several at a time. What is kept is bounded, and does not depend on who was first.
pub fn open_all(archive: &Archive) -> Inside {
    let limits = *archive.limits();
    let mut inside = Inside::default();
    let mut entries = 0_u64;
    let mut bytes = archive.unzipped().0;
    let candidates: Vec<usize> = candidates(archive).collect();
    for some in groups(archive, &candidates) {
        let opened: Vec<Inside> = some.par_iter().map(|index| open(archive, *index)).collect();
        for one in opened {
            let sum = |count: fn(&Nested) -> u64| one.archives.iter().map(count).fold(0, u64::saturating_add);
            entries = entries.saturating_add(sum(|one| one.archive.entries().len() as u64));
            bytes = bytes.saturating_add(sum(|one| one.archive.unzipped().0));
            inside.anomalies.extend(one.anomalies);
            if let Some(kind) =
                over("entries", limits.entries, entries).or(over("bytes", limits.bytes, bytes))
            {
                inside.anomalies.push(Anomaly { entry: None, kind });
                return inside;
            }
            inside.archives.extend(one.archives);
            inside.unopened.extend(one.unopened);
        }
    }
    inside
}

/// Bytes of archives that are open at once, unless a single one has more.
const OPEN_AT_ONCE: u64 = 32 << 20;

/// The archives in groups that are opened together, in their order.
fn groups<'a>(archive: &Archive, candidates: &'a [usize]) -> Vec<&'a [usize]> {
    let mut sum = 0_u64;
    let size = |index: usize| archive.entries().get(index).map_or(0, |entry| entry.size.0);
    candidates
        .chunk_by(|one, next| {
            sum = sum.saturating_add(size(*one));
            let fits = sum.saturating_add(size(*next)) <= OPEN_AT_ONCE;
            sum = if fits { sum } else { 0 };
            fits
        })
        .collect()
}

fn over(name: &'static str, limit: u64, actual: u64) -> Option<AnomalyKind> {
    (actual > limit).then_some(AnomalyKind::LimitReached(LimitBreach { name, limit, actual }))
}

fn candidates(archive: &Archive) -> impl Iterator<Item = usize> + '_ {
    let is_one =
        |entry: &Entry| entry.is_file() && entry.size.0 > 0 && is_archive_name(entry.path.file_name());
    archive.entries().iter().enumerate().filter(move |(_, entry)| is_one(entry)).map(|(index, _)| index)
}

fn open(archive: &Archive, index: usize) -> Inside {
    let mut inside = Inside::default();
    enter(archive, index, index, "", &mut inside);
    inside
}

/// Opens one, and those inside of it. The depth of nesting is a limit, so this ends.
fn enter(outer: &Archive, index: usize, entry: usize, above: &str, inside: &mut Inside) {
    let Some(one) = outer.entries().get(index) else { return };
    let path = format!("{above}{}", one.path.as_str());
    let archive = match outer.nested(index, &mut Scratch::default()) {
        Ok(archive) if archive.is_zip() => archive,
        // named like an archive and none: data, as far as anybody knows
        Ok(_) => return,
        Err(AnomalyKind::LimitReached(LimitBreach { name: "nesting-depth", .. })) => {
            inside.unopened.push(path);
            return;
        }
        Err(kind) => {
            inside.anomalies.push(Anomaly { entry: Some(entry), kind });
            return;
        }
    };
    if archive.entries().iter().any(|inner| holds_again(one, inner)) {
        inside.anomalies.push(Anomaly { entry: Some(entry), kind: AnomalyKind::HoldsItself });
    }
    let at = inside.archives.len();
    for inner in candidates(&archive).collect::<Vec<_>>() {
        enter(&archive, inner, entry, &format!("{path}!/"), inside);
    }
    let anomalies = archive.structure();
    inside.archives.insert(at, Nested { entry, path, archive: archive.without_bytes(), anomalies });
}

/// Whether an archive is stored in itself: a quine, that opens for ever.
fn holds_again(outer: &Entry, inner: &Entry) -> bool {
    inner.is_file()
        && is_archive_name(inner.path.file_name())
        && (inner.size, inner.crc) == (outer.size, outer.crc)
}
