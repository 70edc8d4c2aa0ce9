//! Templates of `CloudFormation` and SAM.
//!
//! Fields and merge rules are those of the transform of SAM (`samtranslator`, globals) and of the resource schemas; where a condition
//! depends on what only a deployment knows, both alternatives are looked at.

mod condition;
mod function;
mod identity;
mod layer;
mod outputs;
mod permissions;
mod sam;
pub(super) mod scenario;
mod scope;
mod text;

use std::{collections::HashMap, path::Path};

use crate::{
    input::{
        document::{Document, Located},
        error::UsageError,
        project::{RemarkKind, Retention},
    },
    model::place::SourceSpan,
};

use super::{Answers, Artifact, Input, Inventory};
use scenario::{MOST, Scenario};
use scope::{Gap, Scope, Value};

/// What stands around a template: where its artifacts are, and how its resources are called.
pub(super) trait Surroundings {
    /// The artifact of a resource, whatever the template says.
    fn artifact_of(&self, _id: &str) -> Option<Artifact> {
        None
    }

    /// The artifact that was uploaded under a key of a bucket.
    fn by_key(&self, _key: &str) -> Option<Artifact> {
        None
    }

    /// How people call a resource, when that is not its id.
    fn name_of(&self, _id: &str, _resource: Located<'_>) -> Option<String> {
        None
    }

    /// Where people write a resource, when that is not the template.
    fn place_of(&self, _id: &str, _resource: Located<'_>) -> Option<SourceSpan> {
        None
    }

    /// The id of a resource without what changes with its content: part of the identity of findings.
    fn stable_id<'i>(&self, id: &'i str) -> &'i str {
        id
    }

    /// What becomes of earlier versions of a layer, when the template alone does not tell.
    fn retention_of(&self, _id: &str, _resource: Located<'_>) -> Option<Retention> {
        None
    }

    /// The folder that relative paths start at.
    fn folder(&self) -> &Path;

    /// The command that builds the sources.
    fn build_command(&self) -> &'static str {
        "sam build"
    }
}

/// A template as it stands in a repository, with what `sam build` made of it.
struct Repository<'a> {
    folder: &'a Path,
    built: Option<sam::Built>,
}

impl Surroundings for Repository<'_> {
    fn artifact_of(&self, id: &str) -> Option<Artifact> {
        self.built.as_ref()?.artifact_of(id)
    }

    fn folder(&self) -> &Path {
        self.folder
    }
}

/// Reads a template as it stands in a repository.
pub(super) fn add(
    document: &Document,
    input: &Input<'_>,
    inventory: &mut Inventory<'_>,
) -> Result<(), UsageError> {
    let built = sam::Built::beside(input.path, inventory)?;
    let repository = Repository { folder: input.folder(), built };
    read(document, &repository, &sam::configured(input.folder(), input.answers), inventory);
    Ok(())
}

/// Reads a template in its surroundings.
pub(super) fn read(
    document: &Document,
    surroundings: &dyn Surroundings,
    answers: &Answers,
    inventory: &mut Inventory<'_>,
) {
    let Some(root) = document.root() else { return };
    for (key, at) in document.repeated_keys() {
        inventory.remark(RemarkKind::RepeatedKey, key, at);
    }
    let mut template = Template { root, surroundings, answers, layers: HashMap::new() };
    for resource in template.resources() {
        if let Some((layer, gaps)) = layer::read(&template, resource) {
            let number = layer.add(inventory);
            template.layers.insert(resource.id.to_owned(), number);
            report(gaps, inventory);
        }
    }
    for resource in template.resources() {
        function::add(&template, resource, inventory);
    }
    for generated in root.get("Resources").into_iter().flat_map(Located::pairs) {
        if generated.key.starts_with("Fn::ForEach") {
            let reason = "the resources that it makes are known to a deployment only";
            inventory.unresolved(generated.key, reason, Some(generated.key_span()));
        }
    }
    permissions::add(&template, inventory);
    identity::add(&template, inventory);
    outputs::add(&template, inventory);
}

/// A template while it is read.
struct Template<'a> {
    root: Located<'a>,
    surroundings: &'a dyn Surroundings,
    answers: &'a Answers,
    /// The number of each layer version by its id.
    layers: HashMap<String, usize>,
}

/// A resource of a template.
#[derive(Clone, Copy)]
struct Resource<'a> {
    /// Its logical id.
    id: &'a str,
    /// Its `Type`.
    kind: &'a str,
    /// The whole resource.
    node: Located<'a>,
    /// Its `Properties`.
    properties: Option<Located<'a>>,
    key: crate::input::document::Pair<'a>,
}

impl<'a> Resource<'a> {
    /// A property as written.
    fn get(&self, name: &str) -> Option<Located<'a>> {
        self.properties?.get(name)
    }
}

impl<'a> Template<'a> {
    /// The resources in order.
    fn resources(&self) -> Vec<Resource<'a>> {
        let resources = self.root.get("Resources");
        let pairs = resources.into_iter().flat_map(Located::pairs);
        pairs
            .filter_map(|pair| {
                let kind = pair.value.get("Type")?.text()?;
                let properties = pair.value.get("Properties");
                Some(Resource { id: pair.key, kind, node: pair.value, properties, key: pair })
            })
            .collect()
    }

    /// How reports call a resource.
    fn name_of(&self, resource: Resource<'a>) -> String {
        let name = self.surroundings.name_of(resource.id, resource.node);
        name.unwrap_or_else(|| resource.id.to_owned())
    }

    /// How reports call the resource with an id.
    fn called(&self, id: &str) -> String {
        let node = self.root.at(&["Resources", id]);
        node.and_then(|node| self.surroundings.name_of(id, node)).unwrap_or_else(|| id.to_owned())
    }

    /// Where a resource is declared.
    fn place_of(&self, resource: Resource<'a>) -> SourceSpan {
        let place = self.surroundings.place_of(resource.id, resource.node);
        place.unwrap_or_else(|| resource.key.key_span())
    }

    /// Where a value is written; the line of the resource when the template is no file that people write.
    fn at(&self, resource: Resource<'a>, value: Located<'a>) -> SourceSpan {
        self.surroundings.place_of(resource.id, resource.node).unwrap_or_else(|| value.span())
    }

    /// Builds something in every scenario that can be; equal results are one.
    fn alternatives<T: PartialEq>(&self, build: impl Fn(&Scope<'a>) -> T) -> Vec<(Scenario, T, Vec<Gap>)> {
        let mut open = vec![Scenario::default()];
        let mut made: Vec<(Scenario, T, Vec<Gap>)> = Vec::new();
        while let Some(scenario) = open.pop() {
            let may_ask = open.len().saturating_add(made.len()) < MOST;
            let scope = Scope::new(self.root, self.answers, scenario.clone(), may_ask);
            let result = build(&scope);
            let (question, gaps) = scope.finish();
            match question {
                Some(question) => {
                    open.push(scenario.with(&question, false));
                    open.push(scenario.with(&question, true));
                }
                None if made.iter().any(|(_, other, _)| *other == result) => {}
                None => made.push((scenario, result, gaps)),
            }
        }
        made
    }
}

/// Whether a resource is there in this scenario.
fn exists(scope: &Scope<'_>, resource: Resource<'_>) -> bool {
    let Some(condition) = resource.node.get("Condition").and_then(Located::text) else { return true };
    match scope.decide(condition) {
        condition::Decision::Yes => true,
        condition::Decision::No => false,
        condition::Decision::Ask(question) => {
            scope.ask(question);
            true
        }
    }
}

/// Where the content that a property names is: a path, an object of a bucket, nothing here.
fn artifact<'a>(
    template: &Template<'a>,
    scope: &Scope<'a>,
    resource: Resource<'a>,
    code: Option<Located<'a>>,
) -> Artifact {
    if let Some(built) = template.surroundings.artifact_of(resource.id) {
        return built;
    }
    let value = code.map_or(Value::Absent, |code| scope.value(code));
    match value {
        Value::Text(path, _) if scope::has_holes(&path) => {
            Artifact::Missing("where it is only a deployment knows".to_owned())
        }
        Value::Text(path, _) => Artifact::named(template.surroundings.folder(), &path),
        Value::Node(place) if place.get("ImageUri").is_some() => Artifact::Image,
        Value::Node(place) if place.get("ZipFile").is_some() => {
            Artifact::Missing("code that is written into the template is not looked at".to_owned())
        }
        Value::Node(place) => {
            let key = ["S3Key", "Key"].iter().find_map(|key| scope.text(place.get(key)));
            let found = key.and_then(|(key, _)| template.surroundings.by_key(&key));
            let elsewhere = || {
                Artifact::Missing(
                    "its content is in a bucket; name a local copy in layerlint.toml".to_owned(),
                )
            };
            found.unwrap_or_else(elsewhere)
        }
        Value::Absent => Artifact::Missing("the template does not say where its content is".to_owned()),
        Value::List(_) | Value::Resource { .. } | Value::Unknown { .. } => {
            Artifact::Missing("where it is only a deployment knows".to_owned())
        }
    }
}

/// Says what could not be resolved.
fn report(gaps: Vec<Gap>, inventory: &mut Inventory<'_>) {
    for gap in gaps {
        inventory.unresolved(&gap.expression, &gap.reason, Some(gap.at));
    }
}
