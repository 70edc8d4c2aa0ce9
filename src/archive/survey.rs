//! What the list of entries alone shows to be wrong.

use std::collections::HashMap;

use crate::model::size::Bytes;

use super::{
    anomaly::{Anomaly, AnomalyKind, LimitBreach},
    entry::{Entry, EntryKind, Method},
    limits::Limits,
};

/// The most that deflate can expand one byte to.
const DEFLATE_RATIO: u64 = 1032;

/// Bytes that a deflate stream may expand to beyond the ratio: a stored or fixed block of a tiny stream.
const RATIO_SLACK: u64 = 1 << 10;

/// Everything wrong that needs no reading.
pub(super) fn anomalies(entries: &[Entry], limits: &Limits) -> Vec<Anomaly> {
    let mut found = Vec::new();
    duplicates(entries, &mut found);
    for (index, entry) in entries.iter().enumerate() {
        found.extend(of_entry(entry, limits).map(|kind| Anomaly { entry: Some(index), kind }));
    }
    found.extend(
        too_much(entries, limits)
            .map(|breach| Anomaly { entry: None, kind: AnomalyKind::LimitReached(breach) }),
    );
    found
}

/// The limit on all entries together, if they exceed it. Compressed bytes count too: entries that share them cost them each time.
pub(super) fn too_much(entries: &[Entry], limits: &Limits) -> Option<LimitBreach> {
    // what no stream can hold is never inflated, and told by itself
    let declared: Bytes = entries.iter().filter(|entry| !is_impossible(entry)).map(|entry| entry.size).sum();
    let compressed: Bytes = entries.iter().map(|entry| entry.compressed).sum();
    let actual = declared.max(compressed).0;
    (actual > limits.bytes).then_some(LimitBreach { name: "bytes", limit: limits.bytes, actual })
}

/// The limit on one entry, if it exceeds it.
fn too_large(entry: &Entry, limits: &Limits) -> Option<LimitBreach> {
    let actual = entry.size.max(entry.compressed).0;
    if actual > limits.entry_bytes {
        return Some(LimitBreach { name: "entry-bytes", limit: limits.entry_bytes, actual });
    }
    (entry.method == Method::DEFLATED && expands_beyond(entry, limits.ratio)).then(|| LimitBreach {
        name: "ratio",
        limit: limits.ratio,
        actual: entry.size.0.div_ceil(entry.compressed.0.max(1)),
    })
}

/// The limit on a path, if it exceeds it. It is looked at all the same.
fn too_long(entry: &Entry, limits: &Limits) -> Option<LimitBreach> {
    let actual = u64::try_from(entry.name_bytes().len()).unwrap_or(u64::MAX);
    (actual > limits.name_length).then_some(LimitBreach {
        name: "name-length",
        limit: limits.name_length,
        actual,
    })
}

/// Whether an entry declares more than so many times its compressed bytes.
fn expands_beyond(entry: &Entry, ratio: u64) -> bool {
    entry.size.0 > entry.compressed.0.saturating_mul(ratio).saturating_add(RATIO_SLACK)
}

fn of_entry(entry: &Entry, limits: &Limits) -> Option<AnomalyKind> {
    unreadable(entry).or_else(|| {
        too_large(entry, limits).or_else(|| too_long(entry, limits)).map(AnomalyKind::LimitReached)
    })
}

/// Why an entry is not read as a whole.
pub(super) fn refusal(entry: &Entry, limits: &Limits) -> Option<AnomalyKind> {
    unreadable(entry).or_else(|| too_large(entry, limits).map(AnomalyKind::LimitReached))
}

/// Why the content of an entry cannot be had, whatever the limits.
pub(super) fn unreadable(entry: &Entry) -> Option<AnomalyKind> {
    if entry.is_encrypted() {
        return Some(AnomalyKind::Encrypted);
    }
    if !entry.method.is_supported() {
        return Some(AnomalyKind::UnsupportedMethod(entry.method.into()));
    }
    is_impossible(entry)
        .then_some(AnomalyKind::ImpossibleRatio { compressed: entry.compressed, declared: entry.size })
}

/// Whether an entry declares more than its compressed bytes can hold.
fn is_impossible(entry: &Entry) -> bool {
    entry.method == Method::DEFLATED && expands_beyond(entry, DEFLATE_RATIO)
}

/// Paths that two entries have. A folder named twice is harmless.
fn duplicates(entries: &[Entry], found: &mut Vec<Anomaly>) {
    let mut first_of: HashMap<&[u8], usize> = HashMap::with_capacity(entries.len());
    for (index, entry) in entries.iter().enumerate() {
        let first = *first_of.entry(identity(entry)).or_insert(index);
        let Some(other) = entries.get(first).filter(|_| first != index) else { continue };
        if entry.kind == EntryKind::Directory && other.kind == EntryKind::Directory {
            continue;
        }
        let same_content = entry.crc == other.crc && entry.size == other.size;
        found.push(Anomaly { entry: Some(index), kind: AnomalyKind::DuplicateEntry { first, same_content } });
    }
}

/// What tells paths apart: names that are not UTF-8 look alike once they are decoded.
fn identity(entry: &Entry) -> &[u8] {
    if entry.path.as_str().contains(char::REPLACEMENT_CHARACTER) {
        entry.name_bytes()
    } else {
        entry.path.as_str().as_bytes()
    }
}
