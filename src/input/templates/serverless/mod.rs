//! Services of the Serverless Framework: what `serverless package` left in `.serverless`, or `serverless.yml` itself.
//!
//! The service is turned into the template that Serverless would make of it, with the places of what is written, and read as one.
//! Names and merge rules are those of version 3 (`lib/plugins/aws/package/compile`): the list of a function replaces the list of the
//! provider, a layer is `<Name>LambdaLayer`.

mod output;
mod resources;
mod service;
mod syntax;
mod variables;

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use crate::input::{
    document::{Document, Located, Shape},
    error::UsageError,
    project::RemarkKind,
};

use super::{Artifact, Input, Inventory, cloudformation, ignores};
use service::Service;

/// Names of the file that describes a service. One in JavaScript or TypeScript is a program; what it makes is in `.serverless`.
const FILES: [&str; 3] = ["serverless.yml", "serverless.yaml", "serverless.json"];

/// What `serverless package` leaves in the folder of a service.
const OUTPUT: &str = ".serverless/cloudformation-template-update-stack.json";

/// The same from inside of its folder.
const TEMPLATE: &str = "cloudformation-template-update-stack.json";

/// Whether a text describes a service for AWS.
pub(super) fn is_service(root: Located<'_>) -> bool {
    let provider = root.get("provider");
    let name = provider.and_then(|provider| provider.text().or_else(|| provider.get("name")?.text()));
    root.get("service").is_some() && name.is_some_and(|name| name == "aws" || name.contains("${"))
}

/// Whether a text is the template that `serverless package` leaves.
pub(super) fn is_output(root: Located<'_>) -> bool {
    root.at(&["Outputs", "ServerlessDeploymentBucketName"]).is_some() && root.get("Resources").is_some()
}

/// The file that describes the service in a folder.
pub(super) fn file_of(folder: &Path) -> Option<PathBuf> {
    let own = FILES.iter().map(|name| folder.join(name)).find(|path| path.is_file());
    let made = [OUTPUT, TEMPLATE].iter().map(|name| folder.join(name)).find(|path| path.is_file());
    own.or(made)
}

/// Reads a service by its file, or by the template that was made of it.
pub(super) fn add(
    document: &Document,
    input: &Input<'_>,
    inventory: &mut Inventory<'_>,
) -> Result<(), UsageError> {
    let Some(root) = document.root() else { return Ok(()) };
    if is_output(root) {
        let above = above(input.folder());
        let source = output::source(&above, inventory);
        if source.is_none() {
            ignores::add(document, inventory)?;
        }
        output::add(document, source.as_ref(), &above, input.answers, inventory);
        return Ok(());
    }
    ignores::add(document, inventory)?;
    ignore_in_resources(document, inventory);
    for (key, at) in document.repeated_keys() {
        inventory.remark(RemarkKind::RepeatedKey, key, at);
    }
    if let Some(made) = output::made_of(input.path, input.folder(), inventory)? {
        output::add(&made, Some(document), input.folder(), input.answers, inventory);
    } else {
        add_source(document, root, input, inventory);
    }
    Ok(())
}

/// Resources that the service writes itself have metadata like those of a template.
fn ignore_in_resources(document: &Document, inventory: &mut Inventory<'_>) {
    let resources = document.root().and_then(|root| root.get("resources"));
    for part in resources.into_iter().flat_map(maps) {
        ignores::add_of_resources(document, part.get("Resources"), inventory);
    }
}

/// The folder of the service that a folder `.serverless` belongs to.
fn above(folder: &Path) -> PathBuf {
    match folder.parent() {
        Some(parent) if folder.file_name().is_some() => parent.to_owned(),
        _ => folder.join(".."),
    }
}

/// Reads `serverless.yml` as the template that would be made of it.
fn add_source(document: &Document, root: Located<'_>, input: &Input<'_>, inventory: &mut Inventory<'_>) {
    let service = Service::new(root, input.answers, input.folder());
    let (made, facts) = service.template(inventory);
    let template = made.over(document);
    cloudformation::read(&template, &Source { folder: input.folder(), facts }, &service.answers(), inventory);
}

/// What is known of the resources beside their template.
#[derive(Debug, Default)]
struct Facts {
    /// How people call them.
    names: HashMap<String, String>,
    artifacts: HashMap<String, Artifact>,
}

/// What stands around the template that is made of `serverless.yml`.
struct Source<'a> {
    folder: &'a Path,
    facts: Facts,
}

impl cloudformation::Surroundings for Source<'_> {
    fn artifact_of(&self, id: &str) -> Option<Artifact> {
        self.facts.artifacts.get(id).cloned()
    }

    fn name_of(&self, id: &str, _resource: Located<'_>) -> Option<String> {
        self.facts.names.get(id).cloned()
    }

    fn folder(&self) -> &Path {
        self.folder
    }

    fn build_command(&self) -> &'static str {
        "serverless package"
    }
}

/// `my-layer_x` in a logical id: `MyDashlayerUnderscorex`.
fn title(name: &str) -> String {
    let spelled = name.replace('-', "Dash").replace('_', "Underscore");
    let mut letters = spelled.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// The members of `functions`, which is a map or a list of maps.
fn maps(node: Located<'_>) -> Vec<Located<'_>> {
    match node.shape() {
        Shape::List => node.items().collect(),
        _ => vec![node],
    }
}

#[cfg(test)]
mod tests {
    use super::title;

    #[test]
    fn names_become_ids() {
        for (name, id) in [("hello", "Hello"), ("other-fn_x", "OtherDashfnUnderscorex"), ("", ""), ("ä", "Ä")]
        {
            assert_eq!(title(name), id);
        }
    }
}
