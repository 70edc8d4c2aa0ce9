//! One stack of an assembly: what stands around its template.

use std::path::{Path, PathBuf};

use crate::{
    input::document::{Document, Located},
    model::{place::SourceSpan, settings::Region},
};

use super::{
    Artifact, Inventory,
    assets::Assets,
    cloudformation::Surroundings,
    ignores,
    traces::Traces,
    traces::{Construct, readable},
};

/// What is known of a stack beside its template.
#[derive(Clone, Copy)]
pub(super) struct Stack<'a> {
    /// How people call it.
    pub(super) name: &'a str,
    /// The folder of its assembly.
    pub(super) folder: &'a Path,
    pub(super) assets: &'a Assets,
    pub(super) traces: &'a Traces,
    /// The path of the nested stack, or nothing.
    pub(super) scope: &'a str,
}

impl<'a> Stack<'a> {
    /// The stack around one of its templates.
    pub(super) fn around(&'a self, document: &'a Document) -> Around<'a> {
        Around { stack: self, document }
    }
}

/// A stack around one of its templates.
pub(super) struct Around<'a> {
    stack: &'a Stack<'a>,
    document: &'a Document,
}

impl Around<'_> {
    fn resource(&self, id: &str) -> Option<Located<'_>> {
        self.document.root()?.at(&["Resources", id])
    }

    fn construct(&self, id: &str) -> Option<&Construct> {
        self.stack.traces.construct(self.stack.scope, id)
    }

    /// Ignores of resources hold where their findings stand, which is not the template.
    pub(super) fn ignores(&self, inventory: &mut Inventory<'_>) {
        let resources = self.document.root().and_then(|root| root.get("Resources"));
        for resource in resources.into_iter().flat_map(Located::pairs) {
            let at = self.place_of(resource.key, resource.value).unwrap_or_else(|| resource.key_span());
            let region = Region { file: at.file.clone(), lines: at.line..=at.line };
            ignores::add_of_resource(resource.value, &region, inventory);
        }
    }
}

impl Surroundings for Around<'_> {
    fn artifact_of(&self, id: &str) -> Option<Artifact> {
        let properties = self.resource(id)?.get("Properties")?;
        let code = properties.get("Code").or_else(|| properties.get("Content"))?;
        let by_key =
            code.get("S3Key").and_then(Located::text).and_then(|key| self.stack.assets.artifact(key));
        by_key.or_else(|| {
            // assemblies of the first major version name their keys by parameters
            let path = self.resource(id)?.at(&["Metadata", "aws:asset:path"])?.text()?;
            code.get("S3Key").map(|_| Artifact::named(self.stack.folder, path))
        })
    }

    fn name_of(&self, id: &str, resource: Located<'_>) -> Option<String> {
        let path = resource.at(&["Metadata", "aws:cdk:path"]).and_then(Located::text).map(readable);
        let traced = || self.construct(id).map(|construct| construct.path.clone());
        Some(path.or_else(traced).unwrap_or_else(|| format!("{}/{id}", self.stack.name)))
    }

    fn place_of(&self, id: &str, _resource: Located<'_>) -> Option<SourceSpan> {
        self.construct(id)?.at.clone()
    }

    fn folder(&self) -> &Path {
        self.stack.folder
    }

    fn build_command(&self) -> &'static str {
        "cdk synth"
    }
}

/// The templates that a template nests, with their scopes: `TemplateURL` ends with the key of an asset.
pub(super) fn nested(document: &Document, stack: &Stack<'_>) -> Vec<(PathBuf, String)> {
    let resources = document.root().and_then(|root| root.get("Resources"));
    resources
        .into_iter()
        .flat_map(Located::pairs)
        .filter(|one| one.value.get("Type").and_then(Located::text) == Some("AWS::CloudFormation::Stack"))
        .filter_map(|one| {
            let url = one.value.at(&["Properties", "TemplateURL"])?;
            let path = last_text(url)?.rsplit('/').next().and_then(|key| stack.assets.file(key))?;
            let construct = stack.traces.construct(stack.scope, one.key);
            let scope = construct.and_then(|construct| construct.path.split_once(".NestedStack/"));
            Some((path.to_owned(), scope.map(|(scope, _)| format!("{scope}/")).unwrap_or_default()))
        })
        .collect()
}

/// The text that an address ends with: written whole, in `Fn::Sub`, or as the last part of `Fn::Join`.
fn last_text(url: Located<'_>) -> Option<&str> {
    if let Some(text) = url.text() {
        return Some(text);
    }
    let function = url.only_pair()?;
    match function.key {
        "Fn::Sub" => function.value.text(),
        "Fn::Join" => function.value.items().nth(1)?.items().last()?.text(),
        _ => None,
    }
}
