//! deployment/unversioned-retention: a change of the template deletes the layer version before it.

use crate::{
    environment::project::ProjectView,
    input::project::Retention,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule =
    Rule { page: &pages::deployment::UNVERSIONED_RETENTION, check: Check::Project(check) };

use super::declaration;

fn check(view: &ProjectView<'_>, findings: &mut Findings) {
    for layer in view.layers.iter().filter(|layer| layer.retention == Retention::Replaced) {
        let Some(place) = declaration(layer) else { continue };
        findings
            .at(place)
            .subject(format!("layer {}", layer.name))
            .say(format!("a change of layer {} deletes the version that functions are pinned to", layer.name))
            .because("functions elsewhere keep running with it, but can no longer be changed or rolled back to it")
            .fix("keep old versions: UpdateReplacePolicy: Retain (CloudFormation), RetentionPolicy: Retain (SAM), skip_destroy = true (Terraform), retain: true (Serverless)")
            .report();
    }
}
