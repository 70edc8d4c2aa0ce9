//! Terraform: plans and states as `terraform show -json` prints them, and raw states.
//!
//! Argument names are those of the AWS provider's documentation; the shapes of the JSON those of Terraform's output formats 1.x.

mod convert;
mod grants;
mod plan;
mod references;
mod resource;
mod sources;
mod state;

use crate::input::document::Document;

use super::{Input, Inventory};

/// Reads a plan or a state.
pub(super) fn add_json(document: &Document, input: &Input<'_>, inventory: &mut Inventory<'_>) {
    let Some(root) = document.root() else { return };
    let sources = sources::Sources::beside(input.folder(), inventory);
    let resources = if root.get("planned_values").is_some() {
        plan::read(root, &sources)
    } else {
        state::read(root, &sources)
    };
    convert::add(&resources, input.folder(), input.answers, inventory);
}
