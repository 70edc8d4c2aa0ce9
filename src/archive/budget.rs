//! What reading a package may still cost. An archive inside of it draws on the same purse.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use super::{anomaly::LimitBreach, limits::Limits};

/// Bytes that were inflated and the time at which reading ends. Threads share it.
pub(super) struct Budget {
    inflated: AtomicU64,
    /// Nothing when the time is so long that no clock reaches it.
    deadline: Option<Instant>,
}

impl Budget {
    pub(super) fn of(limits: &Limits) -> Self {
        let deadline = Instant::now().checked_add(Duration::from_secs(limits.seconds));
        Self { inflated: AtomicU64::new(0), deadline }
    }

    /// Takes bytes that are about to be inflated; says which limit forbids it.
    pub(super) fn spend(&self, bytes: u64, limits: &Limits) -> Result<(), LimitBreach> {
        if self.deadline.is_some_and(|deadline| Instant::now() > deadline) {
            let actual = limits.seconds.saturating_add(1);
            return Err(LimitBreach { name: "seconds", limit: limits.seconds, actual });
        }
        let before = self.inflated.fetch_add(bytes, Ordering::Relaxed);
        if before.saturating_add(bytes) > limits.real_bytes {
            let actual = limits.real_bytes.saturating_add(1);
            return Err(LimitBreach { name: "real-bytes", limit: limits.real_bytes, actual });
        }
        Ok(())
    }
}
