//! size/too-many-layers: more layers than a function may have.

use crate::{
    data::{limits::limits, texts},
    environment::deployment::Deployment,
    input::project::Extent,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule = Rule { page: &pages::size::TOO_MANY_LAYERS, check: Check::Deployment(check) };

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    // a list that only a deployment knows may be empty
    let count = deployment
        .function()
        .map_or(0, |function| function.layers.iter().filter(|layer| layer.extent == Extent::One).count());
    let most = limits().layers_per_function;
    let Some(place) = deployment.place().filter(|_| count > most) else { return };
    findings
        .at(place)
        .subject("layers")
        .say(format!("{count} layers, Lambda takes {most}"))
        .lambda_says(texts::TOO_MANY_LAYERS.template)
        .because("the limit is on the list of the function, whatever the layers hold")
        .fix("merge layers that are always used together into one")
        .report();
}
