//! What commands of the AWS CLI answer: functions, layer versions, policies, function URLs.
//!
//! An answer is told by its keys. One value, a list of values, or several one after the other as a loop in a shell leaves them are all
//! the same. Presigned addresses and environment variables are read past: nothing of them is kept.

mod function;
mod layer;
mod policies;
mod shape;

use crate::input::{
    document::{Document, Located},
    project::RemarkKind,
};

use super::Inventory;
pub(super) use shape::is_answer;
use shape::{Answer, answers};

/// Reads the answers in a text, whatever their order.
pub(super) fn add(document: &Document, inventory: &mut Inventory<'_>) {
    for (key, at) in document.repeated_keys() {
        inventory.remark(RemarkKind::RepeatedKey, key, at);
    }
    let found = answers(document);
    let mut layers = layer::Layers::of(inventory);
    for node in of(&found, Answer::LayerVersion) {
        layers.add(node, inventory);
    }
    function::add_all(of(&found, Answer::Function), inventory);
    inventory.link_layers();
    let policies = policies::add_all(of(&found, Answer::Policy), inventory);
    policies::urls(of(&found, Answer::Url), &policies, inventory);
    let unknown = of(&found, Answer::Unknown).count();
    if unknown > 0 {
        let what = format!("{unknown} of the values in {}", document.file);
        inventory.not_analysed(&what, "they are no answers of the AWS CLI that are known here");
    }
}

fn of<'a>(found: &[(Answer, Located<'a>)], kind: Answer) -> impl Iterator<Item = Located<'a>> {
    found.iter().filter(move |(one, _)| *one == kind).map(|(_, node)| *node)
}
