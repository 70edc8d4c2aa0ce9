//! policy/not-action: Allow for everything but something.

use crate::{
    environment::policy::JudgedPolicy,
    input::policy::Effect,
    model::place::Place,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule = Rule { page: &pages::policy::NOT_ACTION, check: Check::Policy(check) };

fn check(policy: &JudgedPolicy, findings: &mut Findings) {
    let allows = policy.statements.iter().filter(|one| one.not_action && one.effect == Some(Effect::Allow));
    for statement in allows {
        findings
            .at(Place::source(statement.at.clone()))
            .subject(format!("NotAction of {}", statement.identity()))
            .say("Allow with NotAction grants every action but those that are named")
            .because("actions that AWS adds later are granted too")
            .fix("name what is granted with Action, and take the rest away with Deny")
            .report();
    }
}
