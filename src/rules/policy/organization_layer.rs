//! policy/organization-layer: a grant to a whole organisation.

use crate::{
    environment::policy::{Admits, JudgedPolicy},
    model::place::Place,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule = Rule { page: &pages::policy::ORGANIZATION_LAYER, check: Check::Policy(check) };

fn check(policy: &JudgedPolicy, findings: &mut Findings) {
    for statement in policy.layer_statements() {
        let Admits::Organizations(ids) = &statement.admits else { continue };
        for id in ids.iter().filter(|id| !policy.trust.organizations.contains(id)) {
            findings
                .at(Place::source(statement.at.clone()))
                .subject(format!("organization {id} in {}", statement.identity()))
                .say(format!("every account of {id} may download the layer"))
                .because("accounts that join the organization later may too")
                .fix("add it to trusted-organizations of [policy] when it is meant")
                .report();
        }
    }
}
