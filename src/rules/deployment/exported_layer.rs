//! deployment/exported-layer: the ARN of a layer version is exported from a stack.

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
    Rule { page: &pages::deployment::EXPORTED_LAYER, check: Check::Project(check) };

use super::remarks;

fn check(view: &ProjectView<'_>, findings: &mut Findings) {
    for remark in remarks(view, RemarkKind::ExportedLayer) {
        findings
            .at(Place::source(remark.at.clone()))
            .subject(format!("export of {}", remark.name))
            .say(format!("the ARN of layer {} is exported: it cannot change while another stack imports it", remark.name))
            .because("every new version of the layer is a new ARN, and CloudFormation refuses to change an export in use")
            .fix("hand the ARN over by a parameter of Systems Manager instead of an export")
            .report();
    }
}
