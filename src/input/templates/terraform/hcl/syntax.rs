//! What `.tf` and `.tf.json` files say, in one form: blocks of arguments, and expressions with their places.

use std::{collections::HashSet, ops::Range};

/// Some bytes of a file, which is told by its number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct At {
    pub(super) file: usize,
    pub(super) range: Range<usize>,
}

/// An expression with its place.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) expr: Expr,
    pub(super) at: At,
}

/// Arguments and nested blocks by name; a block is a list of maps, as in JSON.
pub(super) type Arguments = Vec<(String, Node)>;

/// Expressions as far as they are evaluated.
#[derive(Clone, Debug)]
pub(super) enum Expr {
    Null,
    Bool(bool),
    /// As written: an account id keeps its leading zero.
    Number(String),
    Text(String),
    /// Texts and expressions one after the other.
    Template(Vec<Node>),
    List(Vec<Node>),
    /// Keys are expressions too.
    Map(Vec<(Node, Node)>),
    /// A nested block.
    Block(Arguments),
    /// The first name of a reference.
    Name(String),
    /// `base.a[0].b[*]`
    Traversal(Box<Node>, Vec<Step>),
    /// A function with its arguments; whether the last one is expanded with `...`.
    Call(String, Vec<Node>, bool),
    /// Condition, value when it holds, value when not.
    If(Box<[Node; 3]>),
    Not(Box<Node>),
    Binary(Operator, Box<[Node; 2]>),
    For(Box<For>),
    /// Something that is not evaluated.
    Other,
}

/// One step of a reference.
#[derive(Clone, Debug)]
pub(super) enum Step {
    Attribute(String),
    Index(Node),
    Splat,
}

impl Step {
    fn index(&self) -> Option<&Node> {
        if let Self::Index(node) = self { Some(node) } else { None }
    }
}

/// Operators that decide something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Operator {
    Equal,
    NotEqual,
    And,
    Or,
}

/// `[for key, name in list : value if condition]`, with `key => value` in braces.
#[derive(Clone, Debug)]
pub(super) struct For {
    pub(super) key: Option<String>,
    pub(super) name: String,
    pub(super) list: Node,
    pub(super) result_key: Option<Node>,
    pub(super) result: Node,
    pub(super) condition: Option<Node>,
}

/// A resource, data source, variable, module call...
#[derive(Clone, Debug)]
pub(super) struct Block {
    /// `resource`, `data`, `variable`, `locals`...
    pub(super) kind: String,
    pub(super) labels: Vec<String>,
    pub(super) arguments: Arguments,
    pub(super) at: At,
}

impl Block {
    pub(super) fn get(&self, name: &str) -> Option<&Node> {
        self.arguments.iter().find(|(own, _)| own == name).map(|(_, node)| node)
    }
}

impl Block {
    /// The names of resources of a kind that its arguments mention.
    pub(super) fn mentioned(&self, kind: &str, found: &mut HashSet<String>) {
        self.arguments.iter().for_each(|(_, node)| node.mentioned(kind, found));
    }
}

impl Node {
    /// The names of resources of a kind that an expression mentions.
    fn mentioned(&self, kind: &str, found: &mut HashSet<String>) {
        if let Expr::Traversal(base, steps) = &self.expr
            && let (Expr::Name(name), Some(Step::Attribute(own))) = (&base.expr, steps.first())
            && name == kind
        {
            found.insert(own.clone());
        }
        self.inner().into_iter().for_each(|node| node.mentioned(kind, found));
    }

    /// The expressions that it is made of.
    fn inner(&self) -> Vec<&Self> {
        match &self.expr {
            Expr::Template(list) | Expr::List(list) | Expr::Call(_, list, _) => list.iter().collect(),
            Expr::Map(pairs) => pairs.iter().flat_map(|(key, value)| [key, value]).collect(),
            Expr::Block(arguments) => arguments.iter().map(|(_, node)| node).collect(),
            Expr::Traversal(base, steps) => {
                std::iter::once(base.as_ref()).chain(steps.iter().filter_map(Step::index)).collect()
            }
            Expr::If(branches) => branches.iter().collect(),
            Expr::Not(one) => vec![one],
            Expr::Binary(_, sides) => sides.iter().collect(),
            Expr::For(each) => {
                let more = each.result_key.iter().chain(each.condition.iter());
                [&each.list, &each.result].into_iter().chain(more).collect()
            }
            Expr::Null | Expr::Bool(_) | Expr::Number(_) | Expr::Text(_) | Expr::Name(_) | Expr::Other => {
                Vec::new()
            }
        }
    }

    pub(super) fn new(expr: Expr, at: At) -> Self {
        Self { expr, at }
    }

    /// The maps of a nested block, whether it is written as a block, a map or a list of maps.
    pub(super) fn blocks(&self) -> Vec<&Node> {
        match &self.expr {
            Expr::List(list) => list.iter().collect(),
            _ => vec![self],
        }
    }

    /// A key, or a text, as it is written.
    pub(super) fn written(&self) -> Option<&str> {
        match &self.expr {
            Expr::Text(text) | Expr::Name(text) => Some(text),
            _ => None,
        }
    }
}
