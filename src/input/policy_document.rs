//! A permission policy as written: the types that the reader fills and the engine judges.

use crate::model::place::{ReportPath, SourceSpan};

/// What a policy is attached to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PolicyKind {
    /// A layer version.
    Layer,
    /// A function.
    Function,
}

impl PolicyKind {
    /// The word of the JSON report.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Layer => "layer",
            Self::Function => "function",
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
    /// What it is attached to.
    pub kind: PolicyKind,
    /// The alias of the layer it belongs to.
    pub of: Option<String>,
}

impl PolicySource {
    /// The policy of a layer.
    pub fn layer(file: ReportPath, text: String, of: Option<String>) -> Self {
        let text = text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text);
        Self { file, text, kind: PolicyKind::Layer, of }
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

/// A list that may be negated: `Action` or `NotAction`, `Principal` or `NotPrincipal`.
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
    /// `Resource`
    pub resources: Vec<String>,
    /// Whether everything but a list of resources is meant.
    pub not_resource: bool,
    /// `Condition`
    pub conditions: Vec<Condition>,
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
}
