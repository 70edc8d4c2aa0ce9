//! Variables of the Serverless Framework: `${self:custom.x}`, `${opt:stage, 'dev'}`, `${sls:stage}`, `${param:x}`, with fallbacks.
//!
//! What comes from the environment, from files or from a cloud is unknown, whatever fallback it has.

use std::{cell::Cell, collections::HashMap};

use crate::input::{
    document::{Located, Pair, Shape, made::Made},
    templates::Answers,
};

use super::syntax::{next_variable, quoted, sources, whole_variable};

/// Variables and values that are looked at for one service; they could otherwise grow without end.
const MOST_STEPS: u32 = 200_000;

/// Variables inside of one another.
const DEEPEST: u32 = 24;

/// Lists and maps inside of one another.
const DEEPEST_TREE: u32 = 64;

/// Characters of one text.
const LONGEST: usize = 64 * 1024;

/// What a value comes to.
#[derive(Clone, Debug)]
pub(super) enum Value<'a> {
    /// A value of the service as it is written.
    Node(Located<'a>),
    /// A text; parts that only a deployment knows are `${...}`.
    Text(String),
    /// Known while deploying only.
    Unknown(String),
    /// Nothing.
    Absent,
}

/// The variables of one service.
pub(super) struct Variables<'a> {
    root: Located<'a>,
    answers: &'a Answers,
    steps: Cell<u32>,
}

impl<'a> Variables<'a> {
    pub(super) fn new(root: Located<'a>, answers: &'a Answers) -> Self {
        Self { root, answers, steps: Cell::new(MOST_STEPS) }
    }

    /// What a value comes to.
    pub(super) fn value(&self, node: Located<'a>) -> Value<'a> {
        self.value_within(node, DEEPEST)
    }

    fn value_within(&self, node: Located<'a>, depth: u32) -> Value<'a> {
        match node.text() {
            Some(text) if text.contains("${") => self.text(text, depth),
            _ if node.shape() == Shape::Null => Value::Absent,
            _ => Value::Node(node),
        }
    }

    /// The map or list that a value comes to.
    pub(super) fn node(&self, node: Option<Located<'a>>) -> Option<Located<'a>> {
        match self.value(node?) {
            Value::Node(node) => Some(node),
            Value::Text(_) | Value::Unknown(_) | Value::Absent => None,
        }
    }

    /// The text that a value comes to; nothing when it is absent or has unknown parts.
    pub(super) fn known(&self, node: Option<Located<'a>>) -> Option<String> {
        let text = match self.value(node?) {
            Value::Text(text) => text,
            Value::Node(node) => node.scalar()?.to_owned(),
            Value::Unknown(_) | Value::Absent => return None,
        };
        (!text.contains("${")).then_some(text)
    }

    fn text(&self, text: &str, depth: u32) -> Value<'a> {
        if let Some(inner) = whole_variable(text) {
            return self.variable(inner, depth);
        }
        let mut made = String::new();
        let mut rest = text;
        while let Some((before, inner, after)) = next_variable(rest) {
            made.push_str(before);
            let value = self.variable(inner, depth);
            let known = match &value {
                Value::Text(text) => Some(text.as_str()),
                Value::Node(node) => node.scalar(),
                Value::Unknown(_) | Value::Absent => None,
            };
            match known {
                Some(known) => made.push_str(known),
                None => made.push_str(&format!("${{{inner}}}")),
            }
            rest = after;
            if made.len() > LONGEST {
                return Value::Unknown("a text that is too long".to_owned());
            }
        }
        Value::Text(made + rest)
    }

    /// What stands between `${` and `}`: sources in the order in which they are tried.
    fn variable(&self, inner: &str, depth: u32) -> Value<'a> {
        let unknown = || Value::Unknown(format!("${{{inner}}}"));
        let (Some(left), Some(steps)) = (depth.checked_sub(1), self.steps.get().checked_sub(1)) else {
            return unknown();
        };
        self.steps.set(steps);
        let filled = match self.text(inner, left) {
            Value::Text(text) if !text.contains("${") => text,
            Value::Node(node) => node.scalar().unwrap_or_default().to_owned(),
            _ => return unknown(),
        };
        for source in sources(&filled) {
            match self.source(source, left) {
                Value::Absent => {}
                Value::Unknown(_) => return unknown(),
                found => return found,
            }
        }
        // a variable without a value is an error of Serverless, which says so itself
        unknown()
    }

    fn source(&self, source: &str, depth: u32) -> Value<'a> {
        if let Some(text) = quoted(source) {
            return Value::Text(text.to_owned());
        }
        if source == "null" {
            return Value::Absent;
        }
        if matches!(source, "true" | "false") || source.parse::<f64>().is_ok() {
            return Value::Text(source.to_owned());
        }
        let given = |name: &str| self.answers.parameters.get(name).cloned();
        let or_absent = |text: Option<String>| text.map_or(Value::Absent, Value::Text);
        match source.split_once(':') {
            Some(("self", address)) => self.lookup(address, depth),
            Some(("opt", "region")) => or_absent(self.answers.region.clone().or_else(|| given("region"))),
            Some(("opt", name)) => or_absent(given(name)),
            Some(("sls", "stage")) => self.stage(depth),
            Some(("param", name)) => self.parameter(name, depth),
            Some(("aws", "region")) => self.region(depth),
            Some(("aws", "accountId")) if self.answers.account.is_some() => {
                or_absent(self.answers.account.clone())
            }
            _ => Value::Unknown(source.to_owned()),
        }
    }

    /// A value of the service by its dotted path.
    fn lookup(&self, address: &str, depth: u32) -> Value<'a> {
        let Some(left) = depth.checked_sub(1) else { return Value::Unknown(address.to_owned()) };
        let mut at = self.root;
        for key in address.split('.').filter(|key| !key.is_empty()) {
            let node = match self.value_within(at, left) {
                Value::Node(node) => node,
                Value::Unknown(what) => return Value::Unknown(what),
                Value::Text(_) | Value::Absent => return Value::Absent,
            };
            let member = || key.parse::<usize>().ok().and_then(|index| node.items().nth(index));
            match node.get(key).or_else(member) {
                Some(value) => at = value,
                None => return Value::Absent,
            }
        }
        self.value_within(at, left)
    }

    /// `--parameter stage=...`, `provider.stage`, or `dev`.
    fn stage(&self, depth: u32) -> Value<'a> {
        if let Some(given) = self.answers.parameters.get("stage") {
            return Value::Text(given.clone());
        }
        match self.lookup("provider.stage", depth) {
            Value::Absent => Value::Text("dev".to_owned()),
            found => found,
        }
    }

    /// `--region`, or `provider.region`.
    fn region(&self, depth: u32) -> Value<'a> {
        if let Some(given) = &self.answers.region {
            return Value::Text(given.clone());
        }
        match self.lookup("provider.region", depth) {
            Value::Absent => Value::Unknown("aws:region".to_owned()),
            found => found,
        }
    }

    /// `--parameter NAME=VALUE`, or what `params` says for the stage.
    fn parameter(&self, name: &str, depth: u32) -> Value<'a> {
        if let Some(given) = self.answers.parameters.get(name) {
            return Value::Text(given.clone());
        }
        let stage = match self.stage(depth) {
            Value::Text(text) => text,
            Value::Node(node) => node.scalar().unwrap_or_default().to_owned(),
            other => return other,
        };
        match self.lookup(&format!("params.{stage}.{name}"), depth) {
            Value::Absent => self.lookup(&format!("params.default.{name}"), depth),
            found => found,
        }
    }

    /// A value with all variables in it resolved; what is unknown is an expression that no template can have.
    pub(super) fn made(&self, node: Located<'a>) -> Option<Made> {
        self.made_within(node, DEEPEST_TREE)
    }

    fn made_within(&self, node: Located<'a>, depth: u32) -> Option<Made> {
        let (left, steps) = (depth.checked_sub(1)?, self.steps.get().checked_sub(1)?);
        self.steps.set(steps);
        let at = || node.range();
        match self.value(node) {
            Value::Absent => None,
            Value::Text(text) => Some(Made::text(&text, at())),
            Value::Unknown(what) => Some(Made::map(vec![("Fn::Serverless", Made::text(&what, at()))], at())),
            Value::Node(node) => Some(self.made_of(node, left)),
        }
    }

    fn made_of(&self, node: Located<'a>, depth: u32) -> Made {
        match node.shape() {
            Shape::List => {
                let members = node.items().filter_map(|one| self.made_within(one, depth));
                Made::list(members.collect(), node.range())
            }
            Shape::Map => {
                let pairs = last_of_each(node).into_iter().filter_map(|pair| {
                    let value = self.made_within(pair.value, depth)?;
                    Some((pair.key.to_owned(), pair.key_range(), value))
                });
                Made::keyed(pairs.collect(), node.range())
            }
            _ => Made::scalar(node),
        }
    }
}

/// The pairs of a map in order; of a key that is written twice the last one. Merge keys are followed one step.
pub(super) fn last_of_each(node: Located<'_>) -> Vec<Pair<'_>> {
    let merged = node.pairs().filter(|pair| pair.key == "<<").flat_map(|pair| pair.value.pairs());
    let all: Vec<Pair<'_>> = merged.chain(node.pairs()).filter(|pair| pair.key != "<<").collect();
    let last: HashMap<&str, usize> = all.iter().enumerate().map(|(at, pair)| (pair.key, at)).collect();
    let is_last = |(at, pair): &(usize, Pair<'_>)| last.get(pair.key) == Some(at);
    all.into_iter().enumerate().filter(is_last).map(|(_, pair)| pair).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{input::document::Document, model::place::ReportPath};

    const SERVICE: &str = "service: shop
provider:
  stage: ${opt:stage, 'dev'}
  region: eu-west-1
custom:
  deep: {dev: small, prod: large}
  again: ${self:custom.again}
  list: [a, b]
  two: ${self:custom.three}${self:custom.three}
  three: ${self:custom.two}${self:custom.two}
params:
  default: {size: one}
  prod: {size: many}
";

    fn shown(text: &str, given: &[(&str, &str)]) -> String {
        let document =
            Document::yaml(ReportPath::new("serverless.yml"), format!("{SERVICE}x: \"{text}\"\n")).unwrap();
        let mut answers = Answers::default();
        answers
            .parameters
            .extend(given.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
        let root = document.root().unwrap();
        match Variables::new(root, &answers).value(root.get("x").unwrap()) {
            Value::Text(text) => text,
            Value::Node(node) => node.scalar().map_or_else(|| "a list or map".to_owned(), str::to_owned),
            Value::Unknown(what) => format!("unknown {what}"),
            Value::Absent => "absent".to_owned(),
        }
    }

    #[test]
    fn variables_come_to_what_serverless_makes_of_them() {
        for (text, expected) in [
            ("${self:provider.region}", "eu-west-1"),
            ("${sls:stage}-${self:service}", "dev-shop"),
            ("${self:custom.deep.${sls:stage}}", "small"),
            ("${self:custom.nothing, 'other'}", "other"),
            ("${self:custom.nothing, opt:none, self:custom.list.1}", "b"),
            ("${self:custom.list}", "a list or map"),
            ("${param:size}", "one"),
            ("${opt:none, 'a, b'}", "a, b"),
            ("arn:aws:lambda:${AWS::Region}:1:x", "arn:aws:lambda:${AWS::Region}:1:x"),
            ("${ssm:/a/b}", "unknown ${ssm:/a/b}"),
            ("${env:HOME, 'x'}", "unknown ${env:HOME, 'x'}"),
            ("${file(a.yml):x}", "unknown ${file(a.yml):x}"),
            ("${self:custom.deep.${env:X}}", "unknown ${self:custom.deep.${env:X}}"),
            ("${self:custom.again}", "unknown ${self:custom.again}"),
            ("open ${ end", "open ${ end"),
        ] {
            assert_eq!(shown(text, &[]), expected, "{text}");
        }
        assert_eq!(shown("${self:custom.deep.${sls:stage}}", &[("stage", "prod")]), "large");
        assert_eq!(shown("${param:size}", &[("stage", "prod")]), "many");
        assert_eq!(shown("${param:size}", &[("size", "given")]), "given");
    }

    #[test]
    fn variables_that_double_end() {
        assert!(shown("${self:custom.two}", &[]).len() < 10 * LONGEST);
    }
}
