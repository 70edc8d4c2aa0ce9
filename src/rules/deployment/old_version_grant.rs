//! deployment/old-version-grant: a permission names an old version of a layer that the template publishes.

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
    Rule { page: &pages::deployment::OLD_VERSION_GRANT, check: Check::Project(check) };

use super::remarks;

fn check(view: &ProjectView<'_>, findings: &mut Findings) {
    for remark in remarks(view, RemarkKind::GrantOnOldVersion) {
        findings
            .at(Place::source(remark.at.clone()))
            .subject(format!("grant on {}", remark.name))
            .say(format!("the permission is for a fixed version of {}, and this template publishes new ones", remark.name))
            .because("permissions belong to one version: whoever attaches the next one is refused")
            .fix("refer to the layer of the template instead of a number, so that each version gets its permission")
            .report();
    }
}
