//! Versions of symbol sets: `GLIBC_2.34`, `GLIBCXX_3.4.29`.

use std::fmt;

use serde::{Deserialize, Deserializer};

/// The numbers of a symbol version, compared number by number: 2.4 is below 2.34.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SymbolVersion(Vec<u32>);

impl SymbolVersion {
    /// Reads `2.34`. At most eight numbers; anything else is no version.
    pub fn parse(text: &str) -> Option<Self> {
        let numbers: Option<Vec<u32>> = text.split('.').take(9).map(|part| part.parse().ok()).collect();
        numbers.filter(|numbers| numbers.len() <= 8).map(Self)
    }
}

impl fmt::Display for SymbolVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<String> = self.0.iter().map(u32::to_string).collect();
        f.write_str(&parts.join("."))
    }
}

impl<'de> Deserialize<'de> for SymbolVersion {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not a version"))
    }
}

#[cfg(test)]
mod tests {
    use super::SymbolVersion;

    #[test]
    fn versions_compare_by_number() {
        let version = |text| SymbolVersion::parse(text).unwrap();
        assert!(version("2.4") < version("2.34"));
        assert!(version("2.34") < version("2.34.1"));
        assert_eq!(SymbolVersion::parse("PRIVATE"), None);
        assert_eq!(SymbolVersion::parse("1.1.1.1.1.1.1.1.1.1"), None);
    }
}
