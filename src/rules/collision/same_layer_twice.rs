//! collision/same-layer-twice: one layer in a function's list more than once.

use crate::{
    data::{
        arn::{ArnReading, PartialArn},
        texts,
    },
    environment::deployment::Deployment,
    input::project::LayerRef,
    model::place::Place,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule =
    Rule { page: &pages::collision::SAME_LAYER_TWICE, check: Check::Deployment(check) };

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    let Some(function) = deployment.function() else { return };
    for (at, layer) in function.layers.iter().enumerate() {
        let Some(earlier) = function.layers.iter().take(at).find(|earlier| is_same_layer(earlier, layer))
        else {
            continue;
        };
        let written = layer.written.at.clone().map(Place::source);
        let Some(place) = written.or_else(|| deployment.place()) else { continue };
        let (one, two) = (name(earlier), name(layer));
        findings
            .at(place)
            .subject(format!("layer {}", base(two)))
            .say(format!("{} is attached twice", base(two)))
            .lambda_says(texts::SAME_LAYER_TWICE.fill(&[("one", one), ("two", two)]))
            .because("a function takes one version of a layer")
            .fix("remove one of the two from the list")
            .report();
    }
}

fn is_same_layer<'a>(one: &'a LayerRef, two: &'a LayerRef) -> bool {
    let read = |arn: &'a Option<String>| arn.as_deref().map(PartialArn::read);
    let is_same_arn = match (read(&one.arn), read(&two.arn)) {
        (Some(ArnReading::Arn(one)), Some(ArnReading::Arn(two))) => one.is_same_layer(&two),
        _ => false,
    };
    is_same_arn || is_same(one.package, two.package) || is_same(one.version, two.version)
}

fn is_same(one: Option<usize>, two: Option<usize>) -> bool {
    one.is_some() && one == two
}

fn name(layer: &LayerRef) -> &str {
    layer.arn.as_deref().unwrap_or(&layer.written.text)
}

/// The name without its version.
fn base(name: &str) -> &str {
    match PartialArn::read(name) {
        ArnReading::Arn(arn) => arn.name.unwrap_or(name),
        _ => name,
    }
}
