//! deployment/layers-on-image: layers on a function that is a container image.

use crate::{
    environment::project::ProjectView,
    input::project::Packaging,
    model::place::Place,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule =
    Rule { page: &pages::deployment::LAYERS_ON_IMAGE, check: Check::Project(check) };

fn check(view: &ProjectView<'_>, findings: &mut Findings) {
    for function in view.functions.iter().filter(|function| function.packaging == Packaging::Image) {
        let Some(first) = function.layers.first() else { continue };
        let at = first.written.at.as_ref().or(function.declared_at.as_ref());
        let Some(place) = at.cloned().map(Place::source) else { continue };
        findings
            .at(place)
            .of_function(&function.name)
            .subject("layers")
            .say("layers on a function that is a container image")
            .because("an image brings its whole file system; Lambda lays nothing over it")
            .fix("COPY the content of the layers into /opt of the image, and take the list away")
            .report();
    }
}
