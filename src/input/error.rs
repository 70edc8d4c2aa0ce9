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
        let start = range.start.min(text.len());
        let length = range.end.min(text.len()).saturating_sub(start);
        self.source_code = Some(NamedSource::new(SafeText::new(file).as_str(), printable(text)));
        self.span = Some(Span::from((start, length)));
        label.clone_into(&mut self.label);
        self
    }
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
