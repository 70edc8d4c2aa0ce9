//! What `.tf` and `.tf.json` files say, in one form: blocks of arguments, and expressions with their places.

use std::ops::Range;

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

impl Node {
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
