//! deployment/lost-global-layers: the layers of Globals are lost for a function.

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
    Rule { page: &pages::deployment::LOST_GLOBAL_LAYERS, check: Check::Project(check) };

use super::remarks;

fn check(view: &ProjectView<'_>, findings: &mut Findings) {
    for remark in remarks(view, RemarkKind::LostGlobalLayers) {
        findings
            .at(Place::source(remark.at.clone()))
            .of_function(&remark.name)
            .subject("Layers")
            .say("the layers of Globals do not reach this function: its own Layers is an expression")
            .because("SAM adds two lists together, but an expression it cannot look into replaces the global list")
            .fix("write a list with the expression inside of it: Layers: [!If [Cond, !Ref A, !Ref AWS::NoValue]]")
            .report();
    }
}
