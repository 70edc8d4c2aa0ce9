//! policy/layer-swap: an identity that can put code into every function, or share every layer.

use crate::{
    environment::policy::{JudgedPolicy, Power, Scope},
    model::place::Place,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule = Rule { page: &pages::policy::LAYER_SWAP, check: Check::Policy(check) };

fn check(policy: &JudgedPolicy, findings: &mut Findings) {
    for statement in &policy.statements {
        let broad: Vec<Power> =
            statement.grants.iter().filter(|one| one.scope == Scope::Broad).map(|one| one.power).collect();
        let Some(worst) = broad.first().copied() else { continue };
        findings
            .at(Place::source(statement.at.clone()))
            .subject(format!("powers of {}", statement.identity()))
            .say(format!(
                "its holder may {}",
                broad.iter().map(|power| what(*power)).collect::<Vec<_>>().join(", ")
            ))
            .because(why(worst))
            .fix(fix(worst))
            .count(broad.len())
            .report();
    }
}

fn what(power: Power) -> &'static str {
    match power {
        Power::Attach => "put any layer on any function",
        Power::Share => "share any layer with any account",
        Power::Publish => "publish a version of any layer",
    }
}

fn why(power: Power) -> &'static str {
    match power {
        Power::Attach => {
            "a layer's code runs with the function's role, so this is every role that a function has"
        }
        Power::Share => "who downloads a layer reads everything in it",
        Power::Publish => "whoever pins the newest version runs what was published last",
    }
}

fn fix(power: Power) -> &'static str {
    match power {
        Power::Attach => {
            "\"Condition\": {\"ForAllValues:StringLike\": {\"lambda:Layer\": [\"arn:aws:lambda:*:111122223333:layer:*:*\"]}}"
        }
        Power::Share => "name the layer: \"Resource\": \"arn:aws:lambda:*:111122223333:layer:deps:*\"",
        Power::Publish => "name the layer: \"Resource\": \"arn:aws:lambda:*:111122223333:layer:deps\"",
    }
}
