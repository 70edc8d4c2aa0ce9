//! Reading a table that is compiled in.

use serde::de::DeserializeOwned;

/// Parses a compiled-in table.
#[expect(clippy::expect_used, reason = "the tables are part of the program, and a test parses each of them")]
pub(super) fn parse<T: DeserializeOwned>(text: &str) -> T {
    toml::from_str(text).expect("a table of rules/data is valid")
}

/// A day as TOML writes it.
pub(super) fn date(value: toml::value::Datetime) -> Option<jiff::civil::Date> {
    let date = value.date?;
    let (year, month, day) = (i16::try_from(date.year), i8::try_from(date.month), i8::try_from(date.day));
    jiff::civil::Date::new(year.ok()?, month.ok()?, day.ok()?).ok()
}
