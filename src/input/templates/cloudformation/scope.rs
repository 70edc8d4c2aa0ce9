//! What the expressions of a template mean, as far as the template, the user and the assumptions tell.

use std::cell::{Cell, RefCell};

use crate::{
    input::{
        document::{Located, Shape},
        templates::Answers,
    },
    model::place::SourceSpan,
};

use super::{
    condition::Decision,
    scenario::{Assumed, Question, Scenario},
};

/// Values that are looked at for one resource; aliases could make a small template endless.
const MOST_STEPS: u32 = 20_000;

/// Expressions inside one another.
const DEEPEST: u32 = 32;

/// What an expression is.
#[derive(Clone, Debug)]
pub(super) enum Value<'a> {
    /// `AWS::NoValue`.
    Absent,
    /// A string; parts that only a deployment knows are `${NAME}`.
    Text(String, Located<'a>),
    /// A list, map, truth value or null that is no expression itself. Its members may be.
    Node(Located<'a>),
    /// A list that an expression makes.
    List(Vec<Value<'a>>),
    /// A resource of the template, or one of its attributes.
    Resource { id: String, attribute: Option<String>, at: Located<'a> },
    /// Known to a deployment only.
    Unknown { expression: String, at: Located<'a> },
}

/// Something that could not be resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Gap {
    pub(super) expression: String,
    pub(super) reason: String,
    pub(super) at: SourceSpan,
}

/// Evaluates expressions in one scenario.
pub(super) struct Scope<'a> {
    pub(super) template: Located<'a>,
    pub(super) answers: &'a Answers,
    pub(super) scenario: Scenario,
    may_ask: bool,
    question: RefCell<Option<Question>>,
    gaps: RefCell<Vec<Gap>>,
    steps: Cell<u32>,
}

impl<'a> Scope<'a> {
    pub(super) fn new(
        template: Located<'a>,
        answers: &'a Answers,
        scenario: Scenario,
        may_ask: bool,
    ) -> Self {
        Self {
            template,
            answers,
            scenario,
            may_ask,
            question: RefCell::new(None),
            gaps: RefCell::new(Vec::new()),
            steps: Cell::new(MOST_STEPS),
        }
    }

    /// What has to be assumed before the result counts, and what could not be resolved.
    pub(super) fn finish(self) -> (Option<Question>, Vec<Gap>) {
        (self.question.into_inner(), self.gaps.into_inner())
    }

    /// Keeps the first question that came up.
    pub(super) fn ask(&self, question: Question) {
        if self.may_ask {
            self.question.borrow_mut().get_or_insert(question);
        }
    }

    /// What an expression is.
    pub(super) fn value(&self, node: Located<'a>) -> Value<'a> {
        self.value_within(node, DEEPEST)
    }

    pub(super) fn value_within(&self, node: Located<'a>, depth: u32) -> Value<'a> {
        let (Some(left), Some(steps)) = (depth.checked_sub(1), self.steps.get().checked_sub(1)) else {
            return self.unknown(node, "...", "the expression is nested too deeply or too long");
        };
        self.steps.set(steps);
        match node.shape() {
            Shape::Text => self.literal(node, node.text().unwrap_or_default()),
            Shape::Number => Value::Text(node.scalar().unwrap_or_default().to_owned(), node),
            Shape::Map => self.map(node, left),
            Shape::Null | Shape::Bool(_) | Shape::List => Value::Node(node),
        }
    }

    /// A dynamic reference is resolved by the service.
    fn literal(&self, node: Located<'a>, text: &str) -> Value<'a> {
        if text.contains("{{resolve:") {
            return self.unknown(node, "{{resolve:...}}", "a dynamic reference is resolved while deploying");
        }
        Value::Text(text.to_owned(), node)
    }

    fn map(&self, node: Located<'a>, depth: u32) -> Value<'a> {
        let Some(pair) = node.only_pair() else { return Value::Node(node) };
        match pair.key {
            "Ref" => self.reference(node, pair.value.text().unwrap_or_default()),
            "Fn::GetAtt" => self.attribute(node, pair.value),
            "Fn::Sub" => self.substitute(node, pair.value, depth),
            "Fn::Join" => self.join(node, pair.value, depth),
            "Fn::Select" => self.select(node, pair.value, depth),
            "Fn::Split" => self.split(node, pair.value, depth),
            "Fn::FindInMap" => self.find_in_map(node, pair.value, depth),
            "Fn::If" => self.choose(node, pair.value, depth),
            "Fn::Serverless" => self.unknown(node, "variable", "Serverless resolves it while deploying"),
            "Fn::ImportValue" => self.unknown(node, "!ImportValue", "another stack exports it"),
            key if key.starts_with("Fn::") => {
                let name = key.trim_start_matches("Fn::");
                self.unknown(node, &format!("!{name}"), "the function is evaluated while deploying")
            }
            _ => Value::Node(node),
        }
    }

    pub(super) fn unknown(&self, node: Located<'a>, expression: &str, reason: &str) -> Value<'a> {
        let detail = node.only_pair().and_then(|pair| pair.value.scalar()).unwrap_or_default();
        let expression = format!("{expression} {detail}").trim_end().chars().take(80).collect::<String>();
        let gap = Gap { expression: expression.clone(), reason: reason.to_owned(), at: node.span() };
        self.gaps.borrow_mut().push(gap);
        Value::Unknown { expression, at: node }
    }

    /// `Ref`: a pseudo parameter, a parameter or a resource.
    pub(super) fn reference(&self, node: Located<'a>, name: &str) -> Value<'a> {
        if name == "AWS::NoValue" {
            return Value::Absent;
        }
        if name.starts_with("AWS::") {
            return Value::Text(self.pseudo(name), node);
        }
        if let Some(parameter) = self.template.at(&["Parameters", name]) {
            return self.parameter(node, name, parameter);
        }
        if self.template.at(&["Resources", name]).is_some() {
            return Value::Resource { id: name.to_owned(), attribute: None, at: node };
        }
        self.unknown(node, "!Ref", "neither a parameter nor a resource of this template")
    }

    /// A pseudo parameter that the user gave, else a hole of its name: equal holes are equal values.
    fn pseudo(&self, name: &str) -> String {
        let given = match name {
            "AWS::Region" => self.answers.region.clone(),
            "AWS::AccountId" => self.answers.account.clone(),
            "AWS::Partition" => self.answers.region.as_deref().map(partition_of).map(str::to_owned),
            _ => None,
        };
        given.unwrap_or_else(|| format!("${{{name}}}"))
    }

    fn parameter(&self, node: Located<'a>, name: &str, parameter: Located<'a>) -> Value<'a> {
        let kind = parameter.get("Type").and_then(Located::text).unwrap_or_default();
        match self.parameter_value(name, parameter) {
            Some(text) if kind.contains("List") => {
                let members = text.split(',').map(|one| Value::Text(one.trim().to_owned(), node));
                Value::List(
                    members.filter(|one| !matches!(one, Value::Text(text, _) if text.is_empty())).collect(),
                )
            }
            Some(text) => Value::Text(text, node),
            None => self.unknown(node, "!Ref", "the parameter has no default: --parameter NAME=VALUE"),
        }
    }

    /// What the user says, what is assumed, or the default unless that is excluded.
    pub(super) fn parameter_value(&self, name: &str, parameter: Located<'a>) -> Option<String> {
        if let Some(given) = self.answers.parameters.get(name) {
            return Some(given.clone());
        }
        let is_stored =
            parameter.get("Type").and_then(Located::text).is_some_and(|kind| kind.contains("SSM"));
        let default = parameter.get("Default").and_then(Located::scalar).filter(|_| !is_stored);
        match (self.scenario.of(name), default) {
            (Some(Assumed::Is(value)), _) => Some(value.clone()),
            (Some(Assumed::Not(values)), Some(default)) if values.contains(default) => None,
            (_, default) => default.map(str::to_owned),
        }
    }

    fn attribute(&self, node: Located<'a>, argument: Located<'a>) -> Value<'a> {
        let mut items = argument.items();
        let (id, attribute) = match argument.text() {
            Some(text) => text.split_once('.').unwrap_or((text, "")),
            None => (
                items.next().and_then(Located::text).unwrap_or_default(),
                items.next().and_then(Located::text).unwrap_or_default(),
            ),
        };
        if self.template.at(&["Resources", id]).is_none() {
            return self.unknown(node, "!GetAtt", "no such resource in this template");
        }
        Value::Resource { id: id.to_owned(), attribute: Some(attribute.to_owned()), at: node }
    }

    fn choose(&self, node: Located<'a>, argument: Located<'a>, depth: u32) -> Value<'a> {
        let mut items = argument.items();
        let condition = items.next().and_then(Located::text).unwrap_or_default();
        let (yes, no) = (items.next(), items.next());
        let branch = match self.decide(condition) {
            Decision::Yes => yes,
            Decision::No => no,
            Decision::Ask(question) => {
                self.ask(question);
                return self.unknown(node, "!If", "the condition is decided while deploying");
            }
        };
        branch.map_or(Value::Absent, |branch| self.value_within(branch, depth))
    }

    /// The text of an expression; nothing when it is absent, unknown or no text.
    pub(super) fn text(&self, node: Option<Located<'a>>) -> Option<(String, Located<'a>)> {
        match self.value(node?) {
            Value::Text(text, at) => Some((text, at)),
            Value::Node(node) => node.scalar().map(|text| (text.to_owned(), node)),
            _ => None,
        }
    }

    /// The members of a list, with lists inside of it taken apart.
    pub(super) fn list(&self, node: Located<'a>) -> Vec<Value<'a>> {
        self.members(self.value(node))
    }

    pub(super) fn members(&self, value: Value<'a>) -> Vec<Value<'a>> {
        match value {
            Value::Absent => Vec::new(),
            Value::Node(node) if node.shape() == Shape::List => node
                .items()
                .flat_map(|item| match self.value(item) {
                    Value::List(inner) => inner,
                    Value::Absent => Vec::new(),
                    one => vec![one],
                })
                .collect(),
            Value::Node(node) if node.shape() == Shape::Null => Vec::new(),
            Value::List(members) => members,
            one => vec![one],
        }
    }
}

/// The partition of a region.
fn partition_of(region: &str) -> &'static str {
    match region.split('-').next() {
        Some("cn") => "aws-cn",
        Some("us") if region.contains("-gov-") => "aws-us-gov",
        _ => "aws",
    }
}

/// Whether a text has parts that only a deployment knows.
pub(super) fn has_holes(text: &str) -> bool {
    text.contains("${")
}
