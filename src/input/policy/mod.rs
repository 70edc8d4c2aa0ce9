//! Permission policies as written: a bare document, or the output of `get-layer-version-policy` with the document in a string.
//!
//! What is no JSON is an error that a person mends; JSON that is no policy keeps its faults as values, for `policy/invalid`.

mod json;
mod kind;
mod reader;

use jsonc_parser::{ast::Value, common::Ranged};

use crate::model::place::{ReportPath, SourceSpan};

use super::{
    document::lines::Lines,
    error::UsageError,
    project::{ComposedPolicy, ReadPolicy},
};
use reader::Reader;

/// What a policy is attached to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicyKind {
    /// A layer version.
    Layer,
    /// A function.
    Function,
    /// A user, role or group: it says what its holder may do.
    Identity,
}

impl PolicyKind {
    /// The word of the JSON report.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Layer => "layer",
            Self::Function => "function",
            Self::Identity => "identity",
        }
    }
}

/// A policy before it is read.
#[derive(Clone, Debug)]
pub struct PolicySource {
    /// The file.
    pub file: ReportPath,
    /// Its text.
    pub text: String,
    /// What it is attached to, when that is declared; otherwise its content tells.
    pub kind: Option<PolicyKind>,
    /// The alias of the layer or function it belongs to.
    pub of: Option<String>,
    /// Where the text begins, when it is one value of a longer one.
    pub begins_at: Option<SourceSpan>,
    /// Where each statement comes from, when the text is put together from something else.
    pub places: Vec<SourceSpan>,
    /// The account that owns the resource, when the source says so.
    pub owner: Option<String>,
    /// What the API would not accept about how it is written: the statement, and why.
    pub faults: Vec<(usize, String)>,
}

impl PolicySource {
    /// A policy of which only the content tells what it is attached to.
    pub fn new(file: ReportPath, text: String) -> Self {
        let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
        Self {
            file,
            text,
            kind: None,
            of: None,
            begins_at: None,
            places: Vec::new(),
            owner: None,
            faults: Vec::new(),
        }
    }

    /// A policy that is one value of a text.
    pub fn read(from: &ReadPolicy) -> Self {
        Self { begins_at: Some(from.at.clone()), ..Self::new(from.at.file.clone(), from.text.clone()) }
    }

    /// The place of some bytes of the text in the file.
    fn span(&self, lines: &Lines, range: &std::ops::Range<usize>) -> SourceSpan {
        let inner = lines.span(&self.file, &self.text, range);
        let Some(start) = &self.begins_at else { return inner };
        let before = if inner.line == 1 { start.column.saturating_sub(1) } else { 0 };
        SourceSpan {
            line: inner.line.saturating_add(start.line).saturating_sub(1),
            column: inner.column.saturating_add(before),
            offset: inner.offset.saturating_add(start.offset),
            ..inner
        }
    }

    /// A policy that is put together from a template.
    pub fn composed(from: &ComposedPolicy) -> Self {
        Self {
            places: from.places.clone(),
            owner: from.owner.clone(),
            faults: from.faults.clone(),
            ..Self::new(from.file.clone(), from.text.clone())
        }
    }

    /// The policy of a layer.
    pub fn layer(file: ReportPath, text: String, of: Option<String>) -> Self {
        Self { kind: Some(PolicyKind::Layer), of, ..Self::new(file, text) }
    }
}

/// `Allow` or `Deny`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Grants.
    Allow,
    /// Takes away.
    Deny,
}

/// A list that may be negated: `Action` or `NotAction`, `Principal` or `NotPrincipal`, `Resource` or `NotResource`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Listed<T> {
    /// Whether everything but the list is meant.
    pub negated: bool,
    /// The list.
    pub values: Vec<T>,
}

/// One principal with the type it is written under.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenPrincipal {
    /// `AWS`, `Service`, `Federated`, `CanonicalUser`; nothing for a bare string.
    pub kind: Option<String>,
    /// As written.
    pub text: String,
}

/// One key of one operator of a condition.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// `StringEquals`
    pub operator: String,
    /// `aws:PrincipalOrgID`
    pub key: String,
    /// The values.
    pub values: Vec<String>,
}

/// One statement as written.
#[derive(Clone, Debug)]
pub struct Statement {
    /// Its position in the document, from 0; what is no object leaves a gap.
    pub index: usize,
    /// Where.
    pub at: SourceSpan,
    /// `Sid`
    pub sid: Option<String>,
    /// `Effect`; nothing when it is missing or wrong, which is a fault.
    pub effect: Option<Effect>,
    /// `Principal` or `NotPrincipal`.
    pub principals: Listed<WrittenPrincipal>,
    /// `Action` or `NotAction`.
    pub actions: Listed<String>,
    /// `Resource` or `NotResource`.
    /// Nothing when neither is written, which is not the same as an empty list.
    pub resources: Option<Listed<String>>,
    /// `Condition`
    pub conditions: Vec<Condition>,
}

impl Statement {
    /// What the statement is about; nothing of a `NotResource`.
    pub fn resources(&self) -> impl Iterator<Item = &str> {
        self.resources
            .iter()
            .filter(|listed| !listed.negated)
            .flat_map(|listed| &listed.values)
            .map(String::as_str)
    }
}

/// Something that AWS would not accept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Where.
    pub at: SourceSpan,
    /// What, in one clause.
    pub message: String,
    /// The statement it is in, from 0.
    pub statement: Option<usize>,
}

/// A policy as written.
#[derive(Clone, Debug)]
pub struct PolicyDocument {
    /// The file.
    pub file: ReportPath,
    /// What it is attached to.
    pub kind: PolicyKind,
    /// The alias of the layer it belongs to.
    pub of: Option<String>,
    /// The whole document.
    pub at: SourceSpan,
    /// The statements in order.
    pub statements: Vec<Statement>,
    /// What AWS would not accept.
    pub faults: Vec<Fault>,
    /// The account that owns the resource, when the source says so.
    pub owner: Option<String>,
}

/// Reads a policy. The error says where the text is no JSON.
pub fn parse(source: &PolicySource) -> Result<PolicyDocument, UsageError> {
    let value = json::outer(source)?;
    let mut reader = Reader::new(source);
    let whole = reader.at(&(value.range().start..value.range().end));
    let statements = statements(source, &value, &mut reader)?;
    reader.say_faults_of_source();
    let whole = source.places.first().cloned().unwrap_or(whole);
    Ok(PolicyDocument {
        file: source.file.clone(),
        kind: reader.kind(),
        of: source.of.clone(),
        at: whole,
        statements,
        faults: reader.into_faults(),
        owner: source.owner.clone(),
    })
}

/// The statements of a bare document, of one in `Policy` as an object or a string, or the one that `add-permission` answers with.
fn statements(
    source: &PolicySource,
    value: &Value<'_>,
    reader: &mut Reader<'_>,
) -> Result<Vec<Statement>, UsageError> {
    let Some(outer) = value.as_object() else { return Ok(reader.document(value)) };
    let statement = outer.get("Statement").map(|property| &property.value);
    let policy = outer.get("Policy").map(|property| &property.value).filter(|_| statement.is_none());
    match (statement, policy) {
        (Some(Value::StringLit(text)), _) => {
            let range = text.range.start..text.range.end;
            let inner = json::inner(source, "Statement", &text.value, range.clone())?;
            reader.stand_at(reader.at(&range));
            Ok(reader.lone_statement(&inner))
        }
        (None, Some(Value::StringLit(text))) => {
            let range = text.range.start..text.range.end;
            reader.keys(outer, &[]);
            let inner = json::inner(source, "Policy", &text.value, range.clone())?;
            reader.stand_at(reader.at(&range));
            Ok(reader.document(&inner))
        }
        (None, Some(inner @ Value::Object(_))) => {
            reader.keys(outer, &[]);
            Ok(reader.document(inner))
        }
        _ => Ok(reader.document(value)),
    }
}
