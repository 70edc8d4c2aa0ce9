//! Statement by statement whom a policy admits, and the widest of them.

use crate::{
    data::arn::{LayerArn, is_organization},
    input::policy_document::{Effect, Fault, PolicyDocument, PolicyKind, Statement},
    model::{
        place::{ReportPath, SourceSpan},
        settings::TrustSettings,
    },
};

use super::{
    action,
    condition::{self, Bound, Unbound},
    principal::Principal,
};

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
    /// These other accounts.
    Accounts(Vec<String>),
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

    /// The command that takes the grant back.
    pub fn removal(&self) -> String {
        let name = self.layer.as_ref().map_or("NAME", |(name, _)| name);
        let version = self
            .layer
            .as_ref()
            .and_then(|(_, version)| *version)
            .map_or("N".to_owned(), |version| version.to_string());
        // the command is pasted into a shell: a Sid that is none of the API's is not repeated there
        let plain = |sid: &&str| {
            !sid.is_empty() && sid.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
        };
        let sid = self.sid.as_deref().filter(plain).unwrap_or("SID");
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

/// Judges a policy.
pub fn judge(document: &PolicyDocument, trust: &TrustSettings) -> JudgedPolicy {
    let mut faults = document.faults.clone();
    let mut statements = Vec::new();
    for (index, statement) in document.statements.iter().enumerate() {
        faults.extend(value_faults(index, statement));
        statements.push(judged(index, statement, trust));
    }
    subtract_denies(&document.statements, &mut statements);
    let (verdict, decided_by) = verdict(&statements, &faults);
    JudgedPolicy {
        source_file: document.file.clone(),
        kind: document.kind,
        of: document.of.clone(),
        reason: reason(verdict, decided_by.and_then(|index| statements.get(index)), &faults),
        statements,
        faults,
        verdict,
        decided_by,
        trust: trust.clone(),
    }
}

fn judged(index: usize, statement: &Statement, trust: &TrustSettings) -> JudgedStatement {
    let layer = statement
        .resources
        .iter()
        .find_map(|arn| LayerArn::parse(arn))
        .map(|arn| (arn.name.to_owned(), arn.version));
    let owner = owner(statement, trust);
    JudgedStatement {
        index,
        at: statement.at.clone(),
        sid: statement.sid.clone(),
        effect: statement.effect,
        admits: admits(statement, owner.as_deref()),
        not_principal: statement.principals.negated,
        wide_actions: wide_actions(statement),
        layer,
    }
}

/// The account that owns the layer: said by the user, or by the Resource.
fn owner(statement: &Statement, trust: &TrustSettings) -> Option<String> {
    let of_resource =
        statement.resources.iter().find_map(|arn| LayerArn::parse(arn)).map(|arn| arn.account.to_owned());
    trust.own_account.clone().or(of_resource)
}

fn wide_actions(statement: &Statement) -> Vec<String> {
    if statement.actions.negated {
        return vec!["NotAction".to_owned()];
    }
    statement
        .actions
        .values
        .iter()
        .filter(|action| action::is_wide(action) || !action::is_get_layer(action))
        .cloned()
        .collect()
}

fn admits(statement: &Statement, owner: Option<&str>) -> Admits {
    let grants = statement.effect == Some(Effect::Allow) && action::covers_get_layer(&statement.actions);
    if !grants {
        return Admits::Nothing;
    }
    let principals: Vec<Principal> = statement.principals.values.iter().map(Principal::of).collect();
    let everyone = statement.principals.negated || principals.contains(&Principal::Everyone);
    let effects: Vec<Result<Bound, Unbound>> = statement.conditions.iter().map(condition::effect).collect();
    if effects.contains(&Ok(Bound::Nobody)) {
        return Admits::Nothing;
    }
    if everyone {
        return everyone_within(effects, owner);
    }
    let accounts: Vec<String> =
        principals.iter().filter_map(|one| one.account().map(str::to_owned)).collect();
    let service = principals.iter().any(|one| matches!(one, Principal::Service(_)));
    match (accounts.is_empty(), service) {
        (false, _) => of_accounts(accounts, owner),
        (true, true) => Admits::Service { scoped: effects.iter().any(Result::is_ok) },
        (true, false) => Admits::Nothing,
    }
}

/// Everyone, narrowed by the conditions that bind; the tightest one counts.
fn everyone_within(effects: Vec<Result<Bound, Unbound>>, owner: Option<&str>) -> Admits {
    let (bound, unbound): (Vec<_>, Vec<_>) = effects.into_iter().partition(Result::is_ok);
    let tightest = bound.into_iter().filter_map(Result::ok).min();
    match tightest {
        Some(Bound::Nobody) => Admits::Nothing,
        Some(Bound::Accounts(accounts)) => of_accounts(accounts, owner),
        Some(Bound::Organizations(organizations)) => Admits::Organizations(organizations),
        Some(Bound::One) => Admits::Accounts(vec!["one principal".to_owned()]),
        Some(Bound::Source) => Admits::Service { scoped: true },
        None => Admits::Everyone(unbound.into_iter().filter_map(Result::err).collect()),
    }
}

fn of_accounts(mut accounts: Vec<String>, owner: Option<&str>) -> Admits {
    accounts.retain(|account| Some(account.as_str()) != owner);
    if accounts.is_empty() { Admits::OwnAccount } else { Admits::Accounts(accounts) }
}

/// Takes away what a Deny certainly takes: everything when it names everyone without a condition, the rest of the world when it denies
/// whoever is not of an organisation or account.
fn subtract_denies(written: &[Statement], judged: &mut [JudgedStatement]) {
    for deny in written
        .iter()
        .filter(|one| one.effect == Some(Effect::Deny) && action::covers_get_layer(&one.actions))
    {
        let everyone = !deny.principals.negated
            && deny.principals.values.iter().any(|one| Principal::of(one) == Principal::Everyone);
        if !everyone {
            continue;
        }
        for (allow, statement) in written.iter().zip(&mut *judged).filter(|(allow, _)| covers(deny, allow)) {
            match deny.conditions.as_slice() {
                [] => statement.admits = Admits::Nothing,
                [only] if allow.effect == Some(Effect::Allow) => narrow(only, statement),
                _ => {}
            }
        }
    }
}

/// Whether a Deny is about everything that an Allow is about. In doubt it is not: a Deny that does not count can only widen a verdict.
fn covers(deny: &Statement, allow: &Statement) -> bool {
    if deny.not_resource || allow.not_resource {
        return false;
    }
    let covered = |resource: &String| {
        deny.resources
            .iter()
            .any(|pattern| pattern == resource || action::matches(pattern, &resource.to_lowercase()))
    };
    deny.resources.is_empty() || (!allow.resources.is_empty() && allow.resources.iter().all(covered))
}

/// `Deny * unless aws:PrincipalOrgID is o-...` leaves only that organisation.
fn narrow(condition: &crate::input::policy_document::Condition, statement: &mut JudgedStatement) {
    let operator = condition.operator.to_ascii_lowercase();
    let fixed =
        !condition.values.is_empty() && condition.values.iter().all(|value| !value.contains(['*', '?', '$']));
    if !matches!(operator.as_str(), "stringnotequals" | "stringnotequalsignorecase" | "stringnotlike")
        || !fixed
    {
        return;
    }
    let narrowed = match condition.key.to_ascii_lowercase().as_str() {
        "aws:principalorgid" if condition.values.iter().all(|value| is_organization(value)) => {
            Admits::Organizations(condition.values.clone())
        }
        "aws:principalaccount" => Admits::Accounts(condition.values.clone()),
        _ => return,
    };
    if matches!(statement.admits, Admits::Everyone(_)) {
        statement.admits = narrowed;
    }
}

fn verdict(statements: &[JudgedStatement], faults: &[Fault]) -> (Verdict, Option<usize>) {
    let class = |statement: &JudgedStatement| match &statement.admits {
        Admits::Nothing => Verdict::Nobody,
        Admits::OwnAccount => Verdict::SameAccount,
        Admits::Accounts(_) => Verdict::CrossAccount,
        Admits::Organizations(_) => Verdict::Organization,
        Admits::Everyone(_) => Verdict::Public,
        Admits::Service { scoped: true } => Verdict::ServiceScoped,
        Admits::Service { scoped: false } => Verdict::ServiceUnscoped,
    };
    if let Some(fault) = faults.first() {
        return (Verdict::Invalid, fault.statement);
    }
    // the first of the widest decides
    let widest = statements.iter().rev().max_by_key(|statement| class(statement));
    widest.map_or((Verdict::NoPolicy, None), |statement| (class(statement), Some(statement.index)))
}

fn reason(verdict: Verdict, decides: Option<&JudgedStatement>, faults: &[Fault]) -> String {
    match (verdict, decides.map(|one| &one.admits)) {
        (Verdict::Invalid, _) => faults.first().map(|fault| fault.message.clone()).unwrap_or_default(),
        (Verdict::NoPolicy, _) => "the policy has no statement".to_owned(),
        (_, Some(Admits::Everyone(unbound))) => match unbound.first() {
            Some(why) => format!("every AWS account is admitted: {}", why.reason()),
            None => "every AWS account is admitted".to_owned(),
        },
        (_, Some(Admits::Organizations(ids))) => format!("every account of {}", ids.join(", ")),
        (_, Some(Admits::Accounts(ids))) => format!("admits {}", ids.join(", ")),
        (_, Some(Admits::OwnAccount)) => "admits only the owner's account, which needs no grant".to_owned(),
        (_, Some(Admits::Service { scoped: true })) => "a service, for fixed sources".to_owned(),
        (_, Some(Admits::Service { scoped: false })) => "a service, for whoever makes it call".to_owned(),
        _ => "nobody is admitted".to_owned(),
    }
}

/// Values that AWS would not accept.
fn value_faults(index: usize, statement: &Statement) -> Vec<Fault> {
    let mut messages: Vec<String> = Vec::new();
    for written in &statement.principals.values {
        if Principal::of(written) == Principal::Invalid {
            messages.push(format!("{} is no principal", written.text));
        }
    }
    for condition in &statement.conditions {
        if condition::is_unknown_operator(&condition.operator) {
            messages.push(format!("{} is no condition operator", condition.operator));
        }
        let organization =
            condition.key.eq_ignore_ascii_case("aws:PrincipalOrgID") && !condition.operator.contains("Null");
        let bad = condition
            .values
            .iter()
            .find(|value| organization && !value.contains(['*', '?', '$']) && !is_organization(value));
        messages.extend(bad.map(|value| format!("{value} is no organization id")));
    }
    messages
        .into_iter()
        .map(|message| Fault { at: statement.at.clone(), message, statement: Some(index) })
        .collect()
}
