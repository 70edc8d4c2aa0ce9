//! Which conditions narrow who is admitted, and which only look as if they did.

use crate::{
    data::arn::{is_account, is_organization},
    input::policy_document::Condition,
};

/// Whom a condition binds a grant to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
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
    /// `...IfExists`: true for a caller without the key.
    IfExists(String),
    /// `ForAllValues:`: true for a caller without the key.
    ForAllValues(String),
    /// A negation admits everyone else.
    Negated(String),
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
            Self::IfExists(key) => format!("IfExists is true for every caller who has no {key}"),
            Self::ForAllValues(key) => format!("ForAllValues is true for every caller who has no {key}"),
            Self::Negated(key) => format!("a negated operator on {key} admits everyone else"),
            Self::Network(key) => format!("{key} limits the network, not the caller"),
            Self::UnknownOperator(operator) => format!("{operator} is no condition operator"),
        }
    }
}

/// What a key identifies.
#[derive(Clone, Copy, PartialEq)]
enum Identifies {
    Organization,
    OrganizationPath,
    Account,
    PrincipalArn,
    SourceAccount,
    SourceArn,
    UserId,
    Token,
    Network,
    Nothing,
}

fn identifies(key: &str) -> Identifies {
    match key.to_ascii_lowercase().as_str() {
        "aws:principalorgid" => Identifies::Organization,
        "aws:principalorgpaths" => Identifies::OrganizationPath,
        "aws:principalaccount" => Identifies::Account,
        "aws:principalarn" => Identifies::PrincipalArn,
        "aws:sourceaccount" | "aws:sourceowner" | "aws:sourceorgid" => Identifies::SourceAccount,
        "aws:sourcearn" => Identifies::SourceArn,
        "aws:userid" => Identifies::UserId,
        "lambda:eventsourcetoken" => Identifies::Token,
        "aws:sourceip" | "aws:sourcevpc" | "aws:sourcevpce" => Identifies::Network,
        _ => Identifies::Nothing,
    }
}

/// How an operator compares.
struct Operator<'a> {
    base: &'a str,
    for_all: bool,
    if_exists: bool,
}

impl<'a> Operator<'a> {
    fn of(text: &'a str) -> Self {
        let (for_all, rest) = match text.split_once(':') {
            Some((set, rest)) => (set.eq_ignore_ascii_case("ForAllValues"), rest),
            None => (false, text),
        };
        let if_exists = rest.len() > 8
            && rest
                .get(rest.len().saturating_sub(8)..)
                .is_some_and(|end| end.eq_ignore_ascii_case("IfExists"));
        let base = if if_exists { rest.get(..rest.len().saturating_sub(8)).unwrap_or(rest) } else { rest };
        Self { base, for_all, if_exists }
    }

    fn is(&self, names: &[&str]) -> bool {
        names.iter().any(|name| self.base.eq_ignore_ascii_case(name))
    }

    fn is_known(&self) -> bool {
        const FAMILIES: [&str; 27] = [
            "StringEquals",
            "StringNotEquals",
            "StringEqualsIgnoreCase",
            "StringNotEqualsIgnoreCase",
            "StringLike",
            "StringNotLike",
            "NumericEquals",
            "NumericNotEquals",
            "NumericLessThan",
            "NumericLessThanEquals",
            "NumericGreaterThan",
            "NumericGreaterThanEquals",
            "DateEquals",
            "DateNotEquals",
            "DateLessThan",
            "DateLessThanEquals",
            "DateGreaterThan",
            "DateGreaterThanEquals",
            "Bool",
            "BinaryEquals",
            "IpAddress",
            "NotIpAddress",
            "ArnEquals",
            "ArnLike",
            "ArnNotEquals",
            "ArnNotLike",
            "Null",
        ];
        self.is(&FAMILIES)
    }

    fn is_negated(&self) -> bool {
        self.base.to_ascii_lowercase().contains("not")
    }

    fn takes_wildcards(&self) -> bool {
        self.is(&["StringLike", "ArnLike", "ArnEquals"])
    }
}

/// Whether an operator is none that AWS knows.
pub(super) fn is_unknown_operator(operator: &str) -> bool {
    !Operator::of(operator).is_known()
}

/// What one condition does to an Allow.
pub(super) fn effect(condition: &Condition) -> Result<Bound, Unbound> {
    let operator = Operator::of(&condition.operator);
    let key = condition.key.clone();
    if !operator.is_known() {
        return Err(Unbound::UnknownOperator(condition.operator.clone()));
    }
    let identifies = identifies(&key);
    match identifies {
        Identifies::Nothing => return Err(Unbound::Key(key)),
        Identifies::Network => return Err(Unbound::Network(key)),
        _ if operator.is(&["Null"]) => {
            return Err(Unbound::Value("the mere presence of an organization".to_owned()));
        }
        _ if operator.is_negated() => return Err(Unbound::Negated(key)),
        _ if operator.for_all => return Err(Unbound::ForAllValues(key)),
        _ if operator.if_exists => return Err(Unbound::IfExists(key)),
        _ => {}
    }
    bound(identifies, &operator, &condition.values)
}

fn bound(identifies: Identifies, operator: &Operator<'_>, values: &[String]) -> Result<Bound, Unbound> {
    // compared letter by letter, a wildcard equals no id
    if !operator.takes_wildcards()
        && !values.is_empty()
        && values.iter().all(|value| value.contains(['*', '?']))
    {
        return Ok(Bound::Nobody);
    }
    let mut fixed = Vec::new();
    for value in values {
        match fixed_part(identifies, value) {
            Some(part) => fixed.push(part),
            None => return Err(Unbound::Value(value.clone())),
        }
    }
    if fixed.is_empty() {
        return Ok(Bound::Nobody);
    }
    Ok(match identifies {
        Identifies::Organization | Identifies::OrganizationPath => Bound::Organizations(fixed),
        Identifies::Account | Identifies::PrincipalArn => Bound::Accounts(fixed),
        Identifies::SourceAccount | Identifies::SourceArn => Bound::Source,
        Identifies::UserId | Identifies::Token | Identifies::Network | Identifies::Nothing => Bound::One,
    })
}

/// The part of a value that names an organisation or an account, if it is fixed.
fn fixed_part(identifies: Identifies, value: &str) -> Option<String> {
    let is_fixed = |text: &str| !text.contains(['*', '?']) && !text.contains("${");
    let part = match identifies {
        Identifies::OrganizationPath => value.split('/').next()?,
        Identifies::PrincipalArn | Identifies::SourceArn => value.split(':').nth(4)?,
        Identifies::UserId => value.split(':').next()?,
        _ => value,
    };
    let right = match identifies {
        Identifies::Organization | Identifies::OrganizationPath => is_organization(part),
        Identifies::Account | Identifies::PrincipalArn => is_account(part),
        Identifies::SourceArn => is_account(part),
        Identifies::UserId => part.starts_with("AROA") || part.starts_with("AIDA"),
        _ => is_fixed(part),
    };
    (right && is_fixed(part)).then(|| part.to_owned())
}
