//! policy/no-effect: an identity policy whose ARN has not the form of its action.

use crate::{
    environment::policy::{Grant, JudgedPolicy, Power, Scope},
    model::place::Place,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule = Rule { page: &pages::policy::NO_EFFECT, check: Check::Policy(check) };

fn check(policy: &JudgedPolicy, findings: &mut Findings) {
    for statement in &policy.statements {
        let is_idle = |grant: &&Grant| grant.scope == Scope::Ineffective && grant.power != Power::Attach;
        for grant in statement.grants.iter().filter(is_idle) {
            let (why, fix) = match grant.power {
                Power::Publish => (
                    "lambda:PublishLayerVersion is compared with the layer's ARN, which has no version",
                    "end the Resource at the layer's name",
                ),
                _ => (
                    "lambda:AddLayerVersionPermission is compared with the ARN of a version",
                    "end the Resource with the version, or with :*",
                ),
            };
            findings
                .at(Place::source(statement.at.clone()))
                .subject(format!("{} in {}", grant.power.name(), statement.identity()))
                .say(format!("{} is allowed on a resource that it is never asked about", grant.power.name()))
                .because(why)
                .fix(fix)
                .report();
        }
    }
}
