//! policy/invalid: what AWS would not accept.

use crate::{
    environment::policy::JudgedPolicy,
    model::place::Place,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule = Rule { page: &pages::policy::INVALID, check: Check::Policy(check) };

fn check(policy: &JudgedPolicy, findings: &mut Findings) {
    for fault in &policy.faults {
        findings
            .at(Place::source(fault.at.clone()))
            .subject(&fault.message)
            .say(format!("not a valid policy: {}", fault.message))
            .because("IAM refuses the document, or reads it in another way than its author")
            .fix(
                "grant with the API, which writes a valid statement: aws lambda add-layer-version-permission",
            )
            .report();
    }
}
