//! States: `terraform show -json` of a state, and the raw file of version 4.

use std::collections::BTreeMap;

use crate::input::document::{Located, Shape};

use super::{
    resource::{Attribute, Resource},
    sources::Sources,
};

/// Modules inside one another.
const DEEPEST: usize = 16;

/// Values inside one another.
const NESTED: usize = 12;

/// The resources of a state, in order.
pub(super) fn read(root: Located<'_>, sources: &Sources) -> Vec<Resource> {
    let mut found = Vec::new();
    if let Some(module) = root.at(&["values", "root_module"]) {
        of_module(module, "", sources, DEEPEST, &mut found);
    }
    for resource in root.get("resources").into_iter().flat_map(Located::items) {
        raw(resource, sources, &mut found);
    }
    found
}

/// `root_module` and the modules inside of it.
pub(super) fn of_module(
    module: Located<'_>,
    address: &str,
    sources: &Sources,
    depth: usize,
    found: &mut Vec<Resource>,
) {
    let Some(left) = depth.checked_sub(1) else { return };
    for resource in module.get("resources").into_iter().flat_map(Located::items) {
        let text = |key: &str| resource.get(key).and_then(Located::scalar).unwrap_or_default();
        let mode = if text("mode") == "data" { "data." } else { "" };
        let kind = format!("{mode}{}", text("type"));
        let attributes = attributes(resource.get("values"), resource.get("sensitive_values"));
        found.push(resource_of(text("address"), address, &kind, text("name"), attributes, resource, sources));
    }
    for child in module.get("child_modules").into_iter().flat_map(Located::items) {
        let address = child.get("address").and_then(Located::text).unwrap_or_default();
        of_module(child, address, sources, left, found);
    }
}

/// One resource of the raw file with all its instances.
fn raw(resource: Located<'_>, sources: &Sources, found: &mut Vec<Resource>) {
    let text = |key: &str| resource.get(key).and_then(Located::scalar).unwrap_or_default();
    let mode = if text("mode") == "data" { "data." } else { "" };
    let kind = format!("{mode}{}", text("type"));
    let module = text("module");
    let prefix = if module.is_empty() { String::new() } else { format!("{module}.") };
    for instance in resource.get("instances").into_iter().flat_map(Located::items) {
        let index = match instance.get("index_key").map(|key| (key.shape(), key.scalar())) {
            Some((Shape::Number, Some(number))) => format!("[{number}]"),
            Some((_, Some(key))) => format!("[\"{key}\"]"),
            _ => String::new(),
        };
        let address = format!("{prefix}{kind}.{}{index}", text("name"));
        let attributes = attributes(instance.get("attributes"), None);
        found.push(resource_of(&address, module, &kind, text("name"), attributes, instance, sources));
    }
}

/// A resource with its places: those of the `.tf` files where they are at hand.
pub(super) fn resource_of(
    address: &str,
    module: &str,
    kind: &str,
    name: &str,
    attributes: BTreeMap<String, Attribute>,
    node: Located<'_>,
    sources: &Sources,
) -> Resource {
    let declared = sources.find(module, kind, name);
    Resource {
        address: address.to_owned(),
        kind: kind.to_owned(),
        attributes,
        at: declared.map_or_else(|| node.span(), |declared| declared.at.clone()),
        places: declared.map(|declared| declared.places.iter().cloned().collect()).unwrap_or_default(),
    }
}

/// The values of a resource; what is marked as sensitive is not even kept.
pub(super) fn attributes(
    values: Option<Located<'_>>,
    sensitive: Option<Located<'_>>,
) -> BTreeMap<String, Attribute> {
    let pairs = values.into_iter().flat_map(Located::pairs);
    pairs
        .map(|pair| {
            let hidden = sensitive.and_then(|one| one.get(pair.key));
            (pair.key.to_owned(), attribute(pair.value, hidden, NESTED))
        })
        .collect()
}

fn attribute(value: Located<'_>, hidden: Option<Located<'_>>, depth: usize) -> Attribute {
    let Some(left) = depth.checked_sub(1) else { return Attribute::Unknown("...".to_owned()) };
    if hidden.is_some_and(|hidden| hidden.shape() == Shape::Bool(true)) {
        return Attribute::Unknown("a sensitive value".to_owned());
    }
    match value.shape() {
        Shape::Null => Attribute::Null,
        Shape::Bool(flag) => Attribute::Bool(flag),
        Shape::Number => Attribute::Number(value.scalar().unwrap_or_default().to_owned()),
        Shape::Text => Attribute::Text(value.text().unwrap_or_default().to_owned()),
        Shape::List => {
            let mut hidden = hidden.into_iter().flat_map(Located::items);
            Attribute::List(value.items().map(|one| attribute(one, hidden.next(), left)).collect())
        }
        Shape::Map => Attribute::Map(
            value
                .pairs()
                .map(|pair| {
                    let hidden = hidden.and_then(|one| one.get(pair.key));
                    (pair.key.to_owned(), attribute(pair.value, hidden, left))
                })
                .collect(),
        ),
    }
}
