//! Terraform: plans and states as `terraform show -json` prints them, and raw states.
//!
//! Argument names are those of the AWS provider's documentation; the shapes of the JSON those of Terraform's output formats 1.x.

mod convert;
mod grants;
mod hcl;
mod mentions;
mod plan;
mod references;
mod resource;
mod sources;
mod state;

use std::path::Path;

use crate::input::{document::Document, error::UsageError};

use super::{Answers, Input, Inventory};
use convert::Origin;

pub(super) use hcl::is_here;

/// Reads a plan or a state.
pub(super) fn add_json(document: &Document, input: &Input<'_>, inventory: &mut Inventory<'_>) {
    let Some(root) = document.root() else { return };
    let sources = sources::Sources::beside(input.folder(), inventory);
    let resources = if root.get("planned_values").is_some() {
        plan::read(root, &sources)
    } else {
        state::read(root, &sources)
    };
    let origin = Origin {
        folder: input.folder(),
        is_planned: true,
        answers: input.answers,
        mentioned: mentions::of_plan(root),
    };
    convert::add(&resources, &origin, inventory);
}

/// Reads a folder of `.tf` files.
pub(super) fn add_files(input: &Input<'_>, inventory: &mut Inventory<'_>) {
    // paths of the current folder are shown without `./`
    let folder = input.folder().strip_prefix(".").unwrap_or(input.folder());
    let (resources, mentioned) = hcl::read(folder, input.answers, inventory);
    let origin = Origin { folder, is_planned: false, answers: input.answers, mentioned };
    convert::add(&resources, &origin, inventory);
}

/// Reads the text of one `.tf` file, which stands for its folder.
pub(super) fn add_text(
    text: String,
    answers: &Answers,
    inventory: &mut Inventory<'_>,
) -> Result<(), UsageError> {
    let (resources, mentioned) = hcl::read_text(text, answers, inventory)?;
    let origin = Origin { folder: Path::new(""), is_planned: false, answers, mentioned };
    convert::add(&resources, &origin, inventory);
    Ok(())
}
