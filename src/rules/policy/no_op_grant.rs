//! policy/no-op-grant: a grant to the account that owns the resource anyway.

use crate::{
    environment::policy::{Admits, JudgedPolicy},
    model::place::Place,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule = Rule { page: &pages::policy::NO_OP_GRANT, check: Check::Policy(check) };

fn check(policy: &JudgedPolicy, findings: &mut Findings) {
    // what NotPrincipal leaves over is another rule's finding
    let own = policy.statements.iter().filter(|one| one.admits == Admits::OwnAccount && !one.not_principal);
    for statement in own {
        findings
            .at(Place::source(statement.at.clone()))
            .subject(format!("own account in {}", statement.identity()))
            .say("grants the account that owns it, which needs no grant")
            .because("inside the account the policies of its users and roles decide; a resource's policy is for others")
            .fix(match policy.kind {
                crate::input::policy::PolicyKind::Layer => statement.removal(),
                _ => "leave the statement out".to_owned(),
            })
            .report();
    }
}
