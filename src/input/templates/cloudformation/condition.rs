//! Conditions of a template: decided, or a question that a scenario answers.

use crate::input::document::Located;

use super::{
    scenario::Question,
    scope::{Scope, Value, has_holes},
};

/// Conditions inside one another.
const DEEPEST: u32 = 24;

/// What a condition comes to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    Yes,
    No,
    /// It depends on what only a deployment knows.
    Ask(Question),
}

impl From<bool> for Decision {
    fn from(value: bool) -> Self {
        if value { Self::Yes } else { Self::No }
    }
}

/// One side of `Fn::Equals`.
enum Side {
    Known(String),
    /// A parameter, or an expression as written.
    Open(String),
}

impl<'a> Scope<'a> {
    /// A condition of the template by name.
    pub(super) fn decide(&self, name: &str) -> Decision {
        self.decide_within(name, DEEPEST)
    }

    fn decide_within(&self, name: &str, depth: u32) -> Decision {
        let definition = self.template.at(&["Conditions", name]);
        match (definition, depth.checked_sub(1)) {
            (Some(definition), Some(left)) => self.decision(definition, left, name),
            _ => self.whether(Question { subject: format!("condition {name}"), value: "true".to_owned() }),
        }
    }

    fn decision(&self, node: Located<'a>, depth: u32, name: &str) -> Decision {
        let unknown = || Question { subject: format!("condition {name}"), value: "true".to_owned() };
        let (Some(pair), Some(left)) = (node.only_pair(), depth.checked_sub(1)) else {
            return self.whether(unknown());
        };
        let inner = || pair.value.items().take(10).map(|one| self.decision(one, left, name));
        match pair.key {
            "Condition" => self.decide_within(pair.value.text().unwrap_or_default(), left),
            "Fn::Not" => match inner().next() {
                Some(Decision::Yes) => Decision::No,
                Some(Decision::No) => Decision::Yes,
                Some(ask) => ask,
                None => self.whether(unknown()),
            },
            "Fn::And" => all(inner(), &Decision::No, Decision::Yes),
            "Fn::Or" => all(inner(), &Decision::Yes, Decision::No),
            "Fn::Equals" => self.equals(pair.value, unknown()),
            _ => self.whether(unknown()),
        }
    }

    fn equals(&self, argument: Located<'a>, unknown: Question) -> Decision {
        let mut items = argument.items();
        let sides = items.next().zip(items.next()).map(|(one, two)| (self.side(one), self.side(two)));
        match sides {
            Some((Side::Known(one), Side::Known(two))) => (one == two).into(),
            Some((Side::Open(one), Side::Open(two))) if one == two => Decision::Yes,
            Some((Side::Open(subject), Side::Known(value)) | (Side::Known(value), Side::Open(subject))) => {
                self.whether(Question { subject, value })
            }
            _ => self.whether(unknown),
        }
    }

    /// A default decides nothing: the other value is what the condition is there for.
    fn side(&self, node: Located<'a>) -> Side {
        let parameter = node.only_pair().filter(|pair| pair.key == "Ref").and_then(|pair| pair.value.text());
        if let Some(name) = parameter.filter(|name| self.template.at(&["Parameters", name]).is_some()) {
            return match self.answers.parameters.get(name) {
                Some(given) => Side::Known(given.clone()),
                None => Side::Open(name.to_owned()),
            };
        }
        match self.value(node) {
            Value::Text(text, _) if has_holes(&text) => {
                Side::Open(text.trim_start_matches("${").trim_end_matches('}').to_owned())
            }
            Value::Text(text, _) => Side::Known(text),
            Value::Node(node) => node
                .scalar()
                .map_or_else(|| Side::Open("an expression".to_owned()), |text| Side::Known(text.to_owned())),
            Value::Unknown { expression, .. } => Side::Open(expression),
            _ => Side::Open("an expression".to_owned()),
        }
    }

    fn whether(&self, question: Question) -> Decision {
        self.scenario.answer(&question).map_or(Decision::Ask(question), Decision::from)
    }
}

/// `decisive` if one member is that, else a question if there is one, else the other answer.
fn all(members: impl Iterator<Item = Decision>, decisive: &Decision, otherwise: Decision) -> Decision {
    let mut open = None;
    for member in members {
        if member == *decisive {
            return member;
        }
        if let Decision::Ask(_) = &member {
            open.get_or_insert(member);
        }
    }
    open.unwrap_or(otherwise)
}
