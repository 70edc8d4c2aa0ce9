//! Conditions: decided by what is certain, otherwise asked.

use crate::input::templates::terraform::resource::Attribute;

use super::{
    evaluate::{Evaluator, Scope},
    syntax::{Expr, Node, Operator},
    values::{is_known, known, truth},
};

/// The value of a question about `null`.
pub(super) const NULL: &str = "null";

/// Whether a condition holds.
pub(super) fn decide(evaluator: &mut Evaluator<'_>, node: &Node, scope: Scope<'_>) -> Option<bool> {
    match &node.expr {
        Expr::Not(inner) => evaluator.decide(inner, scope).map(|holds| !holds),
        Expr::Binary(Operator::Equal, sides) => equal(evaluator, node, sides, scope),
        Expr::Binary(Operator::NotEqual, sides) => equal(evaluator, node, sides, scope).map(|same| !same),
        Expr::Binary(Operator::And, sides) => both(evaluator, sides, scope, false),
        Expr::Binary(Operator::Or, sides) => both(evaluator, sides, scope, true),
        Expr::If(_) => truth(&evaluator.eval(node, scope)),
        _ => {
            let value = evaluator.eval(node, scope);
            match truth(&value) {
                Some(holds) => Some(holds),
                None if is_known(&value) => None,
                None => evaluator.ask(&value, "true"),
            }
        }
    }
}

/// `a && b` with `stops` false, `a || b` with `stops` true.
fn both(evaluator: &mut Evaluator<'_>, sides: &[Node; 2], scope: Scope<'_>, stops: bool) -> Option<bool> {
    let [left, right] = sides;
    let left = evaluator.decide(left, scope);
    if left == Some(stops) {
        return left;
    }
    let asked = evaluator.questions.len();
    match (left, evaluator.decide(right, scope)) {
        (_, Some(right)) if right == stops => Some(stops),
        (Some(_), right) => right,
        (None, _) => {
            // one question at a time: the answer to the first may make the second needless
            evaluator.questions.truncate(asked.max(1));
            None
        }
    }
}

fn equal(evaluator: &mut Evaluator<'_>, node: &Node, sides: &[Node; 2], scope: Scope<'_>) -> Option<bool> {
    let [left, right] = sides;
    let values = (evaluator.eval(left, scope), evaluator.eval(right, scope));
    if is_known(&values.0) && is_known(&values.1) {
        return Some(match (known(&values.0), known(&values.1)) {
            (Some(left), Some(right)) => left == right,
            _ => values.0 == values.1,
        });
    }
    let text =
        |value: &Attribute| if *value == Attribute::Null { Some(NULL.to_owned()) } else { known(value) };
    match (text(&values.0), text(&values.1)) {
        (Some(value), None) if is_one(&values.1) => evaluator.ask(&values.1, &value),
        (None, Some(value)) if is_one(&values.0) => evaluator.ask(&values.0, &value),
        _ => {
            let whole = evaluator.open(node);
            evaluator.ask(&whole, "true")
        }
    }
}

/// Whether a value that is not known is one value, which may be asked for by its name.
fn is_one(value: &Attribute) -> bool {
    matches!(value, Attribute::Unknown(_) | Attribute::Reference { .. } | Attribute::Text(_))
}
