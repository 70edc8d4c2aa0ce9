//! Reports as people and machines read them. The only room that makes text for the outside; it judges nothing.

pub mod baseline;
pub mod concise;
pub mod effective;
pub mod explain;
pub mod files;
pub mod github;
pub mod gitlab;
pub mod html;
pub mod human;
pub mod json;
pub mod junit;
mod log_line;
mod log_safe;
pub mod markdown;
pub mod native;
pub mod opt;
pub mod rules_table;
pub mod sarif;
pub mod size;
mod snippet;
pub mod starter;
#[cfg(test)]
mod tests;

use crate::triage::report::Report;

/// Where the rules' pages are published.
const PAGES: &str = "https://github.com/layerlint/layerlint/blob/main/rules";

/// How a report is printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// For a terminal.
    Human,
    /// One line a finding.
    Concise,
    /// Version 1 of our own schema.
    Json,
    /// The findings of it, a line each.
    JsonLines,
    /// SARIF 2.1.0.
    Sarif,
    /// Workflow commands of GitHub Actions.
    Github,
    /// GitLab's code quality report.
    Gitlab,
    /// JUnit XML.
    Junit,
    /// A comment of a merge request.
    Markdown,
    /// One file for a browser.
    Html,
}

impl Format {
    /// All formats.
    pub const ALL: [Self; 10] = [
        Self::Human,
        Self::Concise,
        Self::Json,
        Self::JsonLines,
        Self::Sarif,
        Self::Github,
        Self::Gitlab,
        Self::Junit,
        Self::Markdown,
        Self::Html,
    ];

    /// Their names on the command line.
    pub const NAMES: [&'static str; 10] =
        ["human", "concise", "json", "json-lines", "sarif", "github", "gitlab", "junit", "markdown", "html"];

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
    /// Whether rules are links to their pages, for terminals that can.
    pub links: bool,
}

/// The report in a format, ending with a line feed.
pub fn render(format: Format, report: &Report, style: Style) -> String {
    match format {
        Format::Human => log_safe::plain(&human::render(report, style)),
        Format::Concise => log_safe::plain(&concise::render(report)),
        Format::Json => log_safe::json(&json::render(report)),
        Format::JsonLines => log_safe::json(&json::lines(report)),
        Format::Sarif => log_safe::json(&sarif::render(report)),
        Format::Github => github::render(report),
        Format::Gitlab => log_safe::json(&gitlab::render(report)),
        Format::Junit => log_safe::plain(&junit::render(report)),
        Format::Markdown => log_safe::plain(&markdown::render(report)),
        Format::Html => log_safe::plain(&html::render(report)),
    }
}
