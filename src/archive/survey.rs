//! What the list of entries alone shows to be wrong.

use std::collections::HashMap;

use crate::model::size::Bytes;

use super::{
    anomaly::{Anomaly, AnomalyKind, LimitBreach},
    entry::{Entry, EntryKind, Method},
    limits::Limits,
};

/// The most that deflate can expand one byte to.
pub(super) const DEFLATE_RATIO: u64 = 1032;

/// Bytes that a deflate stream may expand to beyond the ratio: a stored or fixed block of a tiny stream.
const RATIO_SLACK: u64 = 1 << 10;

/// Everything wrong that needs no reading.
pub(super) fn anomalies(entries: &[Entry], limits: &Limits) -> Vec<Anomaly> {
    let mut found = Vec::new();
    duplicates(entries, &mut found);
    for (index, entry) in entries.iter().enumerate() {
        found.extend(of_entry(entry, limits).map(|kind| Anomaly { entry: Some(index), kind }));
    }
    let total: Bytes = entries.iter().map(|entry| entry.size).sum();
    if total.0 > limits.bytes {
        let breach = LimitBreach { name: "bytes", limit: limits.bytes, actual: total.0 };
        found.push(Anomaly { entry: None, kind: AnomalyKind::LimitReached(breach) });
    }
    found
}

fn of_entry(entry: &Entry, limits: &Limits) -> Option<AnomalyKind> {
    if entry.is_encrypted() {
        return Some(AnomalyKind::Encrypted);
    }
    if !entry.method.is_supported() {
        return Some(AnomalyKind::UnsupportedMethod(entry.method.into()));
    }
    if is_impossible(entry) {
        return Some(AnomalyKind::ImpossibleRatio { compressed: entry.compressed, declared: entry.size });
    }
    (entry.size.0 > limits.entry_bytes).then_some(AnomalyKind::LimitReached(LimitBreach {
        name: "entry-bytes",
        limit: limits.entry_bytes,
        actual: entry.size.0,
    }))
}

/// Whether an entry declares more than its compressed bytes can hold.
pub(super) fn is_impossible(entry: &Entry) -> bool {
    let most = entry.compressed.0.saturating_mul(DEFLATE_RATIO).saturating_add(RATIO_SLACK);
    entry.method == Method::DEFLATED && entry.size.0 > most
}

/// Paths that two entries have. A folder named twice is harmless.
fn duplicates(entries: &[Entry], found: &mut Vec<Anomaly>) {
    let mut first_of: HashMap<&str, usize> = HashMap::with_capacity(entries.len());
    for (index, entry) in entries.iter().enumerate() {
        let first = *first_of.entry(entry.path.as_str()).or_insert(index);
        let Some(other) = entries.get(first).filter(|_| first != index) else { continue };
        if entry.kind == EntryKind::Directory && other.kind == EntryKind::Directory {
            continue;
        }
        let same_content = entry.crc == other.crc && entry.size == other.size;
        found.push(Anomaly { entry: Some(index), kind: AnomalyKind::DuplicateEntry { first, same_content } });
    }
}
