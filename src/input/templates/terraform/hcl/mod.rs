//! Folders of `.tf` files without a plan: what the files say by themselves.
//!
//! Literals, locals, variables with defaults or values, references, the usual functions on lists, modules of the same repository. All else is
//! unknown with its expression.

mod condition;
mod evaluate;
mod files;
mod functions;
mod instances;
mod json;
mod module;
mod parse;
mod policy_document;
mod resources;
mod syntax;
mod traverse;
mod values;

use std::{collections::HashSet, path::Path};

use crate::{
    input::{
        error::UsageError,
        templates::{Answers, Inventory},
    },
    model::place::ReportPath,
};

use super::resource::Resource;

/// Calls of modules that are looked at to see whether a folder is about Lambda.
const MOST_CALLS: usize = 50;

/// Files of a module that are looked at for that.
const MOST_FILES: usize = 100;

/// Resources, and the layers that something else than a function refers to, by address without indices.
type Read = (Vec<Resource>, HashSet<String>);

/// The resources of the module in `folder` and of those that it calls.
pub(super) fn read(folder: &Path, answers: &Answers, inventory: &mut Inventory<'_>) -> Read {
    let mut evaluator = evaluate::Evaluator::new(folder, answers);
    let parts = evaluator.files.module(folder, inventory);
    let values = evaluator.files.values(folder, inventory);
    module::read(&mut evaluator, parts, values, inventory);
    (resources::all(&mut evaluator, inventory), module::mentioned(&evaluator))
}

/// The same of one text in the form of `.tf`, or of `.tf.json` when it begins as JSON does.
pub(super) fn read_text(
    text: String,
    answers: &Answers,
    inventory: &mut Inventory<'_>,
) -> Result<Read, UsageError> {
    let mut evaluator = evaluate::Evaluator::new(Path::new(""), answers);
    let is_json = text.starts_with('{');
    let file = ReportPath::new(if is_json { "main.tf.json" } else { "main.tf" });
    let mut parts = files::Parts::default();
    match evaluator.files.blocks_of(file, text, is_json, inventory) {
        Ok(blocks) => parts.extend(blocks),
        Err(Some(error)) => return Err(error),
        Err(None) => {}
    }
    module::read(&mut evaluator, parts, Vec::new(), inventory);
    Ok((resources::all(&mut evaluator, inventory), module::mentioned(&evaluator)))
}

/// Whether a folder has `.tf` files that speak of Lambda, or that call modules of the repository that do.
pub(in crate::input::templates) fn is_here(folder: &Path) -> bool {
    let speaks = |text: &String| text.contains("aws_lambda");
    let own: Vec<String> = texts(folder).collect();
    let called = own.iter().flat_map(|text| local_sources(text)).take(MOST_CALLS);
    own.iter().any(speaks)
        || called.into_iter().any(|source| texts(&folder.join(source)).any(|text| speaks(&text)))
}

/// The texts of the first files of a folder.
fn texts(folder: &Path) -> impl Iterator<Item = String> {
    let files = files::named(folder, &[".tf", ".tf.json"]).into_iter().take(MOST_FILES);
    let mut left = files::LONGEST_OF_ALL;
    files.filter_map(move |path| {
        let text = files::peek(&path, left)?;
        left = left.saturating_sub(text.len());
        Some(text)
    })
}

/// `./modules/shop` of `source = "./modules/shop"`.
fn local_sources(text: &str) -> impl Iterator<Item = &str> {
    let is_local = |part: &&str| part.starts_with("./") || part.starts_with("../");
    let lines = text.lines().filter(|line| line.contains("source"));
    lines.filter_map(move |line| line.split('"').find(is_local))
}
