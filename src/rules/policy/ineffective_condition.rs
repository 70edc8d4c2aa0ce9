//! policy/ineffective-condition: a condition that looks as if it limited a grant to everyone, and does not.

use crate::{
    environment::policy::{Admits, JudgedPolicy},
    model::place::Place,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule =
    Rule { page: &pages::policy::INEFFECTIVE_CONDITION, check: Check::Policy(check) };

fn check(policy: &JudgedPolicy, findings: &mut Findings) {
    for statement in policy.layer_statements() {
        let Admits::Everyone(unbound) = &statement.admits else { continue };
        let Some(first) = unbound.first().filter(|_| !statement.not_principal) else { continue };
        findings
            .at(Place::source(statement.at.clone()))
            .subject(format!("condition of {}", statement.identity()))
            .say("the condition does not limit who may download the layer: every AWS account may")
            .because(first.reason())
            .fix("name the organization: \"Condition\": {\"StringEquals\": {\"aws:PrincipalOrgID\": \"o-a1b2c3d4e5\"}}")
            .report();
    }
}
