//! Whom one Allow reaches, before the owner is told from others: principals narrowed by conditions, and by Deny later.

use crate::input::policy::{Effect, PolicyKind, Statement};

use super::{
    action,
    condition::{self, Bound, Unbound},
    principal::Principal,
};

/// Whom a statement reaches.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Reach {
    Nobody,
    Accounts(Vec<String>),
    /// One principal whose account is not visible.
    One,
    Organizations(Vec<String>),
    /// Everyone, with the conditions that look as if they narrowed it.
    Everyone(Vec<Unbound>),
    /// A service, for fixed sources or not.
    Service(bool),
}

impl Reach {
    /// Whom an Allow reaches; nobody for anything else.
    pub(super) fn of(kind: PolicyKind, statement: &Statement, owner: Option<&str>) -> Self {
        if statement.effect != Some(Effect::Allow) || !action::covers(kind, &statement.actions) {
            return Self::Nobody;
        }
        let (bound, unbound): (Vec<_>, Vec<_>) =
            condition::effects(&statement.conditions).into_iter().partition(Result::is_ok);
        let named = named(statement, owner);
        let start = match named {
            Self::Everyone(_) => Self::Everyone(unbound.into_iter().filter_map(Result::err).collect()),
            other => other,
        };
        bound.into_iter().filter_map(Result::ok).fold(start, |reach, bound| reach.within(&bound))
    }

    /// What is left of it inside a bound.
    pub(super) fn within(self, bound: &Bound) -> Self {
        match (self, bound) {
            (_, Bound::Nobody) | (Self::Nobody, _) => Self::Nobody,
            (Self::Accounts(own), Bound::Accounts(others)) => or_nobody(common(own, others), Self::Accounts),
            (Self::Organizations(own), Bound::Organizations(others)) => {
                or_nobody(common(own, others), Self::Organizations)
            }
            (Self::Accounts(own), _) => Self::Accounts(own),
            (Self::Service(_), _) | (_, Bound::Source) => Self::Service(true),
            (_, Bound::Accounts(accounts)) => or_nobody(accounts.clone(), Self::Accounts),
            (Self::One, _) | (_, Bound::One) => Self::One,
            (_, Bound::Organizations(organizations)) => Self::Organizations(organizations.clone()),
        }
    }

    /// What is left of it without these accounts.
    pub(super) fn without(self, taken: &[String]) -> Self {
        match self {
            Self::Accounts(mut own) => {
                own.retain(|account| !taken.contains(account));
                or_nobody(own, Self::Accounts)
            }
            other => other,
        }
    }
}

fn common(mut own: Vec<String>, others: &[String]) -> Vec<String> {
    own.retain(|one| others.contains(one));
    own
}

fn or_nobody(names: Vec<String>, of: fn(Vec<String>) -> Reach) -> Reach {
    if names.is_empty() { Reach::Nobody } else { of(names) }
}

/// Whom the principals name, whatever the conditions.
fn named(statement: &Statement, owner: Option<&str>) -> Reach {
    let principals: Vec<Principal> = statement.principals.values.iter().map(Principal::of).collect();
    let everyone = principals.contains(&Principal::Everyone);
    if everyone != statement.principals.negated {
        return Reach::Everyone(Vec::new());
    }
    if statement.principals.negated {
        return Reach::Nobody;
    }
    let accounts: Vec<String> =
        principals.iter().filter_map(|one| one.account().map(str::to_owned)).collect();
    let is_foreign = accounts.iter().any(|account| Some(account.as_str()) != owner);
    let is_service = principals.iter().any(|one| matches!(one, Principal::Service(_)));
    if is_service && !is_foreign { Reach::Service(false) } else { or_nobody(accounts, Reach::Accounts) }
}
