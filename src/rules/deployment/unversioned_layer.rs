//! deployment/unversioned-layer: a layer is named without a version.

use crate::{
    data::{
        arn::{ArnReading, VersionPart},
        texts,
    },
    environment::project::ProjectView,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule =
    Rule { page: &pages::deployment::UNVERSIONED_LAYER, check: Check::Project(check) };

use super::attached_arns;

fn check(view: &ProjectView<'_>, findings: &mut Findings) {
    for (function, arn, reading, place) in attached_arns(view) {
        let ArnReading::Arn(parts) = reading else { continue };
        if parts.version != VersionPart::Missing {
            continue;
        }
        findings
            .at(place)
            .of_function(&function.name)
            .subject(format!("layer {}", parts.name.unwrap_or(arn)))
            .say(format!("{arn} names no version of the layer"))
            .lambda_says(texts::LAYER_ARN_PATTERN.template)
            .because("a function pins one version by its number; there is no latest")
            .fix("end the ARN with the number of a version; in Terraform use .arn, which has it, instead of .layer_arn")
            .report();
    }
}
