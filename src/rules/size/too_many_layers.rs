//! size/too-many-layers: more layers than a function may have.

use crate::{
    data::{limits::limits, texts},
    environment::deployment::Deployment,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule = Rule { page: &pages::size::TOO_MANY_LAYERS, check: Check::Deployment(check) };

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    let (count, most) = (deployment.layers.len(), limits().layers_per_function);
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
