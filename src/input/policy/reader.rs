//! From a JSON tree to a policy: what AWS would not accept is kept as faults, the rest is read on.

use std::{collections::HashSet, ops::Range};

use jsonc_parser::{
    ast::{Object, Value},
    common::Ranged,
};

use crate::{input::document::lines::Lines, model::place::SourceSpan};

use super::{Condition, Effect, Fault, Listed, PolicyKind, PolicySource, Statement, WrittenPrincipal, kind};

/// Faults that one document can have; a text made of faults says nothing more after these.
const MOST_FAULTS: usize = 100;

/// Statements that are read. The 20,480 bytes that Lambda keeps of a policy hold a third of these at most.
const MOST_STATEMENTS: usize = 1000;

/// Walks over the tree and keeps what is wrong with it.
pub(super) struct Reader<'a> {
    source: &'a PolicySource,
    lines: Lines,
    kind: PolicyKind,
    /// The one place of everything in a document that lies in a string.
    fixed: Option<SourceSpan>,
    faults: Vec<Fault>,
    statement: Option<usize>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(source: &'a PolicySource) -> Self {
        Self {
            source,
            lines: Lines::of(&source.text),
            kind: source.kind.unwrap_or(PolicyKind::Layer),
            fixed: None,
            faults: Vec::new(),
            statement: None,
        }
    }

    /// From here on everything stands at this one place.
    pub(super) fn stand_at(&mut self, place: SourceSpan) {
        self.fixed = Some(place);
    }

    /// What the policy is attached to, once its document is read.
    pub(super) fn kind(&self) -> PolicyKind {
        self.kind
    }

    /// Keeps what the source knows to be wrong before anybody reads its text.
    pub(super) fn say_faults_of_source(&mut self) {
        for (statement, message) in &self.source.faults {
            if let Some(at) = self.source.places.get(*statement).cloned() {
                self.faults.push(Fault { at, message: message.clone(), statement: Some(*statement) });
            }
        }
    }

    pub(super) fn into_faults(self) -> Vec<Fault> {
        self.faults
    }

    fn span(&self, value: &impl Ranged) -> SourceSpan {
        let range = value.range();
        let of_source = || {
            let statement = self.statement.and_then(|index| self.source.places.get(index));
            statement.or_else(|| self.source.places.first()).cloned()
        };
        self.fixed.clone().or_else(of_source).unwrap_or_else(|| self.at(&(range.start..range.end)))
    }

    /// The place of some bytes of the text.
    pub(super) fn at(&self, range: &Range<usize>) -> SourceSpan {
        self.source.span(&self.lines, range)
    }

    fn fault(&mut self, at: &impl Ranged, message: impl Into<String>) {
        if self.faults.len() < MOST_FAULTS {
            let at = self.span(at);
            self.faults.push(Fault { at, message: message.into(), statement: self.statement });
        }
    }

    pub(super) fn document(&mut self, value: &Value<'_>) -> Vec<Statement> {
        let Value::Object(object) = value else {
            self.fault(value, "a policy is a JSON object");
            return Vec::new();
        };
        self.kind = self.source.kind.unwrap_or_else(|| kind::of(object));
        self.keys(object, &["Version", "Id", "Statement"]);
        self.version(object);
        let Some(statement) = object.get("Statement") else {
            self.fault(object, "the policy has no Statement");
            return Vec::new();
        };
        let list: Vec<&Value<'_>> = match &statement.value {
            Value::Array(array) => array.elements.iter().collect(),
            one => vec![one],
        };
        if let Some(beyond) = list.get(MOST_STATEMENTS) {
            self.fault(*beyond, format!("more than {MOST_STATEMENTS} statements"));
        }
        let read = list.into_iter().take(MOST_STATEMENTS).enumerate();
        let statements: Vec<Statement> = read.filter_map(|(index, one)| self.statement(index, one)).collect();
        self.statement = None;
        self.duplicate_sids(&statements);
        statements
    }

    /// The one statement that adding a permission answers with.
    pub(super) fn lone_statement(&mut self, value: &Value<'_>) -> Vec<Statement> {
        if let Value::Object(object) = value {
            self.kind = self.source.kind.unwrap_or_else(|| kind::of_statements(&[object]));
        }
        let read = self.statement(0, value);
        self.statement = None;
        read.into_iter().collect()
    }

    fn version(&mut self, object: &Object<'_>) {
        let Some(version) = object.get("Version") else { return };
        let known = matches!(&version.value, Value::StringLit(text) if text.value == "2012-10-17" || text.value == "2008-10-17");
        if !known {
            self.fault(&version.value, "Version is neither 2012-10-17 nor 2008-10-17");
        }
    }

    fn duplicate_sids(&mut self, statements: &[Statement]) {
        let mut seen = HashSet::new();
        for statement in statements {
            let Some(sid) = &statement.sid else { continue };
            if !seen.insert(sid) && self.faults.len() < MOST_FAULTS {
                let message = format!("two statements have the Sid {sid}");
                self.faults.push(Fault {
                    at: statement.at.clone(),
                    message,
                    statement: Some(statement.index),
                });
            }
        }
    }

    /// Unknown keys and keys that are written twice, of which readers keep different ones.
    pub(super) fn keys(&mut self, object: &Object<'_>, known: &[&str]) {
        let mut seen = HashSet::new();
        for property in &object.properties {
            let name = property.name.as_str();
            if !known.is_empty() && !known.contains(&name) {
                self.fault(property, format!("unknown key {name}"));
            }
            if !seen.insert(name) {
                self.fault(property, format!("the key {name} is written twice"));
            }
        }
    }

    fn statement(&mut self, index: usize, value: &Value<'_>) -> Option<Statement> {
        const KEYS: [&str; 9] = [
            "Sid",
            "Effect",
            "Principal",
            "NotPrincipal",
            "Action",
            "NotAction",
            "Resource",
            "NotResource",
            "Condition",
        ];
        self.statement = Some(index);
        let Value::Object(object) = value else {
            self.fault(value, "a statement is a JSON object");
            return None;
        };
        self.keys(object, &KEYS);
        let effect = self.effect(object);
        Some(Statement {
            index,
            at: self.span(object),
            sid: self.sid(object),
            effect,
            principals: self.principals(object),
            actions: self.actions(object),
            resources: self.resources(object),
            conditions: self.conditions(object),
        })
    }

    fn sid(&mut self, object: &Object<'_>) -> Option<String> {
        match &object.get("Sid")?.value {
            Value::StringLit(text) => Some(text.value.to_string()),
            other => {
                self.fault(other, "Sid is a string");
                None
            }
        }
    }

    fn effect(&mut self, object: &Object<'_>) -> Option<Effect> {
        let Some(property) = object.get("Effect") else {
            self.fault(object, "the statement has no Effect");
            return None;
        };
        match &property.value {
            Value::StringLit(text) if text.value == "Allow" => Some(Effect::Allow),
            Value::StringLit(text) if text.value == "Deny" => Some(Effect::Deny),
            other => {
                self.fault(other, "Effect is neither Allow nor Deny");
                None
            }
        }
    }

    fn actions(&mut self, object: &Object<'_>) -> Listed<String> {
        let (action, not_action) = (object.get("Action"), object.get("NotAction"));
        match (action, not_action) {
            (Some(_), Some(both)) => self.fault(both, "both Action and NotAction"),
            (None, None) => self.fault(object, "the statement has no Action"),
            _ => {}
        }
        let chosen = action.or(not_action);
        let values = chosen.map(|property| self.strings(&property.value)).unwrap_or_default();
        Listed { negated: action.is_none() && not_action.is_some(), values }
    }

    /// A policy of a resource may leave its Resource out.
    fn resources(&mut self, object: &Object<'_>) -> Option<Listed<String>> {
        let (resource, not_resource) = (object.get("Resource"), object.get("NotResource"));
        if let (Some(_), Some(both)) = (resource, not_resource) {
            self.fault(both, "both Resource and NotResource");
        }
        if resource.or(not_resource).is_none() && self.kind == PolicyKind::Identity {
            self.fault(object, "the statement has no Resource");
        }
        let values = self.strings(&resource.or(not_resource)?.value);
        Some(Listed { negated: resource.is_none(), values })
    }

    fn principals(&mut self, object: &Object<'_>) -> Listed<WrittenPrincipal> {
        let (principal, not_principal) = (object.get("Principal"), object.get("NotPrincipal"));
        match (principal, not_principal) {
            (Some(one), _) | (_, Some(one)) if self.kind == PolicyKind::Identity => {
                self.fault(one, "a policy of an identity has no Principal");
            }
            (Some(_), Some(both)) => self.fault(both, "both Principal and NotPrincipal"),
            (None, None) if self.kind != PolicyKind::Identity => {
                self.fault(object, "the statement has no Principal");
            }
            _ => {}
        }
        let chosen = principal.or(not_principal);
        let values = chosen.map(|property| self.principal_values(&property.value)).unwrap_or_default();
        Listed { negated: principal.is_none() && not_principal.is_some(), values }
    }

    fn principal_values(&mut self, value: &Value<'_>) -> Vec<WrittenPrincipal> {
        match value {
            Value::StringLit(text) => vec![WrittenPrincipal { kind: None, text: text.value.to_string() }],
            Value::Object(object) => {
                self.keys(object, &["AWS", "Service", "Federated", "CanonicalUser"]);
                let mut found = Vec::new();
                for property in &object.properties {
                    let kind = Some(property.name.as_str().to_owned());
                    let texts = self.strings(&property.value);
                    found.extend(texts.into_iter().map(|text| WrittenPrincipal { kind: kind.clone(), text }));
                }
                found
            }
            other => {
                self.fault(other, "Principal is \"*\" or an object such as {\"AWS\": \"111122223333\"}");
                Vec::new()
            }
        }
    }

    fn conditions(&mut self, object: &Object<'_>) -> Vec<Condition> {
        let Some(property) = object.get("Condition") else { return Vec::new() };
        let Value::Object(operators) = &property.value else {
            self.fault(&property.value, "Condition is a JSON object");
            return Vec::new();
        };
        self.keys(operators, &[]);
        let mut found = Vec::new();
        for operator in &operators.properties {
            let Value::Object(keys) = &operator.value else {
                self.fault(&operator.value, "an operator of Condition holds a JSON object");
                continue;
            };
            self.keys(keys, &[]);
            for key in &keys.properties {
                let values = self.scalars(&key.value);
                found.push(Condition {
                    operator: operator.name.as_str().to_owned(),
                    key: key.name.as_str().to_owned(),
                    values,
                });
            }
        }
        found
    }

    /// One string or a list of them.
    fn strings(&mut self, value: &Value<'_>) -> Vec<String> {
        self.listed(value, |one| match one {
            Value::StringLit(text) => Some(text.value.to_string()),
            _ => None,
        })
    }

    /// The values of a condition: booleans and numbers are taken as AWS takes them, as their text.
    fn scalars(&mut self, value: &Value<'_>) -> Vec<String> {
        self.listed(value, |one| match one {
            Value::StringLit(text) => Some(text.value.to_string()),
            Value::BooleanLit(flag) => Some(flag.value.to_string()),
            Value::NumberLit(number) => Some(number.value.to_string()),
            _ => None,
        })
    }

    fn listed(&mut self, value: &Value<'_>, text: fn(&Value<'_>) -> Option<String>) -> Vec<String> {
        let elements = match value {
            Value::Array(array) => array.elements.as_slice(),
            one => std::slice::from_ref(one),
        };
        let mut found = Vec::new();
        for element in elements {
            match text(element) {
                Some(text) => found.push(text),
                None => self.fault(element, "a string or a list of strings belongs here"),
            }
        }
        found
    }
}
