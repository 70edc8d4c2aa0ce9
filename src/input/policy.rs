//! Permission policies as written: a bare document, or the output of `get-layer-version-policy` with the document in a string.
//!
//! What is no JSON is an error that a person mends; JSON that is no policy keeps its faults as values, for `policy/invalid`.

use jsonc_parser::{
    CollectOptions, ParseOptions,
    ast::{Object, Value},
    common::Ranged,
    parse_to_ast,
};

use crate::model::place::SourceSpan;

use super::{
    error::UsageError,
    policy_document::{
        Condition, Effect, Fault, Listed, PolicyDocument, PolicySource, Statement, WrittenPrincipal,
    },
};

/// Objects and arrays inside one another; policies need six.
const DEEPEST: usize = 64;

/// Bytes of a file that can hold a policy: AWS takes 20,480, and a document in a string has its quotes escaped.
const LONGEST: usize = 64 << 10;

/// Faults of one document that are told; whoever has more mends these first.
const MOST_FAULTS: usize = 100;

/// Reads a policy. The error says where the text is no JSON.
pub fn parse(source: &PolicySource) -> Result<PolicyDocument, UsageError> {
    let value = json(source, &source.text)?;
    let whole = SourceSpan::locate(&source.file, &source.text, value.range().start..value.range().end);
    let wrapped = value
        .as_object()
        .filter(|object| object.get("Statement").is_none())
        .and_then(|object| object.get("Policy"));
    let mut reader = Reader { source, fixed: None, faults: Vec::new(), statement: None };
    let statements = match wrapped.map(|property| &property.value) {
        Some(Value::StringLit(inner)) => {
            let range = inner.range.start..inner.range.end;
            reader.fixed = Some(SourceSpan::locate(&source.file, &source.text, range));
            reader.document(&json(source, &inner.value)?)
        }
        Some(inner @ Value::Object(_)) => reader.document(inner),
        _ => reader.document(&value),
    };
    Ok(PolicyDocument {
        file: source.file.clone(),
        kind: source.kind,
        of: source.of.clone(),
        at: whole,
        statements,
        faults: reader.faults,
    })
}

fn json<'a>(source: &PolicySource, text: &'a str) -> Result<Value<'a>, UsageError> {
    let file = source.file.as_str();
    let fault = |message: String, range: std::ops::Range<usize>| {
        let usage = UsageError::new(format!("{file}: {message}"));
        if text.len() == source.text.len() { usage.in_text(file, text, range, "here") } else { usage }
    };
    if text.len() > LONGEST {
        return Err(UsageError::new(format!(
            "{file}: {} bytes are too many for a policy (AWS takes 20,480)",
            text.len()
        )));
    }
    if is_too_deep(text) {
        return Err(fault("nested too deeply to be a policy".to_owned(), 0..1));
    }
    let strict = ParseOptions {
        allow_comments: false,
        allow_loose_object_property_names: false,
        allow_trailing_commas: false,
        allow_missing_commas: false,
        allow_single_quoted_strings: false,
        allow_hexadecimal_numbers: false,
        allow_unary_plus_numbers: false,
        allow_bare_decimal_point_numbers: false,
        allow_non_finite_numbers: false,
        allow_extended_string_escapes: false,
    };
    let parsed = parse_to_ast(text, &CollectOptions::default(), &strict).map_err(|error| {
        fault(format!("not JSON: {}", error.kind()), error.range().start..error.range().end)
    })?;
    parsed.value.ok_or_else(|| fault("empty: a policy is a JSON object".to_owned(), 0..0))
}

/// Whether brackets nest deeper than any policy; counted before the parser, which recurses, sees the text.
fn is_too_deep(text: &str) -> bool {
    let mut depth = 0usize;
    let mut in_string = false;
    let mut escaped = false;
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => depth = depth.saturating_add(1),
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEPEST {
            return true;
        }
    }
    false
}

struct Reader<'a> {
    source: &'a PolicySource,
    /// The one place of everything in a document that lies in a string.
    fixed: Option<SourceSpan>,
    faults: Vec<Fault>,
    statement: Option<usize>,
}

impl Reader<'_> {
    fn span(&self, value: &impl Ranged) -> SourceSpan {
        let range = value.range();
        self.fixed.clone().unwrap_or_else(|| {
            SourceSpan::locate(&self.source.file, &self.source.text, range.start..range.end)
        })
    }

    fn fault(&mut self, at: &impl Ranged, message: impl Into<String>) {
        if self.faults.len() >= MOST_FAULTS {
            return;
        }
        let at = self.span(at);
        self.faults.push(Fault { at, message: message.into(), statement: self.statement });
    }

    fn document(&mut self, value: &Value<'_>) -> Vec<Statement> {
        let Value::Object(object) = value else {
            self.fault(value, "a policy is a JSON object");
            return Vec::new();
        };
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
        let statements: Vec<Statement> =
            list.into_iter().enumerate().filter_map(|(index, one)| self.statement(index, one)).collect();
        self.statement = None;
        self.duplicate_sids(&statements);
        statements
    }

    fn version(&mut self, object: &Object<'_>) {
        let Some(version) = object.get("Version") else { return };
        let known = matches!(&version.value, Value::StringLit(text) if text.value == "2012-10-17" || text.value == "2008-10-17");
        if !known {
            self.fault(&version.value, "Version is neither 2012-10-17 nor 2008-10-17");
        }
    }

    fn duplicate_sids(&mut self, statements: &[Statement]) {
        for (index, statement) in statements.iter().enumerate() {
            let earlier =
                statements.iter().take(index).any(|one| one.sid.is_some() && one.sid == statement.sid);
            if earlier {
                let sid = statement.sid.clone().unwrap_or_default();
                let message = format!("two statements have the Sid {sid}");
                self.faults.push(Fault { at: statement.at.clone(), message, statement: Some(index) });
            }
        }
    }

    /// Unknown keys and keys that are written twice, of which readers keep different ones.
    fn keys(&mut self, object: &Object<'_>, known: &[&str]) {
        for (index, property) in object.properties.iter().enumerate() {
            let name = property.name.as_str();
            if !known.is_empty() && !known.contains(&name) {
                self.fault(property, format!("unknown key {name}"));
            }
            if object.properties.iter().take(index).any(|earlier| earlier.name.as_str() == name) {
                self.fault(property, format!("the key {name} is written twice"));
            }
        }
    }

    fn statement(&mut self, index: usize, value: &Value<'_>) -> Option<Statement> {
        const KEYS: [&str; 10] = [
            "Sid",
            "Effect",
            "Principal",
            "NotPrincipal",
            "Action",
            "NotAction",
            "Resource",
            "NotResource",
            "Condition",
            "RevisionId",
        ];
        self.statement = Some(index);
        let Value::Object(object) = value else {
            self.fault(value, "a statement is a JSON object");
            return None;
        };
        self.keys(object, KEYS.get(..9).unwrap_or_default());
        let effect = self.effect(object);
        Some(Statement {
            at: self.span(object),
            sid: self.sid(object),
            effect,
            principals: self.principals(object),
            actions: self.actions(object),
            resources: object
                .get("Resource")
                .map(|property| self.strings(&property.value))
                .unwrap_or_default(),
            not_resource: object.get("NotResource").is_some(),
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

    fn principals(&mut self, object: &Object<'_>) -> Listed<WrittenPrincipal> {
        let (principal, not_principal) = (object.get("Principal"), object.get("NotPrincipal"));
        match (principal, not_principal) {
            (Some(_), Some(both)) => self.fault(both, "both Principal and NotPrincipal"),
            (None, None) => self.fault(object, "the statement has no Principal"),
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
                let values = self.strings(&key.value);
                found.push(Condition {
                    operator: operator.name.as_str().to_owned(),
                    key: key.name.as_str().to_owned(),
                    values,
                });
            }
        }
        found
    }

    /// One string or a list of them. Booleans and numbers are taken as AWS takes them: as their text.
    fn strings(&mut self, value: &Value<'_>) -> Vec<String> {
        match value {
            Value::StringLit(text) => vec![text.value.to_string()],
            Value::BooleanLit(flag) => vec![flag.value.to_string()],
            Value::NumberLit(number) => vec![number.value.to_string()],
            Value::Array(array) => array.elements.iter().flat_map(|one| self.strings(one)).collect(),
            other => {
                self.fault(other, "a string or a list of strings belongs here");
                Vec::new()
            }
        }
    }
}
