//! Condition operators: how they compare, and what they say of a caller who has no such key.

/// The operators of IAM without their set prefix and without `IfExists`.
const KNOWN: [&str; 27] = [
    "StringEquals",
    "StringNotEquals",
    "StringEqualsIgnoreCase",
    "StringNotEqualsIgnoreCase",
    "StringLike",
    "StringNotLike",
    "NumericEquals",
    "NumericNotEquals",
    "NumericLessThan",
    "NumericLessThanEquals",
    "NumericGreaterThan",
    "NumericGreaterThanEquals",
    "DateEquals",
    "DateNotEquals",
    "DateLessThan",
    "DateLessThanEquals",
    "DateGreaterThan",
    "DateGreaterThanEquals",
    "Bool",
    "BinaryEquals",
    "IpAddress",
    "NotIpAddress",
    "ArnEquals",
    "ArnLike",
    "ArnNotEquals",
    "ArnNotLike",
    "Null",
];

/// The prefix that compares sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Set {
    /// None.
    One,
    /// `ForAnyValue:`, false without the key.
    Any,
    /// `ForAllValues:`, true without the key.
    All,
    /// No prefix that AWS knows.
    Unknown,
}

/// How an operator compares.
pub(super) struct Operator<'a> {
    base: &'a str,
    /// The prefix.
    pub(super) set: Set,
    /// Whether it is true without the key because it ends in `IfExists`.
    pub(super) if_exists: bool,
}

impl<'a> Operator<'a> {
    /// Takes an operator apart.
    pub(super) fn of(text: &'a str) -> Self {
        let (set, rest) = match text.split_once(':') {
            Some((prefix, rest)) => (Set::of(prefix), rest),
            None => (Set::One, text),
        };
        let cut = rest.len().saturating_sub("IfExists".len());
        let if_exists = rest.get(cut..).is_some_and(|end| end.eq_ignore_ascii_case("IfExists"));
        let base = if if_exists { rest.get(..cut).unwrap_or_default() } else { rest };
        Self { base, set, if_exists }
    }

    fn is(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.base.eq_ignore_ascii_case(name))
    }

    /// Whether AWS knows it. `Null` asks for the key itself, so neither a set nor `IfExists` goes with it.
    pub(super) fn is_known(&self) -> bool {
        let alone = !self.is_null() || (self.set == Set::One && !self.if_exists);
        self.set != Set::Unknown && alone && self.is(&KNOWN)
    }

    /// Whether it asks only if the key is there.
    pub(super) fn is_null(&self) -> bool {
        self.is(&["Null"])
    }

    /// Whether it is true for everything but the values.
    pub(super) fn is_negated(&self) -> bool {
        self.base.to_ascii_lowercase().contains("not")
    }

    /// Whether it can fix a name: numbers, dates, flags and networks cannot.
    pub(super) fn compares_names(&self) -> bool {
        self.is(&["StringEquals", "StringEqualsIgnoreCase", "StringLike", "ArnEquals", "ArnLike"])
            || self.is(&[
                "StringNotEquals",
                "StringNotEqualsIgnoreCase",
                "StringNotLike",
                "ArnNotEquals",
                "ArnNotLike",
            ])
    }

    /// Whether `*` and `?` mean more than themselves in its values.
    pub(super) fn takes_wildcards(&self) -> bool {
        self.is(&["StringLike", "ArnLike", "ArnEquals", "StringNotLike", "ArnNotLike", "ArnNotEquals"])
    }

    /// Whether case counts in its values.
    pub(super) fn ignores_case(&self) -> bool {
        self.is(&["StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"])
    }
}

impl Set {
    fn of(prefix: &str) -> Self {
        if prefix.eq_ignore_ascii_case("ForAnyValue") {
            Self::Any
        } else if prefix.eq_ignore_ascii_case("ForAllValues") {
            Self::All
        } else {
            Self::Unknown
        }
    }
}
