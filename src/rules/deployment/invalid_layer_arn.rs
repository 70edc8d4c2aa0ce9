//! deployment/invalid-layer-arn: a layer is named by something that is no layer ARN.

use crate::{
    data::{arn::ArnReading, texts},
    environment::project::ProjectView,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule =
    Rule { page: &pages::deployment::INVALID_LAYER_ARN, check: Check::Project(check) };

use super::attached_arns;

fn check(view: &ProjectView<'_>, findings: &mut Findings) {
    for (function, arn, reading, place) in attached_arns(view) {
        if reading != ArnReading::Wrong {
            continue;
        }
        findings
            .at(place)
            .of_function(&function.name)
            .subject(format!("layer {arn}"))
            .say(format!("{arn} is not the ARN of a layer version"))
            .lambda_says(texts::LAYER_ARN_PATTERN.template)
            .because(
                "a layer is named by arn:PARTITION:lambda:REGION:ACCOUNT:layer:NAME:VERSION and nothing else",
            )
            .fix("aws lambda list-layers --query 'Layers[].LatestMatchingVersion.LayerVersionArn'")
            .report();
    }
}
