//! Other people's YAML and JSON as one tree with places: what templates, plans and command-line output are read from.
//!
//! The tree is flat: nodes are numbers into one list, an alias of YAML is the number of what it names. Nothing is expanded, so a text
//! of a kilobyte stays a kilobyte; whoever walks the tree bounds the walk.

mod build;
pub(crate) mod json;
pub(super) mod lines;
pub(crate) mod made;
pub(crate) mod veil;
mod yaml;

use std::ops::Range;

use crate::model::place::{ReportPath, SourceSpan};

use super::error::UsageError;
use build::{Key, Kind, Node};
use lines::Lines;

/// Bytes of one text. `CloudFormation` takes a template of 1 MB; a plan of Terraform can be larger by far.
pub(crate) const LONGEST: usize = 64 * 1024 * 1024;

/// A comment, for those that speak to us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Comment {
    /// Without the leading `#`.
    pub text: String,
    /// Where.
    pub at: SourceSpan,
    /// Whether nothing else stands on its line.
    pub alone: bool,
}

/// A text that was read.
#[derive(Debug)]
pub struct Document {
    /// How reports name it.
    pub file: ReportPath,
    /// The text, without a byte-order mark.
    pub text: String,
    /// Its comments in order; JSON has none.
    pub comments: Vec<Comment>,
    nodes: Vec<Node>,
    roots: Vec<usize>,
    lines: Lines,
    repeated: Vec<Range<usize>>,
}

impl Document {
    /// Reads YAML or JSON, told apart by the first character, as `CloudFormation` does.
    pub fn read(file: ReportPath, text: String) -> Result<Self, UsageError> {
        let is_json = text.trim_start_matches('\u{feff}').trim_start().starts_with(['{', '[']);
        if is_json && !file.as_str().ends_with(".yml") && !file.as_str().ends_with(".yaml") {
            Self::json(file, text)
        } else {
            Self::yaml(file, text)
        }
    }

    /// Reads YAML: one or more documents.
    pub fn yaml(file: ReportPath, text: String) -> Result<Self, UsageError> {
        let (file, text) = admit(file, text)?;
        yaml::read(file, text)
    }

    /// Reads JSON: one value, or several one after the other as a loop in a shell leaves them.
    pub fn json(file: ReportPath, text: String) -> Result<Self, UsageError> {
        let (file, text) = admit(file, text)?;
        json::read(file, text)
    }

    /// A text of which nothing is read but where its lines are: the source of a program.
    pub(crate) fn plain(file: ReportPath, text: String) -> Self {
        let lines = Lines::of(&text);
        let (comments, nodes, roots, repeated) = Default::default();
        Self { file, text, comments, nodes, roots, lines, repeated }
    }

    /// The byte at which a line begins; lines count from 1.
    pub(crate) fn start_of_line(&self, line: usize) -> Option<usize> {
        self.lines.start_of(line)
    }

    /// The first value; nothing of an empty text.
    pub fn root(&self) -> Option<Located<'_>> {
        self.roots().next()
    }

    /// All values of the text.
    pub fn roots(&self) -> impl Iterator<Item = Located<'_>> {
        self.roots.iter().map(|id| Located { document: self, id: *id })
    }

    /// The place of some bytes.
    pub fn span(&self, range: &Range<usize>) -> SourceSpan {
        self.lines.span(&self.file, &self.text, range)
    }

    /// Keys that a map has twice, with the place of the second: parsers disagree about which of them counts.
    pub fn repeated_keys(&self) -> impl Iterator<Item = (&str, SourceSpan)> {
        self.repeated.iter().map(|range| {
            let key = self.text.get(range.clone()).unwrap_or_default();
            (key.trim_matches(['"', '\'']), self.span(range))
        })
    }
}

/// The fault of a text of more than [`LONGEST`] bytes.
pub(crate) fn too_long(file: &ReportPath) -> UsageError {
    UsageError::new(format!("{file} is too long to be read: more than {LONGEST} bytes"))
}

fn admit(file: ReportPath, text: String) -> Result<(ReportPath, String), UsageError> {
    if text.len() > LONGEST {
        return Err(too_long(&file));
    }
    let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
    Ok((file, text))
}

/// One value of a document.
#[derive(Clone, Copy, Debug)]
pub struct Located<'a> {
    document: &'a Document,
    id: usize,
}

/// What a value is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// `null`, `~` or nothing.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number; its digits are [`Located::scalar`].
    Number,
    /// A string.
    Text,
    /// A list.
    List,
    /// A map.
    Map,
}

/// A key of a map with its value.
#[derive(Clone, Copy, Debug)]
pub struct Pair<'a> {
    /// The key.
    pub key: &'a str,
    /// The value.
    pub value: Located<'a>,
    document: &'a Document,
    range: &'a Range<usize>,
}

impl Pair<'_> {
    /// The bytes of the key in the text.
    pub fn key_range(&self) -> Range<usize> {
        self.range.clone()
    }

    /// Where the key is.
    pub fn key_span(&self) -> SourceSpan {
        self.document.span(self.range)
    }
}

/// How many maps a merge key (`<<`) may lead through.
const MERGES: usize = 8;

impl<'a> Located<'a> {
    fn node(self) -> &'a Node {
        self.document.nodes.get(self.id).unwrap_or(&build::NOTHING)
    }

    /// What makes two values the same place of a document: for guards against endless walks.
    pub fn id(self) -> usize {
        self.id
    }

    /// The document it is in.
    pub fn document(self) -> &'a Document {
        self.document
    }

    /// What it is.
    pub fn shape(self) -> Shape {
        match &self.node().kind {
            Kind::Null => Shape::Null,
            Kind::Bool(value) => Shape::Bool(*value),
            Kind::Number(_) => Shape::Number,
            Kind::Text(_) => Shape::Text,
            Kind::List(_) => Shape::List,
            Kind::Map(_) => Shape::Map,
        }
    }

    /// Where it is.
    pub fn span(self) -> SourceSpan {
        self.document.span(&self.node().range)
    }

    /// Its bytes in the text.
    pub fn range(self) -> Range<usize> {
        self.node().range.clone()
    }

    /// The string, if it is one.
    pub fn text(self) -> Option<&'a str> {
        match &self.node().kind {
            Kind::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The string, or the number or truth value as it is written.
    pub fn scalar(self) -> Option<&'a str> {
        match &self.node().kind {
            Kind::Text(text) | Kind::Number(text) => Some(text),
            Kind::Bool(true) => Some("true"),
            Kind::Bool(false) => Some("false"),
            Kind::Null | Kind::List(_) | Kind::Map(_) => None,
        }
    }

    /// Whether it is a truth value (or the text of one) that is true.
    pub fn is_true(self) -> bool {
        self.scalar().is_some_and(|text| text.eq_ignore_ascii_case("true"))
    }

    /// The members of a list; none of anything else.
    pub fn items(self) -> impl Iterator<Item = Located<'a>> {
        let ids = if let Kind::List(ids) = &self.node().kind { ids.as_slice() } else { &[] };
        ids.iter().map(move |id| Located { document: self.document, id: *id })
    }

    /// The keys and values of a map in order; none of anything else.
    pub fn pairs(self) -> impl Iterator<Item = Pair<'a>> {
        let pairs = if let Kind::Map(pairs) = &self.node().kind { pairs.list.as_slice() } else { &[] };
        pairs.iter().map(move |pair| self.pair_of(pair))
    }

    fn pair_of(self, (key, id): &'a (Key, usize)) -> Pair<'a> {
        Pair {
            key: &key.text,
            value: Located { document: self.document, id: *id },
            document: self.document,
            range: &key.range,
        }
    }

    /// The pair of a key; the last one where a map has it twice. Merge keys of YAML are followed.
    pub fn pair(self, key: &str) -> Option<Pair<'a>> {
        self.pair_within(key, MERGES)
    }

    fn pair_within(self, key: &str, merges: usize) -> Option<Pair<'a>> {
        let left = merges.checked_sub(1)?;
        let Kind::Map(pairs) = &self.node().kind else { return None };
        pairs.find(key).map(|pair| self.pair_of(pair)).or_else(|| {
            let base = self.pair_of(pairs.find("<<")?).value;
            match base.shape() {
                Shape::Map => base.pair_within(key, left),
                _ => base.items().take(MERGES).find_map(|one| one.pair_within(key, left)),
            }
        })
    }

    /// The value of a key.
    pub fn get(self, key: &str) -> Option<Located<'a>> {
        self.pair(key).map(|pair| pair.value)
    }

    /// The value at the end of several keys.
    pub fn at(self, keys: &[&str]) -> Option<Located<'a>> {
        keys.iter().try_fold(self, |value, key| value.get(key))
    }

    /// The single pair of a map that has just one: the shape of an intrinsic function.
    pub fn only_pair(self) -> Option<Pair<'a>> {
        let mut pairs = self.pairs();
        let first = pairs.next()?;
        pairs.next().is_none().then_some(first)
    }
}

#[cfg(test)]
mod tests;
