//! Where a finding is: a line of a source file, an entry of a package, or both.

use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize};

use super::{entry_path::EntryPath, text::SafeText};

/// A path relative to where the run was started, with `/` between components; shown escaped.
///
/// It cannot hold an absolute path: the leading `/`, drive letters and `..` above the start are cut or kept relative by the one
/// constructor, so no report can carry a path of the machine it was made on.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(transparent)]
pub struct ReportPath(SafeText);

impl ReportPath {
    /// Takes a path as text. Backslashes of Windows become slashes; an absolute path keeps its last two components only.
    pub fn new(path: &str) -> Self {
        let slashed = path.replace('\\', "/");
        let absolute = slashed.starts_with('/') || slashed.get(1..3).is_some_and(|rest| rest == ":/");
        let parts: Vec<&str> = slashed.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
        let skip = if absolute { parts.len().saturating_sub(2) } else { 0 };
        Self(SafeText::new(parts.into_iter().skip(skip).collect::<Vec<_>>().join("/")))
    }

    /// The relative path with slashes.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last component.
    pub fn file_name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or_default()
    }
}

impl std::fmt::Display for ReportPath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl<'de> Deserialize<'de> for ReportPath {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::new(&String::deserialize(deserializer)?))
    }
}

/// A region of a source file that a person can edit: a template, a configuration, a policy.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct SourceSpan {
    /// The file.
    pub file: ReportPath,
    /// Line, counted from 1.
    pub line: u32,
    /// Column in characters, counted from 1.
    pub column: u32,
    /// Byte offset of the region in the file.
    pub offset: usize,
    /// Length of the region in bytes; 0 when only the position is known.
    pub length: usize,
}

impl SourceSpan {
    /// The span of `range` (bytes) in `text`. A range outside the text is clamped to its end.
    pub fn locate(file: &ReportPath, text: &str, range: std::ops::Range<usize>) -> Self {
        let mut offset = range.start.min(text.len());
        while !text.is_char_boundary(offset) {
            offset -= 1;
        }
        let before = text.get(..offset).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let line = before.bytes().filter(|byte| *byte == b'\n').count() + 1;
        let column = before.get(line_start..).unwrap_or_default().chars().count() + 1;
        Self {
            file: file.clone(),
            line: u32::try_from(line).unwrap_or(u32::MAX),
            column: u32::try_from(column).unwrap_or(u32::MAX),
            offset,
            length: range.end.min(text.len()).saturating_sub(offset),
        }
    }
}

/// A package as findings name it: the alias that people gave it and the file it is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PackageLabel {
    /// The alias: the configuration's key, or the path when there is none. Part of a finding's identity.
    pub name: SafeText,
    /// The zip or folder.
    pub path: ReportPath,
}

/// Where a finding is. At least one of `package` and `source` is there.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Place {
    package: Option<Arc<PackageLabel>>,
    entry: Option<EntryPath>,
    source: Option<SourceSpan>,
}

impl Place {
    /// A package as a whole.
    pub fn package(package: &Arc<PackageLabel>) -> Self {
        Self { package: Some(Arc::clone(package)), entry: None, source: None }
    }

    /// An entry of a package.
    pub fn entry(package: &Arc<PackageLabel>, entry: EntryPath) -> Self {
        Self { package: Some(Arc::clone(package)), entry: Some(entry), source: None }
    }

    /// A region of a source file.
    pub fn source(span: SourceSpan) -> Self {
        Self { package: None, entry: None, source: Some(span) }
    }

    /// The same place, with the line that declares it.
    #[must_use]
    pub fn declared_at(mut self, span: Option<&SourceSpan>) -> Self {
        if self.source.is_none() {
            self.source = span.cloned();
        }
        self
    }

    /// The package, if the place is in one.
    pub fn label(&self) -> Option<&Arc<PackageLabel>> {
        self.package.as_ref()
    }

    /// The entry, if the place is one.
    pub fn entry_path(&self) -> Option<&EntryPath> {
        self.entry.as_ref()
    }

    /// The line of a source file, if one is known.
    pub fn source_span(&self) -> Option<&SourceSpan> {
        self.source.as_ref()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_path_is_never_absolute() {
        assert_eq!(ReportPath::new("/home/me/dist/x.zip").as_str(), "dist/x.zip");
        assert_eq!(ReportPath::new("C:\\build\\dist\\x.zip").as_str(), "dist/x.zip");
        assert_eq!(ReportPath::new("./dist/x.zip").as_str(), "dist/x.zip");
        assert_eq!(ReportPath::new("../x.zip").as_str(), "../x.zip");
    }

    #[test]
    fn spans_count_lines_and_characters_from_one() {
        let file = ReportPath::new("t.toml");
        let text = "ä = 1\nbb = 2\n";
        let span = SourceSpan::locate(&file, text, 7..9);
        assert_eq!((span.line, span.column, span.length), (2, 1, 2));
        let past = SourceSpan::locate(&file, text, 900..901);
        assert_eq!((past.line, past.length), (3, 0));
        assert_eq!(SourceSpan::locate(&file, text, 1..2).column, 1);
    }
}
