//! From the trees of `hcl-edit` to the form that is evaluated. Its parser bounds the nesting, so this may recurse.

use std::ops::Range;

use hcl_edit::{
    Span,
    expr::{
        BinaryOperator, Conditional, Expression, ForExpr, FuncCall, Object, ObjectKey, Traversal,
        TraversalOperator, UnaryOperator,
    },
    structure::{self, Body},
    template::{Element, Template},
};

use super::syntax::{Arguments, At, Block, Expr, For, Node, Operator, Step};

/// Steps of one reference: each is a level of what is walked, and of what comes out.
const MOST_STEPS: usize = 50;

/// A file while it is taken over.
struct Reader<'t> {
    file: usize,
    text: &'t str,
    /// Where everything is, when the text itself is not the file: an expression inside a string of JSON.
    instead: Option<Range<usize>>,
}

/// The blocks of a `.tf` file.
pub(super) fn blocks(body: &Body, file: usize, text: &str) -> Vec<Block> {
    let reader = Reader { file, text, instead: None };
    body.blocks().map(|block| reader.block(block)).collect()
}

/// The arguments of a file without blocks: values of variables.
pub(super) fn arguments(body: &Body, file: usize, text: &str) -> Arguments {
    Reader { file, text, instead: None }.arguments(body)
}

/// A text with `${...}` inside, as JSON has them; a text that is no template stands for itself.
pub(super) fn template(text: &str, at: At) -> Node {
    let plain = |text: &str| Expr::Text(text.to_owned());
    if !text.contains("${") && !text.contains("%{") {
        return Node::new(plain(text), at);
    }
    let Ok(template) = text.parse::<Template>() else { return Node::new(Expr::Other, at) };
    let reader = Reader { file: at.file, text, instead: Some(at.range.clone()) };
    Node::new(reader.parts(template.iter()), at)
}

/// A text that is an expression; nothing when it is not.
pub(super) fn expression(text: &str, at: &At) -> Option<Node> {
    let parsed: Expression = text.parse().ok()?;
    Some(Reader { file: at.file, text, instead: Some(at.range.clone()) }.node(&parsed))
}

impl Reader<'_> {
    fn at(&self, span: Option<Range<usize>>) -> At {
        At { file: self.file, range: self.instead.clone().or(span).unwrap_or_default() }
    }

    fn block(&self, block: &structure::Block) -> Block {
        Block {
            kind: block.ident.as_str().to_owned(),
            labels: block.labels.iter().map(|label| label.as_str().to_owned()).collect(),
            arguments: self.arguments(&block.body),
            at: self.at(block.ident.span()),
        }
    }

    /// Arguments in order; nested blocks of one name become one list. A `dynamic` block is known to a deployment only.
    fn arguments(&self, body: &Body) -> Arguments {
        let mut found: Arguments = Vec::new();
        for attribute in body.attributes() {
            found.push((attribute.key.as_str().to_owned(), self.node(&attribute.value)));
        }
        for block in body.blocks() {
            let at = self.at(block.ident.span());
            let name = block.ident.as_str();
            if name == "dynamic" {
                let name = block.labels.first().map_or("dynamic", |label| label.as_str());
                found.push((name.to_owned(), Node::new(Expr::Other, at)));
                continue;
            }
            let inner = Node::new(Expr::Block(self.arguments(&block.body)), at.clone());
            match found.iter_mut().find(|(own, _)| own == name) {
                Some((_, Node { expr: Expr::List(list), .. })) => list.push(inner),
                Some(_) => {}
                None => found.push((name.to_owned(), Node::new(Expr::List(vec![inner]), at))),
            }
        }
        found
    }

    fn node(&self, expression: &Expression) -> Node {
        let at = self.at(expression.span());
        if let Expression::Parenthesis(inner) = expression {
            return Node { at, ..self.node(inner.inner()) };
        }
        let expr = self.expr(expression, &at);
        Node::new(expr, at)
    }

    fn expr(&self, expression: &Expression, at: &At) -> Expr {
        match expression {
            Expression::Null(_) => Expr::Null,
            Expression::Bool(flag) => Expr::Bool(*flag.value()),
            Expression::Number(number) => {
                let written = expression.span().and_then(|span| self.text.get(span)).map(str::trim);
                Expr::Number(written.map_or_else(|| number.value().to_string(), str::to_owned))
            }
            Expression::String(text) => Expr::Text(text.as_str().to_owned()),
            Expression::Array(list) => Expr::List(list.iter().map(|one| self.node(one)).collect()),
            Expression::Object(object) => self.object(object),
            Expression::StringTemplate(template) => self.parts(template.iter()),
            Expression::HeredocTemplate(heredoc) => self.parts(heredoc.template.iter()),
            Expression::Variable(name) => Expr::Name(name.as_str().to_owned()),
            Expression::Conditional(conditional) => self.conditional(conditional),
            Expression::FuncCall(call) => self.call(call),
            Expression::Traversal(traversal) => self.traversal(traversal, at),
            Expression::UnaryOp(one) if *one.operator.value() == UnaryOperator::Not => {
                Expr::Not(Box::new(self.node(&one.expr)))
            }
            Expression::BinaryOp(two) => match operator(*two.operator.value()) {
                Some(operator) => {
                    Expr::Binary(operator, Box::new([self.node(&two.lhs_expr), self.node(&two.rhs_expr)]))
                }
                None => Expr::Other,
            },
            Expression::ForExpr(each) if !each.grouping => self.for_each(each),
            _ => Expr::Other,
        }
    }

    fn object(&self, object: &Object) -> Expr {
        let pairs = object.iter().map(|(key, value)| {
            let key = match key {
                ObjectKey::Ident(name) => {
                    Node::new(Expr::Text(name.as_str().to_owned()), self.at(name.span()))
                }
                ObjectKey::Expression(expression) => self.node(expression),
            };
            (key, self.node(value.expr()))
        });
        Expr::Map(pairs.collect())
    }

    fn parts<'e>(&self, elements: impl Iterator<Item = &'e Element>) -> Expr {
        let mut parts: Vec<Node> = elements
            .map(|element| match element {
                Element::Literal(text) => {
                    Node::new(Expr::Text(text.value().clone()), self.at(element.span()))
                }
                Element::Interpolation(inner) => self.node(&inner.expr),
                Element::Directive(_) => Node::new(Expr::Other, self.at(element.span())),
            })
            .collect();
        match parts.as_slice() {
            [] => Expr::Text(String::new()),
            [Node { expr: Expr::Text(_), .. }] => parts.remove(0).expr,
            _ => Expr::Template(parts),
        }
    }

    fn conditional(&self, one: &Conditional) -> Expr {
        let branches = [&one.cond_expr, &one.true_expr, &one.false_expr];
        Expr::If(Box::new(branches.map(|branch| self.node(branch))))
    }

    fn call(&self, call: &FuncCall) -> Expr {
        let arguments = call.args.iter().map(|one| self.node(one)).collect();
        let name = if call.name.is_namespaced() { "" } else { call.name.name.as_str() };
        Expr::Call(name.to_owned(), arguments, call.args.expand_final())
    }

    fn traversal(&self, traversal: &Traversal, at: &At) -> Expr {
        if traversal.operators.len() > MOST_STEPS {
            return Expr::Other;
        }
        let steps = traversal.operators.iter().map(|operator| match operator.value() {
            TraversalOperator::AttrSplat(_) | TraversalOperator::FullSplat(_) => Step::Splat,
            TraversalOperator::GetAttr(name) => Step::Attribute(name.as_str().to_owned()),
            TraversalOperator::Index(index) => Step::Index(self.node(index)),
            TraversalOperator::LegacyIndex(index) => {
                Step::Index(Node::new(Expr::Number(index.value().to_string()), at.clone()))
            }
        });
        Expr::Traversal(Box::new(self.node(&traversal.expr)), steps.collect())
    }

    fn for_each(&self, each: &ForExpr) -> Expr {
        Expr::For(Box::new(For {
            key: each.intro.key_var.as_ref().map(|name| name.as_str().to_owned()),
            name: each.intro.value_var.as_str().to_owned(),
            list: self.node(&each.intro.collection_expr),
            result_key: each.key_expr.as_ref().map(|key| self.node(key)),
            result: self.node(&each.value_expr),
            condition: each.cond.as_ref().map(|condition| self.node(&condition.expr)),
        }))
    }
}

fn operator(operator: BinaryOperator) -> Option<Operator> {
    match operator {
        BinaryOperator::Eq => Some(Operator::Equal),
        BinaryOperator::NotEq => Some(Operator::NotEqual),
        BinaryOperator::And => Some(Operator::And),
        BinaryOperator::Or => Some(Operator::Or),
        _ => None,
    }
}
