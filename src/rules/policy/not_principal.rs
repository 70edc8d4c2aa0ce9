//! policy/not-principal: Allow for everyone but somebody.

use crate::{
    environment::policy::{Admits, JudgedPolicy},
    input::policy::Effect,
    model::place::Place,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule = Rule { page: &pages::policy::NOT_PRINCIPAL, check: Check::Policy(check) };

fn check(policy: &JudgedPolicy, findings: &mut Findings) {
    for statement in
        policy.statements.iter().filter(|one| one.not_principal && one.effect == Some(Effect::Allow))
    {
        findings
            .at(Place::source(statement.at.clone()))
            .subject(format!("NotPrincipal of {}", statement.identity()))
            .say("Allow with NotPrincipal admits everyone but the principals that are named")
            .because(consequence(&statement.admits))
            .fix("name who may with Principal, and take the others away with Deny")
            .report();
    }
}

fn consequence(admits: &Admits) -> &'static str {
    match admits {
        Admits::Everyone(_) => "every AWS account that is not on the list may download the layer",
        Admits::Nothing => {
            "nobody gets the layer by it today; without the other limits every account that is not on the list would"
        }
        _ => "only the other limits of the policy keep out the accounts that are not on the list",
    }
}
