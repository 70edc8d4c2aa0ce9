//! `.tf.json` files: the same blocks, with expressions inside of strings.

use crate::input::document::{Document, Located, Pair, Shape};

use super::{
    parse,
    syntax::{Arguments, At, Block, Expr, Node},
};

/// Values inside one another; beyond that they are unknown.
const DEEPEST: usize = 40;

/// The blocks of a file.
pub(super) fn blocks(document: &Document, file: usize) -> Vec<Block> {
    let mut found = Vec::new();
    for pair in document.root().into_iter().flat_map(Located::pairs) {
        let labels = match pair.key {
            "resource" | "data" => 2,
            "variable" | "module" | "output" | "provider" => 1,
            _ => 0,
        };
        collect(pair, labels, &mut Vec::new(), (pair.key, file), &mut found);
    }
    found
}

/// The values of variables in a `.tfvars.json`.
pub(super) fn values(document: &Document, file: usize) -> Arguments {
    document.root().into_iter().flat_map(|root| arguments(root, file, DEEPEST)).collect()
}

/// Maps inside one another stand for the labels of a block; each of them may be a list of maps.
fn collect<'a>(
    pair: Pair<'a>,
    labels: usize,
    path: &mut Vec<&'a str>,
    (kind, file): (&str, usize),
    found: &mut Vec<Block>,
) {
    for body in several(pair.value) {
        let Some(left) = labels.checked_sub(1) else {
            let span = pair.key_span();
            found.push(Block {
                kind: kind.to_owned(),
                labels: path.iter().map(|label| (*label).to_owned()).collect(),
                arguments: arguments(body, file, DEEPEST),
                at: At { file, range: span.offset..span.offset.saturating_add(span.length) },
            });
            continue;
        };
        for inner in body.pairs() {
            path.push(inner.key);
            collect(inner, left, path, (kind, file), found);
            path.pop();
        }
    }
}

fn several(value: Located<'_>) -> Vec<Located<'_>> {
    if value.shape() == Shape::List { value.items().collect() } else { vec![value] }
}

fn arguments(body: Located<'_>, file: usize, depth: usize) -> Arguments {
    body.pairs().map(|pair| (pair.key.to_owned(), node(pair.value, file, depth))).collect()
}

fn node(value: Located<'_>, file: usize, depth: usize) -> Node {
    let at = At { file, range: value.range() };
    let Some(left) = depth.checked_sub(1) else { return Node::new(Expr::Other, at) };
    let expr = match value.shape() {
        Shape::Null => Expr::Null,
        Shape::Bool(flag) => Expr::Bool(flag),
        Shape::Number => Expr::Number(value.scalar().unwrap_or_default().to_owned()),
        Shape::Text => return parse::template(value.text().unwrap_or_default(), at),
        Shape::List => Expr::List(value.items().map(|one| node(one, file, left)).collect()),
        Shape::Map => {
            let pair = |pair: Pair<'_>| {
                let key = Node::new(Expr::Text(pair.key.to_owned()), at.clone());
                (key, node(pair.value, file, left))
            };
            Expr::Map(value.pairs().map(pair).collect())
        }
    };
    Node::new(expr, at)
}
