//! Statement by statement whom a policy admits, and the widest of them.

use std::collections::HashSet;

use crate::{
    data::arn::{LayerArn, is_account},
    input::policy::{Fault, PolicyDocument, PolicyKind, Statement},
    model::settings::TrustSettings,
};

use super::{
    action, condition, deny,
    identity::{self, Grant, Scope},
    principal::Principal,
    reach::Reach,
    verdict::{Admits, JudgedPolicy, JudgedStatement, Verdict, is_statement_id},
};

/// Judges a policy.
pub fn judge(document: &PolicyDocument, trust: &TrustSettings) -> JudgedPolicy {
    let mut faults = document.faults.clone();
    let owners: Vec<Option<String>> = {
        let stated = document.owner.as_ref().or(trust.own_account.as_ref());
        document.statements.iter().map(|one| owner(one, stated)).collect()
    };
    let mut reaches: Vec<Reach> = document
        .statements
        .iter()
        .zip(&owners)
        .map(|(statement, owner)| Reach::of(document.kind, statement, owner.as_deref()))
        .collect();
    deny::subtract(document.kind, &document.statements, &mut reaches);
    let grants = if document.kind == PolicyKind::Identity { identity::grants(document) } else { Vec::new() };
    let mut grants = grants.into_iter();
    let mut statements = Vec::new();
    for ((statement, reach), owner) in document.statements.iter().zip(reaches).zip(&owners) {
        faults.extend(value_faults(document.kind, statement));
        let grants = grants.next().unwrap_or_default();
        statements.push(judged(statement, admits(reach, owner.as_deref()), grants));
    }
    let (verdict, decided_by) = verdict(document.kind, &statements, &faults);
    JudgedPolicy {
        source_file: document.file.clone(),
        kind: document.kind,
        of: document.of.clone(),
        reason: reason(
            verdict,
            decided_by.and_then(|index| statements.iter().find(|one| one.index == index)),
            &faults,
        ),
        statements,
        faults,
        verdict,
        decided_by,
        trust: trust.clone(),
    }
}

fn judged(statement: &Statement, admits: Admits, grants: Vec<Grant>) -> JudgedStatement {
    let layer = statement.resources().find_map(LayerArn::parse).map(|arn| (arn.name.to_owned(), arn.version));
    JudgedStatement {
        index: statement.index,
        at: statement.at.clone(),
        sid: statement.sid.clone(),
        effect: statement.effect,
        admits,
        not_principal: statement.principals.negated,
        not_action: statement.actions.negated,
        is_open_url: is_open_url(statement),
        grants,
        services: services(statement),
        wide_actions: wide_actions(statement),
        layer,
    }
}

/// The account that owns the layer: said by the user, or by the Resource, which may have wildcards elsewhere.
fn owner(statement: &Statement, stated: Option<&String>) -> Option<String> {
    let account = |arn: &str| arn.split(':').nth(4).filter(|account| is_account(account)).map(str::to_owned);
    stated.cloned().or_else(|| statement.resources().find_map(account))
}

/// `lambda:FunctionUrlAuthType: NONE` as a condition, or a call that has to come through the URL: what the console, SAM and CDK write for a
/// URL that is meant to be public.
fn is_open_url(statement: &Statement) -> bool {
    statement.conditions.iter().any(|condition| {
        let of_url = condition.key.eq_ignore_ascii_case("lambda:FunctionUrlAuthType")
            && condition.values.iter().any(|value| value == "NONE");
        let through_url = condition.key.eq_ignore_ascii_case("lambda:InvokedViaFunctionUrl")
            && condition.values.iter().all(|value| value.eq_ignore_ascii_case("true"));
        of_url || through_url
    })
}

fn services(statement: &Statement) -> Vec<String> {
    let named = statement.principals.values.iter().map(Principal::of);
    named.filter_map(|one| if let Principal::Service(name) = one { Some(name) } else { None }).collect()
}

fn wide_actions(statement: &Statement) -> Vec<String> {
    // NotAction is another rule's finding
    if statement.actions.negated {
        return Vec::new();
    }
    statement.actions.values.iter().filter(|action| !action::is_get_layer(action)).cloned().collect()
}

fn admits(reach: Reach, owner: Option<&str>) -> Admits {
    match reach {
        Reach::Nobody => Admits::Nothing,
        Reach::Accounts(accounts) => of_accounts(accounts, owner),
        Reach::One => Admits::OnePrincipal,
        Reach::Organizations(ids) => Admits::Organizations(once(ids)),
        Reach::Everyone(unbound) => Admits::Everyone(unbound),
        Reach::Service(scoped) => Admits::Service { scoped },
    }
}

fn of_accounts(mut accounts: Vec<String>, owner: Option<&str>) -> Admits {
    accounts.retain(|account| Some(account.as_str()) != owner);
    if accounts.is_empty() { Admits::OwnAccount } else { Admits::Accounts(once(accounts)) }
}

/// Each name once, in the order of its first mention.
fn once(mut names: Vec<String>) -> Vec<String> {
    let mut seen = HashSet::new();
    names.retain(|name| seen.insert(name.clone()));
    names
}

fn of_identity(statement: &JudgedStatement) -> Verdict {
    let has = |scope: Scope| statement.grants.iter().any(|grant| grant.scope == scope);
    if has(Scope::Broad) {
        Verdict::IdentityBroad
    } else if has(Scope::Ineffective) && !has(Scope::Named) {
        Verdict::IdentityIneffective
    } else {
        Verdict::IdentityOk
    }
}

fn verdict(kind: PolicyKind, statements: &[JudgedStatement], faults: &[Fault]) -> (Verdict, Option<usize>) {
    let class = |statement: &JudgedStatement| match &statement.admits {
        _ if kind == PolicyKind::Identity => of_identity(statement),
        Admits::Nothing => Verdict::Nobody,
        Admits::OwnAccount => Verdict::SameAccount,
        Admits::Accounts(_) | Admits::OnePrincipal => Verdict::CrossAccount,
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
        (Verdict::IdentityBroad, _) => "its holder may change, share or publish any layer".to_owned(),
        (Verdict::IdentityIneffective, _) => "what it says of layers has no effect".to_owned(),
        (Verdict::IdentityOk, _) => "it gives no power over layers, or only over named ones".to_owned(),
        (_, Some(Admits::Everyone(unbound))) => match unbound.first() {
            Some(why) => format!("every AWS account is admitted: {}", why.reason()),
            None => "every AWS account is admitted".to_owned(),
        },
        (_, Some(Admits::Organizations(ids))) => format!("every account of {}", ids.join(", ")),
        (_, Some(Admits::Accounts(ids))) => format!("admits {}", ids.join(", ")),
        (_, Some(Admits::OnePrincipal)) => "admits one principal of an account that is not shown".to_owned(),
        (_, Some(Admits::OwnAccount)) => "admits only the owner's account, which needs no grant".to_owned(),
        (_, Some(Admits::Service { scoped: true })) => "a service, for fixed sources".to_owned(),
        (_, Some(Admits::Service { scoped: false })) => "a service, for whoever makes it call".to_owned(),
        _ => "nobody is admitted".to_owned(),
    }
}

/// Values that AWS would not accept.
fn value_faults(kind: PolicyKind, statement: &Statement) -> Vec<Fault> {
    let mut messages: Vec<String> = Vec::new();
    if let Some(sid) =
        statement.sid.as_deref().filter(|sid| kind == PolicyKind::Layer && !is_statement_id(sid))
    {
        messages.push(format!("{sid} is no statement id: 1 to 100 letters, digits, - and _"));
    }
    for written in &statement.principals.values {
        if Principal::of(written) == Principal::Invalid {
            messages.push(format!("{} is no principal", written.text));
        }
    }
    messages.extend(statement.conditions.iter().flat_map(condition::faults));
    messages
        .into_iter()
        .map(|message| Fault { at: statement.at.clone(), message, statement: Some(statement.index) })
        .collect()
}
