//! How functions, layers and permissions are put together: what templates and accounts say, before any byte is read.

use crate::{
    data::arn::{ArnReading, PartialArn},
    environment::project::ProjectView,
    input::project::{Function, LayerRef, LayerVersion, Packaging, Remark, RemarkKind, RuntimeRef},
    model::{architecture::Architecture, place::Place},
};

use super::registry::Rule;

mod exported_layer;
mod forbidden_url;
mod foreign_layer;
mod incompatible_architecture;
mod incompatible_runtime;
mod invalid_layer_arn;
mod layers_on_image;
mod lost_global_layers;
mod old_version_grant;
mod other_region_layer;
mod repeated_key;
mod stale_layer;
mod unquoted_account;
mod unused_layer;
mod unversioned_layer;
mod unversioned_retention;

/// The rules of this category, sorted by name.
pub(super) static RULES: &[&Rule] = &[
    &exported_layer::RULE,
    &forbidden_url::RULE,
    &foreign_layer::RULE,
    &incompatible_architecture::RULE,
    &incompatible_runtime::RULE,
    &invalid_layer_arn::RULE,
    &layers_on_image::RULE,
    &lost_global_layers::RULE,
    &old_version_grant::RULE,
    &other_region_layer::RULE,
    &repeated_key::RULE,
    &stale_layer::RULE,
    &unquoted_account::RULE,
    &unused_layer::RULE,
    &unversioned_layer::RULE,
    &unversioned_retention::RULE,
];

/// What is declared for a layer.
struct Declared<'a> {
    runtimes: &'a [RuntimeRef],
    architectures: &'a [Architecture],
}

/// What the inputs declare for a layer that a function names: in the template, in the account, or in the configuration.
fn declared<'a>(view: &ProjectView<'a>, layer: &LayerRef) -> Option<Declared<'a>> {
    if let Some(version) = layer.version.and_then(|number| view.layers.get(number)) {
        return Some(Declared {
            runtimes: &version.compatible_runtimes,
            architectures: &version.compatible_architectures,
        });
    }
    let package = layer.package.and_then(|number| view.packages.get(number))?;
    Some(Declared {
        runtimes: &package.compatible_runtimes,
        architectures: &package.compatible_architectures,
    })
}

/// Each layer of each function that takes layers, with where it is written.
fn attached<'a>(view: &ProjectView<'a>) -> impl Iterator<Item = (&'a Function, &'a LayerRef, Place)> {
    let functions = view.functions.iter().filter(|function| function.packaging == Packaging::Zip);
    functions.flat_map(|function| {
        function.layers.iter().filter_map(move |layer| {
            let at = layer.written.at.as_ref().or(function.declared_at.as_ref())?;
            Some((function, layer, Place::source(at.clone())))
        })
    })
}

/// Each layer ARN of each function, as far as it is known.
fn attached_arns<'a>(
    view: &ProjectView<'a>,
) -> impl Iterator<Item = (&'a Function, &'a str, ArnReading<'a>, Place)> {
    attached(view).filter_map(|(function, layer, place)| {
        let arn = layer.arn.as_deref()?;
        Some((function, arn, PartialArn::read(arn), place))
    })
}

/// What templates say of one kind.
fn remarks<'a>(view: &ProjectView<'a>, kind: RemarkKind) -> impl Iterator<Item = &'a Remark> {
    view.remarks.iter().filter(move |remark| remark.kind == kind)
}

/// Where a layer version is declared.
fn declaration(layer: &LayerVersion) -> Option<Place> {
    layer.declared_at.clone().map(Place::source)
}
