//! deployment/repeated-key: a key is written twice in one map of a template.

use crate::{
    environment::project::ProjectView,
    input::project::RemarkKind,
    model::place::Place,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule = Rule { page: &pages::deployment::REPEATED_KEY, check: Check::Project(check) };

use super::remarks;

fn check(view: &ProjectView<'_>, findings: &mut Findings) {
    for remark in remarks(view, RemarkKind::RepeatedKey) {
        findings
            .at(Place::source(remark.at.clone()))
            .subject(format!("key {}", remark.name))
            .say(format!("the key {} is written twice in one map", remark.name))
            .because("some parsers refuse it, some keep the first and some the last: what is deployed depends on the tool")
            .fix("keep one of the two")
            .report();
    }
}
