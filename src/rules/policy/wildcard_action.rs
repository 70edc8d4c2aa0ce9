//! policy/wildcard-action: actions that a layer's policy cannot grant.

use crate::{
    environment::policy::JudgedPolicy,
    input::policy::Effect,
    model::place::Place,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule = Rule { page: &pages::policy::WILDCARD_ACTION, check: Check::Policy(check) };

fn check(policy: &JudgedPolicy, findings: &mut Findings) {
    for statement in policy
        .layer_statements()
        .iter()
        .filter(|one| one.effect == Some(Effect::Allow) && !one.wide_actions.is_empty())
    {
        findings
            .at(Place::source(statement.at.clone()))
            .subject(format!("actions of {}", statement.identity()))
            .say(format!("grants {}, a layer's policy can grant lambda:GetLayerVersion only", statement.wide_actions.join(", ")))
            .because("add-layer-version-permission takes no other action: the document did not come from Lambda, or grants more than meant")
            .fix("\"Action\": \"lambda:GetLayerVersion\"")
            .report();
    }
}
