//! deployment/other-region-layer: a layer of another region.

use crate::{
    data::{arn::ArnReading, texts},
    environment::project::ProjectView,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule =
    Rule { page: &pages::deployment::OTHER_REGION_LAYER, check: Check::Project(check) };

use super::attached_arns;

fn check(view: &ProjectView<'_>, findings: &mut Findings) {
    for (function, arn, reading, place) in attached_arns(view) {
        let (ArnReading::Arn(parts), Some(region)) = (reading, function.region.as_deref()) else { continue };
        let Some(other) = parts.region.filter(|other| *other != region) else { continue };
        findings
            .at(place)
            .of_function(&function.name)
            .subject(format!("layer {arn}"))
            .say(format!("the layer is in {other}, the function in {region}"))
            .lambda_says(texts::OTHER_REGION_LAYER.fill(&[("region", region)]))
            .because("a function takes layers of its own region only, also from other accounts")
            .fix(format!("publish the layer in {region}, or name the version that its publisher has there"))
            .report();
    }
}
