//! What a person can mend before anything is scanned: shown by miette with the line it is about.

use miette::{Diagnostic, NamedSource, SourceSpan as Span};

use crate::model::text::SafeText;

/// A fault of the command line, of the configuration, or of a path.
#[derive(Debug, thiserror::Error, Diagnostic)]
#[error("{message}")]
pub struct UsageError {
    message: String,
    #[help]
    help: Option<String>,
    #[source_code]
    source_code: Option<NamedSource<String>>,
    #[label("{label}")]
    span: Option<Span>,
    label: String,
}

impl UsageError {
    /// A fault without a source line.
    pub fn new(message: impl AsRef<str>) -> Self {
        Self {
            message: SafeText::new(message).as_str().to_owned(),
            help: None,
            source_code: None,
            span: None,
            label: String::new(),
        }
    }

    /// What to do about it.
    #[must_use]
    pub fn help(mut self, help: impl AsRef<str>) -> Self {
        self.help = Some(SafeText::new(help).as_str().to_owned());
        self
    }

    /// The text it stands in, and which bytes of it are meant.
    #[must_use]
    pub fn in_text(mut self, file: &str, text: &str, range: std::ops::Range<usize>, label: &str) -> Self {
        let part = |range: std::ops::Range<usize>| text.get(range).unwrap_or_default();
        let before = part(0..range.start);
        if is_machine_made(before, part(range.clone()), part(range.end..text.len())) {
            return self.at_place(file, before);
        }
        let start = range.start.min(text.len());
        let length = range.end.min(text.len()).saturating_sub(start);
        self.source_code = Some(NamedSource::new(SafeText::new(file).as_str(), printable(text)));
        self.span = Some(Span::from((start, length)));
        label.clone_into(&mut self.label);
        self
    }

    /// Line and column in words, where the line itself is not for people.
    fn at_place(mut self, file: &str, before: &str) -> Self {
        let line = before.matches('\n').count().saturating_add(1);
        let column = before.rsplit('\n').next().unwrap_or_default().chars().count().saturating_add(1);
        let place = SafeText::new(format!("{file}:{line}:{column}"));
        if !self.message.contains(place.as_str()) {
            self.message = format!("{} ({place})", self.message);
        }
        self
    }
}

/// Bytes of a line that is still shown.
const LONGEST_LINE: usize = 500;

/// Whether the lines that would be shown are longer than people write them.
fn is_machine_made(before: &str, meant: &str, behind: &str) -> bool {
    let around = before.rsplit('\n').take(2).chain(behind.split('\n').take(2));
    around.chain(meant.lines()).any(|part| part.len() > LONGEST_LINE)
}

/// The same text with control characters replaced by a character of one byte, so that spans keep their place.
fn printable(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_ascii_control() && !matches!(c, '\n' | '\t' | '\r') { '?' } else { c })
        .collect()
}

/// ` (did you mean "x"?)` when a near name exists, else nothing.
pub fn did_you_mean<'a>(written: &str, names: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    names
        .into_iter()
        .map(|name| (strsim::damerau_levenshtein(written, name), name))
        .filter(|(distance, name)| *distance <= (name.len() / 3).max(1))
        .min_by_key(|(distance, name)| (*distance, name.len()))
        .map(|(_, name)| name)
}
