//! Making the flat tree of a document.

use std::{collections::HashMap, ops::Range};

/// Values of one document; a template of 5 MB has about half a million.
pub(super) const MOST_NODES: usize = 8_000_000;

/// What a missing node is.
pub(super) static NOTHING: Node = Node { kind: Kind::Null, range: 0..0 };

/// One value.
#[derive(Debug)]
pub(super) struct Node {
    pub(super) kind: Kind,
    pub(super) range: Range<usize>,
}

/// What one value is.
#[derive(Debug)]
pub(super) enum Kind {
    Null,
    Bool(bool),
    Number(String),
    Text(String),
    List(Vec<usize>),
    Map(Pairs),
}

/// A map with more keys than this is looked up in an index; templates have maps of ten thousands.
const INDEXED: usize = 32;

/// The keys and values of a map.
#[derive(Debug, Default)]
pub(super) struct Pairs {
    pub(super) list: Vec<(Key, usize)>,
    index: HashMap<String, usize>,
}

impl Pairs {
    fn new(list: Vec<(Key, usize)>) -> Self {
        let indexed = list.len() > INDEXED;
        let keys = list.iter().enumerate().filter(|_| indexed);
        let index = keys.map(|(at, (key, _))| (key.text.clone(), at)).collect();
        Self { list, index }
    }

    /// The pair of a key; the last one when there are several.
    pub(super) fn find(&self, key: &str) -> Option<&(Key, usize)> {
        if self.index.is_empty() {
            return self.list.iter().rev().find(|(own, _)| own.text == key);
        }
        self.list.get(*self.index.get(key)?)
    }
}

/// A key of a map.
#[derive(Debug)]
pub(super) struct Key {
    pub(super) text: String,
    pub(super) range: Range<usize>,
}

/// Collects nodes.
#[derive(Debug, Default)]
pub(super) struct Builder {
    pub(super) nodes: Vec<Node>,
    pub(super) repeated: Vec<Range<usize>>,
}

impl Builder {
    pub(super) fn add(&mut self, kind: Kind, range: Range<usize>) -> usize {
        self.nodes.push(Node { kind, range });
        self.nodes.len().saturating_sub(1)
    }

    /// A map, with a note of every key that it has twice.
    pub(super) fn map(&mut self, pairs: Vec<(Key, usize)>, range: Range<usize>) -> usize {
        let mut order: Vec<&(Key, usize)> = pairs.iter().collect();
        order.sort_by(|(one, _), (two, _)| (&one.text, one.range.start).cmp(&(&two.text, two.range.start)));
        let again = order.windows(2).filter_map(|two| match two {
            [(first, _), (second, _)] if first.text == second.text => Some(second.range.clone()),
            _ => None,
        });
        self.repeated.extend(again);
        self.add(Kind::Map(Pairs::new(pairs)), range)
    }

    /// A value under a short tag of `CloudFormation` in its long form: `!Sub x` is `{"Fn::Sub": x}`.
    pub(super) fn tagged(&mut self, tag: &str, value: usize, range: Range<usize>) -> usize {
        let text = match tag {
            "Ref" | "Condition" => tag.to_owned(),
            other => format!("Fn::{other}"),
        };
        let key = Key { text, range: range.start..range.start };
        self.add(Kind::Map(Pairs::new(vec![(key, value)])), range)
    }
}
