//! Sizes as a type of their own, so that a count is never mistaken for bytes.

use std::{fmt, iter::Sum, ops::AddAssign};

use serde::{Deserialize, Serialize};

/// A number of bytes. Arithmetic saturates: a hostile header cannot wrap it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Bytes(pub u64);

impl Bytes {
    /// What is left of `self` after `other`, or nothing.
    #[must_use]
    pub fn saturating_sub(self, other: Self) -> Self {
        Self(self.0.saturating_sub(other.0))
    }

    /// The sum, or the largest number.
    #[must_use]
    pub fn saturating_add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }

    /// For people: `12.4 MB` (decimal megabytes, as AWS prints and bills them), `740 bytes`.
    pub fn human(self) -> String {
        const UNITS: [(u64, &str); 3] = [(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];
        for (unit, name) in UNITS {
            if self.0 >= unit {
                let tenths = u128::from(self.0) * 10 / u128::from(unit);
                return format!("{}.{} {name}", tenths / 10, tenths % 10);
            }
        }
        format!("{} {}", self.0, if self.0 == 1 { "byte" } else { "bytes" })
    }

    /// The exact number with thousands separators: `262,144,000`.
    pub fn grouped(self) -> String {
        let digits = self.0.to_string();
        let mut out = String::with_capacity(digits.len() + digits.len() / 3);
        for (at, digit) in digits.chars().enumerate() {
            if at > 0 && (digits.len() - at).is_multiple_of(3) {
                out.push(',');
            }
            out.push(digit);
        }
        out
    }
}

impl fmt::Display for Bytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.human())
    }
}

impl AddAssign for Bytes {
    fn add_assign(&mut self, other: Self) {
        *self = self.saturating_add(other);
    }
}

impl Sum for Bytes {
    fn sum<I: Iterator<Item = Self>>(iter: I) -> Self {
        iter.fold(Self(0), Self::saturating_add)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_read_well() {
        assert_eq!(Bytes(1).human(), "1 byte");
        assert_eq!(Bytes(999).human(), "999 bytes");
        assert_eq!(Bytes(262_144_000).human(), "262.1 MB");
        assert_eq!(Bytes(u64::MAX).human(), "18446744073.7 GB");
        assert_eq!(Bytes(262_144_000).grouped(), "262,144,000");
        assert_eq!(Bytes(12).grouped(), "12");
    }

    #[test]
    fn sums_saturate() {
        assert_eq!([Bytes(u64::MAX), Bytes(1)].into_iter().sum::<Bytes>(), Bytes(u64::MAX));
    }
}
