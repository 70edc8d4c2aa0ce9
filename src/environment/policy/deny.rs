//! What Deny certainly takes away; where that is not certain, nothing.

use crate::input::policy::{Effect, Listed, PolicyKind, Statement};

use super::{
    action,
    condition::{self, Bound},
    glob,
    principal::Principal,
    reach::Reach,
};

/// Longer resources are compared letter by letter only: an ARN has 2,048 characters at most.
const LONGEST_RESOURCE: usize = 2048;

/// What a Deny takes.
enum Taken {
    Everyone,
    These(Vec<String>),
    AllBut(Bound),
}

/// Takes away from each Allow what the Denies about the same resource take.
pub(super) fn subtract(kind: PolicyKind, written: &[Statement], reaches: &mut [Reach]) {
    let denies =
        written.iter().filter(|one| one.effect == Some(Effect::Deny) && action::covers(kind, &one.actions));
    for (deny, taken) in denies.filter_map(|deny| Some((deny, taken(deny)?))) {
        for (allow, reach) in written.iter().zip(reaches.iter_mut()) {
            if *reach != Reach::Nobody && covers(deny.resources.as_ref(), allow.resources.as_ref()) {
                let left = std::mem::replace(reach, Reach::Nobody);
                *reach = leave(left, &taken);
            }
        }
    }
}

fn leave(reach: Reach, taken: &Taken) -> Reach {
    match taken {
        Taken::Everyone => Reach::Nobody,
        Taken::These(accounts) => reach.without(accounts),
        // what is said of principals leaves services as they are
        Taken::AllBut(_) if matches!(reach, Reach::Service(_)) => reach,
        Taken::AllBut(bound) => reach.within(bound),
    }
}

fn taken(deny: &Statement) -> Option<Taken> {
    let principals: Vec<Principal> = deny.principals.values.iter().map(Principal::of).collect();
    let everyone = principals.contains(&Principal::Everyone);
    match (everyone, deny.principals.negated) {
        (true, false) if deny.conditions.is_empty() => Some(Taken::Everyone),
        (true, false) => condition::spared(&deny.conditions).map(Taken::AllBut),
        (true, true) => None,
        _ if !deny.conditions.is_empty() => None,
        // of an account that is spared in part, the whole account may be left
        (false, true) => Some(Taken::AllBut(Bound::Accounts(
            principals.iter().filter_map(|one| one.account().map(str::to_owned)).collect(),
        ))),
        (false, false) => Some(Taken::These(
            principals
                .into_iter()
                .filter_map(|one| if let Principal::Account(id) = one { Some(id) } else { None })
                .collect(),
        )),
    }
}

/// Whether a Deny is about everything that an Allow is about.
fn covers(deny: Option<&Listed<String>>, allow: Option<&Listed<String>>) -> bool {
    let Some(deny) = deny else { return true };
    if deny.negated {
        return false;
    }
    if deny.values.iter().any(|pattern| pattern == "*") {
        return true;
    }
    let covered = |resource: &String| {
        deny.values.iter().any(|pattern| {
            pattern == resource
                || (pattern.len().max(resource.len()) <= LONGEST_RESOURCE && glob::covers(pattern, resource))
        })
    };
    allow.is_some_and(|allow| !allow.negated && !allow.values.is_empty() && allow.values.iter().all(covered))
}
