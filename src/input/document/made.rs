//! Another tree over the same text: what a format means, with the places of what is written.

use std::ops::Range;

use super::{
    Document, Located, Shape,
    build::{Builder, Key, Kind},
    lines::Lines,
};

/// A value of such a tree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Made {
    kind: MadeKind,
    range: Range<usize>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum MadeKind {
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    List(Vec<Made>),
    Map(Vec<(String, Range<usize>, Made)>),
}

impl Made {
    /// A text that stands for what is written at `range`.
    pub(crate) fn text(text: &str, range: Range<usize>) -> Self {
        Self { kind: MadeKind::Text(text.to_owned()), range }
    }

    /// A list.
    pub(crate) fn list(members: Vec<Made>, range: Range<usize>) -> Self {
        Self { kind: MadeKind::List(members), range }
    }

    /// A map of keys that are written where their values are.
    pub(crate) fn map(pairs: Vec<(&str, Made)>, range: Range<usize>) -> Self {
        let pairs = pairs.into_iter().map(|(key, value)| (key.to_owned(), value.range.clone(), value));
        Self { kind: MadeKind::Map(pairs.collect()), range }
    }

    /// A map of keys with places of their own.
    pub(crate) fn keyed(pairs: Vec<(String, Range<usize>, Made)>, range: Range<usize>) -> Self {
        Self { kind: MadeKind::Map(pairs), range }
    }

    /// A scalar as it is written.
    pub(crate) fn scalar(node: Located<'_>) -> Self {
        let text = || node.scalar().unwrap_or_default().to_owned();
        let kind = match node.shape() {
            Shape::Bool(value) => MadeKind::Bool(value),
            Shape::Number => MadeKind::Number(text()),
            Shape::Text => MadeKind::Text(text()),
            Shape::Null | Shape::List | Shape::Map => MadeKind::Null,
        };
        Self { kind, range: node.range() }
    }

    /// The tree as a document of the same file.
    pub(crate) fn over(self, document: &Document) -> Document {
        let mut builder = Builder::default();
        let root = add(&mut builder, self);
        Document {
            file: document.file.clone(),
            text: document.text.clone(),
            comments: Vec::new(),
            nodes: builder.nodes,
            roots: vec![root],
            lines: Lines::of(&document.text),
            repeated: Vec::new(),
        }
    }
}

/// As deep as whoever made the tree let it be.
fn add(builder: &mut Builder, made: Made) -> usize {
    let kind = match made.kind {
        MadeKind::Null => Kind::Null,
        MadeKind::Bool(value) => Kind::Bool(value),
        MadeKind::Number(text) => Kind::Number(text),
        MadeKind::Text(text) => Kind::Text(text),
        MadeKind::List(members) => Kind::List(members.into_iter().map(|one| add(builder, one)).collect()),
        MadeKind::Map(pairs) => {
            let pairs =
                pairs.into_iter().map(|(text, range, value)| (Key { text, range }, add(builder, value)));
            let pairs = pairs.collect();
            return builder.map(pairs, made.range);
        }
    };
    builder.add(kind, made.range)
}
