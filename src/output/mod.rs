//! Reports as people and machines read them. The only room that makes text for the outside; it judges nothing.

pub mod concise;
pub mod explain;
pub mod files;
pub mod human;
pub mod json;
mod log_safe;
pub mod rules_table;
pub mod sarif;
mod snippet;
#[cfg(test)]
mod tests;

use crate::triage::report::Report;

/// How a report is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For a terminal.
    Human,
    /// One line a finding.
    Concise,
    /// Version 1 of our own schema.
    Json,
    /// SARIF 2.1.0.
    Sarif,
}

impl Format {
    /// All formats.
    pub const ALL: [Self; 4] = [Self::Human, Self::Concise, Self::Json, Self::Sarif];

    /// Their names on the command line.
    pub const NAMES: [&'static str; 4] = ["human", "concise", "json", "sarif"];

    /// Reads a name.
    pub fn parse(name: &str) -> Option<Self> {
        let at = Self::NAMES.iter().position(|one| *one == name)?;
        Self::ALL.get(at).copied()
    }
}

/// How text for people is dressed.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// Whether to use colour.
    pub color: bool,
    /// Columns that may be filled.
    pub width: usize,
}

/// The report in a format, ending with a line feed.
pub fn render(format: Format, report: &Report, style: Style) -> String {
    match format {
        Format::Human => log_safe::plain(&human::render(report, style)),
        Format::Concise => log_safe::plain(&concise::render(report)),
        Format::Json => log_safe::json(&json::render(report)),
        Format::Sarif => log_safe::json(&sarif::render(report)),
    }
}
