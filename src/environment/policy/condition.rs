//! Which conditions narrow who is admitted, and which only look as if they did.

use std::collections::HashSet;

use crate::input::policy::Condition;

use super::{
    key::{Identifies, Part},
    operator::{Operator, Set},
};

/// Whom a condition binds a grant to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Bound {
    /// Nobody can satisfy it: a wildcard compared letter by letter.
    Nobody,
    /// These accounts.
    Accounts(Vec<String>),
    /// One principal or one skill whose account is not visible.
    One,
    /// A call that a service makes for these accounts.
    Source,
    /// These organisations.
    Organizations(Vec<String>),
}

/// Why a condition binds nobody although it looks so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unbound {
    /// The key says nothing about who calls.
    Key(String),
    /// A wildcard or a policy variable stands where the organisation or account has to be.
    Value(String),
    /// Only the presence of the key is asked for.
    Presence(String),
    /// `...IfExists`: true for a caller without the key.
    IfExists(String),
    /// `ForAllValues:`: true for a caller without the key.
    ForAllValues(String),
    /// A negation admits everyone else.
    Negated(String),
    /// A comparison of numbers, dates or flags fixes no name.
    Comparison(String),
    /// Limits the network, not the caller.
    Network(String),
    /// No operator that AWS knows.
    UnknownOperator(String),
}

impl Unbound {
    /// Why it does not narrow, in one clause.
    pub fn reason(&self) -> String {
        match self {
            Self::Key(key) => format!("{key} does not say who calls: any account can satisfy it"),
            Self::Value(value) => {
                format!("{value} is not a fixed value: any organization or account can match it")
            }
            Self::Presence(key) => format!("Null asks only whether there is {key}, not for its value"),
            Self::IfExists(key) => format!("IfExists is true for every caller who has no {key}"),
            Self::ForAllValues(key) => format!("ForAllValues is true for every caller who has no {key}"),
            Self::Negated(key) => format!("a negated operator on {key} admits everyone else"),
            Self::Comparison(operator) => format!("{operator} fixes no name of a caller"),
            Self::Network(key) => format!("{key} limits the network, not the caller"),
            Self::UnknownOperator(operator) => format!("{operator} is no condition operator"),
        }
    }
}

/// What each condition of an Allow does to it. All of them have to hold.
pub(super) fn effects(conditions: &[Condition]) -> Vec<Result<Bound, Unbound>> {
    let asked_for: HashSet<String> =
        conditions.iter().filter(|one| asks_for_key(one)).map(|one| one.key.to_ascii_lowercase()).collect();
    let is_there =
        |key: &str| Identifies::of(key).is_always_there() || asked_for.contains(&key.to_ascii_lowercase());
    conditions.iter().map(|condition| effect(condition, is_there(&condition.key))).collect()
}

/// `Null: {key: false}`: the key has to be there.
fn asks_for_key(condition: &Condition) -> bool {
    Operator::of(&condition.operator).is_null()
        && !condition.values.is_empty()
        && condition.values.iter().all(|value| value.eq_ignore_ascii_case("false"))
}

fn effect(condition: &Condition, there: bool) -> Result<Bound, Unbound> {
    let operator = Operator::of(&condition.operator);
    let key = condition.key.clone();
    if !operator.is_known() {
        return Err(Unbound::UnknownOperator(condition.operator.clone()));
    }
    let identifies = Identifies::of(&key);
    match identifies {
        Identifies::Nothing => Err(Unbound::Key(key)),
        Identifies::Network => Err(Unbound::Network(key)),
        _ if operator.is_null() => Err(Unbound::Presence(key)),
        _ if operator.is_negated() => Err(Unbound::Negated(key)),
        _ if !operator.compares_names() => Err(Unbound::Comparison(condition.operator.clone())),
        _ if operator.set == Set::All && !there => Err(Unbound::ForAllValues(key)),
        _ if operator.if_exists && !there => Err(Unbound::IfExists(key)),
        _ => bound(identifies, &operator, &condition.values),
    }
}

/// Whom the conditions of a Deny spare, when they are one negation that certainly hits everyone else. `aws:PrincipalIsAWSService: false`
/// beside it spares services too, which no Allow for accounts admits.
pub(super) fn spared(conditions: &[Condition]) -> Option<Bound> {
    let mut others = conditions.iter().filter(|one| !is_no_service(one));
    let (Some(only), None) = (others.next(), others.next()) else { return None };
    let operator = Operator::of(&only.operator);
    let identifies = Identifies::of(&only.key);
    let certain = operator.is_known()
        && operator.is_negated()
        && operator.compares_names()
        // a negation is true without the key, but not for any value of none
        && (operator.set != Set::Any || identifies.is_always_there())
        && !matches!(identifies, Identifies::Nothing | Identifies::Network);
    certain.then(|| bound(identifies, &operator, &only.values).ok()).flatten()
}

fn is_no_service(condition: &Condition) -> bool {
    let operator = condition.operator.to_ascii_lowercase();
    condition.key.eq_ignore_ascii_case("aws:PrincipalIsAWSService")
        && matches!(operator.as_str(), "bool" | "boolifexists")
        && condition.values.iter().all(|value| value.eq_ignore_ascii_case("false"))
}

fn bound(identifies: Identifies, operator: &Operator<'_>, values: &[String]) -> Result<Bound, Unbound> {
    let mut fixed = Vec::new();
    for value in values {
        match part(identifies, operator, value) {
            Part::Fixed(part) => fixed.push(part),
            Part::Open => return Err(Unbound::Value(value.clone())),
            Part::Never => {}
        }
    }
    if fixed.is_empty() {
        return Ok(Bound::Nobody);
    }
    Ok(match identifies {
        Identifies::Organization | Identifies::OrganizationPath => Bound::Organizations(fixed),
        Identifies::Account | Identifies::PrincipalArn => Bound::Accounts(fixed),
        Identifies::SourceAccount | Identifies::SourceOrganization | Identifies::SourceArn => Bound::Source,
        Identifies::UserId | Identifies::Token | Identifies::Network | Identifies::Nothing => Bound::One,
    })
}

fn part(identifies: Identifies, operator: &Operator<'_>, value: &str) -> Part {
    // compared letter by letter, a wildcard equals no id
    if !operator.takes_wildcards() && value.contains(['*', '?']) {
        return Part::Never;
    }
    if operator.ignores_case() && identifies == Identifies::Organization {
        return identifies.part(&value.to_ascii_lowercase());
    }
    identifies.part(value)
}

/// What AWS would not accept, or no caller could ever have.
pub(super) fn faults(condition: &Condition) -> Vec<String> {
    let operator = Operator::of(&condition.operator);
    if !operator.is_known() {
        return vec![format!("{} is no condition operator", condition.operator)];
    }
    let identifies = Identifies::of(&condition.key);
    let Some(noun) = identifies.noun().filter(|_| operator.compares_names()) else { return Vec::new() };
    let malformed = condition
        .values
        .iter()
        .find(|value| !value.contains(['*', '?']) && part(identifies, &operator, value) == Part::Never);
    malformed.map(|value| format!("{value} is no {noun}")).into_iter().collect()
}
