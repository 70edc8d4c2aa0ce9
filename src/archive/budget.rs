//! What reading a package may still cost. An archive inside of it draws on the same purse.

use std::{
    sync::atomic::{AtomicU64, Ordering},
    time::{Duration, Instant},
};

use super::{anomaly::LimitBreach, limits::Limits};

/// Bytes that were inflated and the time that threads have worked on what they read. Threads share it.
///
/// The time in which nobody reads the package does not count: of hundreds that are opened together, each waits for the others.
#[derive(Default)]
pub(super) struct Budget {
    inflated: AtomicU64,
    nanoseconds: AtomicU64,
}

/// Whose entry a thread has read last, and since when: until it reads the next one, it works on that.
#[derive(Default)]
pub(super) struct Watch(Option<(usize, Instant)>);

impl Budget {
    /// Takes bytes that are about to be inflated; says which limit forbids it.
    pub(super) fn spend(&self, bytes: u64, limits: &Limits, watch: &mut Watch) -> Result<(), LimitBreach> {
        let worked = self.nanoseconds_since(watch);
        let before = self.nanoseconds.fetch_add(worked, Ordering::Relaxed);
        if Duration::from_nanos(before.saturating_add(worked)) >= Duration::from_secs(limits.seconds) {
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

    /// Takes bytes without asking.
    pub(super) fn count(&self, bytes: u64) {
        self.inflated.fetch_add(bytes, Ordering::Relaxed);
    }

    #[cfg(test)]
    pub(super) fn inflated(&self) -> u64 {
        self.inflated.load(Ordering::Relaxed)
    }

    /// How long the thread has worked on this package since it read last, if it did; its next read begins now.
    fn nanoseconds_since(&self, watch: &mut Watch) -> u64 {
        let (whose, now) = (std::ptr::from_ref(self).addr(), Instant::now());
        let last = watch.0.replace((whose, now)).filter(|(before, _)| *before == whose);
        let worked = last.map(|(_, since)| now.saturating_duration_since(since)).unwrap_or_default();
        u64::try_from(worked.as_nanos()).unwrap_or(u64::MAX)
    }
}
