//! deployment/stale-layer: a function pins an older version of a layer than others.

use std::collections::HashMap;

use crate::{
    data::arn::{ArnReading, PartialArn, VersionPart},
    environment::project::ProjectView,
    input::project::Function,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule = Rule { page: &pages::deployment::STALE_LAYER, check: Check::Project(check) };

use super::attached_arns;

/// The newest version of each layer by what its references have in common.
type Newest<'a> = HashMap<[&'a str; 3], u32>;

fn check(view: &ProjectView<'_>, findings: &mut Findings) {
    let described = view.layers.iter().filter_map(|layer| layer.arn.as_deref());
    let pinned = attached_arns(view).map(|(_, _, reading, _)| reading);
    let newest = newest(pinned.chain(described.map(PartialArn::read)));
    for (function, text, reading, place) in attached_arns(view) {
        let Some((layer, version)) = versioned(reading) else { continue };
        let Some(newest) = newest.get(&layer).copied().filter(|newest| version < *newest) else { continue };
        if has(function, layer, newest) {
            continue;
        }
        let [_, _, name] = layer;
        findings
            .at(place)
            .of_function(&function.name)
            .subject(format!("layer {name}"))
            .say(format!("version {version} of {name}, while version {newest} is known here"))
            .because("a mended fault reaches only the functions that are moved to the new version")
            .fix(format!("attach version {newest} instead of {text}, or say why not with an ignore"))
            .report();
    }
}

fn newest<'a>(readings: impl Iterator<Item = ArnReading<'a>>) -> Newest<'a> {
    let mut newest = Newest::new();
    for (layer, version) in readings.filter_map(versioned) {
        let known = newest.entry(layer).or_default();
        *known = version.max(*known);
    }
    newest
}

/// The layer and the version of a reference whose version is known.
fn versioned(reading: ArnReading<'_>) -> Option<([&str; 3], u32)> {
    let ArnReading::Arn(arn) = reading else { return None };
    let VersionPart::Known(version) = arn.version else { return None };
    Some((arn.layer(), version))
}

/// Whether the function has the newest version too: that it has both is another rule's finding.
fn has(function: &Function, layer: [&str; 3], newest: u32) -> bool {
    let arns = function.layers.iter().filter_map(|one| one.arn.as_deref());
    arns.map(PartialArn::read).any(|reading| versioned(reading) == Some((layer, newest)))
}
