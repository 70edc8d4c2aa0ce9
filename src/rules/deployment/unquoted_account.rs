//! deployment/unquoted-account: an account id that YAML reads as a number.

use crate::{
    environment::project::ProjectView,
    input::project::RemarkKind,
    model::place::Place,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule =
    Rule { page: &pages::deployment::UNQUOTED_ACCOUNT, check: Check::Project(check) };

use super::remarks;

fn check(view: &ProjectView<'_>, findings: &mut Findings) {
    for remark in remarks(view, RemarkKind::UnquotedAccount) {
        findings
            .at(Place::source(remark.at.clone()))
            .subject(format!("account {}", remark.name))
            .say(format!("account id {} is written without quotes and begins with 0", remark.name))
            .because("YAML reads a number, and the leading zero is gone when it becomes a text again")
            .fix(format!("quote it: '{}'", remark.name))
            .report();
    }
}
