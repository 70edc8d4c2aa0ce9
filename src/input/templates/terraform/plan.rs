//! Plans: what will be, with what is unknown until it is applied.

use std::collections::HashMap;

use crate::input::document::{Located, Shape};

use super::{
    references::Configuration,
    resource::{Attribute, Resource},
    sources::Sources,
    state,
};

/// Modules inside one another.
const DEEPEST: usize = 16;

/// The resources of a plan, in order, with the data sources that were read for it.
pub(super) fn read(root: Located<'_>, sources: &Sources) -> Vec<Resource> {
    let mut found = Vec::new();
    if let Some(module) = root.at(&["planned_values", "root_module"]) {
        state::of_module(module, "", sources, DEEPEST, &mut found);
    }
    let mut data = Vec::new();
    if let Some(module) = root.at(&["prior_state", "values", "root_module"]) {
        state::of_module(module, "", sources, DEEPEST, &mut data);
    }
    found.extend(data.into_iter().filter(|one| one.kind.starts_with("data.")));
    let configuration = Configuration::new(root, &found);
    let filled: Vec<Resource> = {
        let changes = changes(root);
        found.iter().map(|resource| fill(resource, &changes, &configuration)).collect()
    };
    filled
}

/// `resource_changes` by address.
fn changes(root: Located<'_>) -> HashMap<&str, Located<'_>> {
    let changes = root.get("resource_changes").into_iter().flat_map(Located::items);
    changes.filter_map(|one| Some((one.get("address")?.text()?, one.get("change")?))).collect()
}

/// The same resource with what is unknown marked as such, and told as far as references tell it.
fn fill(
    resource: &Resource,
    changes: &HashMap<&str, Located<'_>>,
    configuration: &Configuration<'_>,
) -> Resource {
    let mut filled = resource.clone();
    let unknown = changes.get(resource.address.as_str()).and_then(|change| change.get("after_unknown"));
    for pair in unknown.into_iter().flat_map(Located::pairs) {
        let value = match (pair.value.shape(), resource.get(pair.key)) {
            (Shape::Bool(true), _) => configuration
                .single(&resource.address, pair.key)
                .unwrap_or_else(|| Attribute::Unknown(format!("{}.{}", resource.address, pair.key))),
            (Shape::List, Attribute::List(known)) => {
                Attribute::List(members(resource, pair.key, pair.value, known, configuration))
            }
            (Shape::List, Attribute::Null) if pair.value.items().next().is_some() => {
                Attribute::List(members(resource, pair.key, pair.value, &[], configuration))
            }
            _ => continue,
        };
        filled.attributes.insert(pair.key.to_owned(), value);
    }
    filled
}

/// The members of a list: known ones as they are, the unknown ones by the references of the configuration in their order.
fn members(
    resource: &Resource,
    name: &str,
    unknown: Located<'_>,
    known: &[Attribute],
    configuration: &Configuration<'_>,
) -> Vec<Attribute> {
    let flags: Vec<bool> = unknown.items().map(|one| one.shape() == Shape::Bool(true)).collect();
    let open = flags.iter().filter(|flag| **flag).count();
    let mut told = configuration.several(&resource.address, name, open).into_iter();
    let length = flags.len().max(known.len());
    (0..length)
        .map(|at| {
            if flags.get(at).copied().unwrap_or(false) {
                let expression = || Attribute::Unknown(format!("{}.{name}[{at}]", resource.address));
                return told.next().unwrap_or_else(expression);
            }
            known.get(at).cloned().unwrap_or_default()
        })
        .collect()
}
