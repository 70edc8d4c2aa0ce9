//! What judging a policy gives: whom each statement admits, and the widest of them.

use crate::{
    input::policy::{Effect, Fault, PolicyKind},
    model::{
        place::{ReportPath, SourceSpan},
        settings::TrustSettings,
    },
};

use super::{condition::Unbound, identity::Grant};

/// The widest class of caller that a policy admits. Ordered narrow to wide.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Verdict {
    /// No statement.
    NoPolicy,
    /// Nobody.
    Nobody,
    /// The owner's account only.
    SameAccount,
    /// A service, for fixed sources.
    ServiceScoped,
    /// A service, for whoever makes it call.
    ServiceUnscoped,
    /// Named accounts.
    CrossAccount,
    /// Whole organisations.
    Organization,
    /// Everyone.
    Public,
    /// An identity that can do nothing to other people's code by way of layers, or only by name.
    IdentityOk,
    /// An identity whose grants about layers have no effect.
    IdentityIneffective,
    /// An identity that can change, share or publish any layer.
    IdentityBroad,
    /// AWS would not accept it.
    Invalid,
}

impl Verdict {
    /// The word of the JSON report.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::NoPolicy => "no-policy",
            Self::Nobody => "nobody",
            Self::SameAccount => "same-account",
            Self::ServiceScoped => "service-scoped",
            Self::ServiceUnscoped => "service-unscoped",
            Self::CrossAccount => "cross-account",
            Self::Organization => "organization",
            Self::Public => "public",
            Self::IdentityOk => "identity-ok",
            Self::IdentityIneffective => "identity-ineffective",
            Self::IdentityBroad => "identity-broad",
            Self::Invalid => "invalid",
        }
    }
}

/// Whom one statement admits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Admits {
    /// It grants nothing of this kind: Deny, another action, nobody.
    Nothing,
    /// The owner's account.
    OwnAccount,
    /// These other accounts, each once.
    Accounts(Vec<String>),
    /// One principal of an account that the policy does not show.
    OnePrincipal,
    /// These organisations.
    Organizations(Vec<String>),
    /// Everyone, with the conditions that look as if they narrowed it.
    Everyone(Vec<Unbound>),
    /// A service, for fixed sources or not.
    Service {
        /// Whether the sources are fixed.
        scoped: bool,
    },
}

/// One statement, judged.
#[derive(Clone, Debug)]
pub struct JudgedStatement {
    /// Its position, from 0.
    pub index: usize,
    /// Where.
    pub at: SourceSpan,
    /// `Sid`
    pub sid: Option<String>,
    /// `Allow` or `Deny`.
    pub effect: Option<Effect>,
    /// Whom it admits after its conditions.
    pub admits: Admits,
    /// Whether it is written with `NotPrincipal`.
    pub not_principal: bool,
    /// Whether it is written with `NotAction`.
    pub not_action: bool,
    /// Whether it is the grant of a function URL without authentication.
    pub is_open_url: bool,
    /// What it lets an identity do; nothing in the policy of a resource.
    pub grants: Vec<Grant>,
    /// Services that it names.
    pub services: Vec<String>,
    /// Actions that name more than `lambda:GetLayerVersion`.
    pub wide_actions: Vec<String>,
    /// The layer and version that it is about, from its Resource.
    pub layer: Option<(String, Option<u32>)>,
}

impl JudgedStatement {
    /// What makes two runs see the same statement: its Sid, or its position.
    pub fn identity(&self) -> String {
        self.sid.clone().unwrap_or_else(|| format!("statement {}", self.index))
    }

    /// The command that takes the grant back. People paste it into a shell, so it holds only names that the API could have
    /// given, and none that would be read as an option.
    pub fn removal(&self) -> String {
        let name = self.layer.as_ref().map_or("NAME", |(name, _)| name);
        let version = self
            .layer
            .as_ref()
            .and_then(|(_, version)| *version)
            .map_or("N".to_owned(), |version| version.to_string());
        let sid =
            self.sid.as_deref().filter(|sid| is_statement_id(sid) && !sid.starts_with('-')).unwrap_or("SID");
        format!(
            "aws lambda remove-layer-version-permission --layer-name {name} --version-number {version} --statement-id {sid}"
        )
    }
}

/// A policy, judged.
#[derive(Clone, Debug)]
pub struct JudgedPolicy {
    /// The file.
    pub source_file: ReportPath,
    /// What it is attached to.
    pub kind: PolicyKind,
    /// The alias of the layer it belongs to.
    pub of: Option<String>,
    /// The statements in order.
    pub statements: Vec<JudgedStatement>,
    /// What AWS would not accept.
    pub faults: Vec<Fault>,
    /// The widest class of caller.
    pub verdict: Verdict,
    /// The statement that decides, from 0.
    pub decided_by: Option<usize>,
    /// Why, in one clause.
    pub reason: String,
    /// Whom the user trusts.
    pub trust: TrustSettings,
}

impl JudgedPolicy {
    /// The statements when they are about a layer; none for another kind, of which the rules about layers say nothing.
    pub fn layer_statements(&self) -> &[JudgedStatement] {
        match self.kind {
            PolicyKind::Layer => &self.statements,
            PolicyKind::Function | PolicyKind::Identity => &[],
        }
    }

    /// The statements when they are about a function.
    pub fn function_statements(&self) -> &[JudgedStatement] {
        match self.kind {
            PolicyKind::Function => &self.statements,
            PolicyKind::Layer | PolicyKind::Identity => &[],
        }
    }
}

/// Whether a text is a `StatementId` of the API: 1 to 100 letters, digits, `-` and `_`.
pub(super) fn is_statement_id(text: &str) -> bool {
    (1..=100).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
}
