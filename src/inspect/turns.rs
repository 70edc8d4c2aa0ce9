//! Large sources are taken apart one after the other: their trees together would be more than a small machine holds.

use std::sync::{Mutex, PoisonError};

/// Bytes of a source that may be taken apart beside others. A tree is up to a hundred times its source.
const SMALL: usize = 512 << 10;

/// Whoever holds it has a large tree.
static LARGE: Mutex<()> = Mutex::new(());

/// Does the work on a source of so many bytes, alone if it is large.
pub(super) fn in_turn<T>(bytes: usize, work: impl FnOnce() -> T) -> T {
    // a thread that panicked has left nothing half-done behind this lock
    let _alone = (bytes > SMALL).then(|| LARGE.lock().unwrap_or_else(PoisonError::into_inner));
    work()
}
