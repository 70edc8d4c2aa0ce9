//! The tables that layerlint knows Lambda by, each with the day on which it was true.

/// Name and day (`2026-11-20`) of each table of `rules/data`, sorted by name.
pub static TABLES: &[(&str, &str)] = include!(concat!(env!("OUT_DIR"), "/tables.rs"));

#[cfg(test)]
mod tests {
    use super::TABLES;

    #[test]
    fn every_table_has_a_day() {
        assert!(TABLES.iter().any(|(name, _)| *name == "runtimes"));
        for (name, day) in TABLES {
            assert!(day.parse::<jiff::civil::Date>().is_ok(), "{name}: {day}");
        }
    }
}
