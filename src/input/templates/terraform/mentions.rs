//! Which layers of a plan something else than a function refers to: an output, a parameter, a module from elsewhere.

use std::collections::HashSet;

use crate::input::document::{Located, Shape};

/// What is told by other means: which functions have a layer, and whom permissions let use it.
pub(super) const TOLD: [&str; 2] = ["aws_lambda_function", "aws_lambda_layer_version_permission"];

/// The kind of layers.
pub(super) const LAYER: &str = "aws_lambda_layer_version";

/// Modules inside one another.
const DEEPEST: usize = 16;

/// Addresses of layers without indices: `module.layers.aws_lambda_layer_version.deps`.
pub(super) fn of_plan(root: Located<'_>) -> HashSet<String> {
    let mut found = HashSet::new();
    if let Some(module) = root.at(&["configuration", "root_module"]) {
        of_module(module, "", DEEPEST, &mut found);
    }
    found
}

fn of_module(module: Located<'_>, prefix: &str, depth: usize, found: &mut HashSet<String>) {
    let Some(left) = depth.checked_sub(1) else { return };
    let outputs = module.get("outputs").into_iter().flat_map(Located::pairs).map(|pair| pair.value);
    let others = module.get("resources").into_iter().flat_map(Located::items);
    let others = others
        .filter(|one| !one.get("type").and_then(Located::text).is_some_and(|kind| TOLD.contains(&kind)));
    for one in outputs.chain(others) {
        references(one, prefix, DEEPEST, found);
    }
    for call in module.get("module_calls").into_iter().flat_map(Located::pairs) {
        if let Some(inner) = call.value.get("module") {
            of_module(inner, &format!("{prefix}module.{}.", call.key), left, found);
        }
    }
}

/// Every `references` in an output or resource.
fn references(value: Located<'_>, prefix: &str, depth: usize, found: &mut HashSet<String>) {
    let Some(left) = depth.checked_sub(1) else { return };
    for pair in value.pairs() {
        if pair.key == "references" {
            let texts = pair.value.items().filter_map(Located::text);
            found.extend(texts.filter_map(layer).map(|address| format!("{prefix}{address}")));
        }
        if matches!(pair.value.shape(), Shape::Map | Shape::List) {
            references(pair.value, prefix, left, found);
        }
    }
    for item in value.items() {
        references(item, prefix, left, found);
    }
}

/// `aws_lambda_layer_version.deps` of `aws_lambda_layer_version.deps[0].arn`.
fn layer(reference: &str) -> Option<String> {
    let name = reference.strip_prefix(LAYER)?.strip_prefix('.')?;
    let name = name.split(['.', '[']).next()?;
    Some(format!("{LAYER}.{name}"))
}
