//! deployment/unused-layer: a layer that no function of the inputs uses.

use std::collections::HashSet;

use crate::{
    environment::project::ProjectView,
    input::project::{LayerRef, LayerVersion, RemarkKind},
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule = Rule { page: &pages::deployment::UNUSED_LAYER, check: Check::Project(check) };

use super::{declaration, remarks};

fn check(view: &ProjectView<'_>, findings: &mut Findings) {
    if view.functions.is_empty() {
        return;
    }
    let attached = || view.functions.iter().flat_map(|function| &function.layers);
    // a list that only a deployment knows may hold any of them
    if attached().any(LayerRef::is_open) {
        return;
    }
    let used: HashSet<usize> = attached().filter_map(|layer| layer.version).collect();
    for (number, layer) in view.layers.iter().enumerate() {
        if layer.arn.is_some() || used.contains(&number) || is_for_others(view, layer) {
            continue;
        }
        let Some(place) = declaration(layer) else { continue };
        findings
            .at(place)
            .subject(format!("layer {}", layer.name))
            .say(format!("no function of the inputs uses layer {}", layer.name))
            .because("it is built, uploaded and stored for nothing, unless somebody outside attaches it")
            .fix("attach it, or take it out of the template")
            .report();
    }
}

/// An export, an output or a permission says that others use it.
fn is_for_others(view: &ProjectView<'_>, layer: &LayerVersion) -> bool {
    let is_told = |kind| remarks(view, kind).any(|remark| remark.name == layer.name);
    is_told(RemarkKind::ExportedLayer)
        || is_told(RemarkKind::LayerUsedElsewhere)
        || view.granted.iter().any(|name| **name == *layer.name)
}
