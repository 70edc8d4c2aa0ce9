//! Layer versions of a template.

use crate::{
    input::{
        document::Located,
        project::{LayerVersion, Retention, RuntimeRef},
        resolve::parse_architecture,
        templates::{Artifact, Declared, Inventory},
    },
    model::{place::SourceSpan, settings::Written, text::SafeText},
};

use super::{
    Resource, Template, artifact,
    scope::{Gap, Scope, Value, has_holes},
};

/// What a template says of a layer version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Layer {
    name: String,
    artifact: Artifact,
    runtimes: Vec<Written>,
    architectures: Vec<String>,
    retention: Retention,
    at: SourceSpan,
}

/// The types of layer versions.
pub(super) fn is_layer(kind: &str) -> bool {
    matches!(kind, "AWS::Serverless::LayerVersion" | "AWS::Lambda::LayerVersion")
}

/// Reads a layer version; nothing of another resource. Of alternatives the first counts: functions refer to one layer.
pub(super) fn read<'a>(template: &Template<'a>, resource: Resource<'a>) -> Option<(Layer, Vec<Gap>)> {
    if !is_layer(resource.kind) {
        return None;
    }
    let alternatives = template.alternatives(|scope| of(template, scope, resource));
    alternatives.into_iter().next().map(|(_, layer, gaps)| (layer, gaps))
}

fn of<'a>(template: &Template<'a>, scope: &Scope<'a>, resource: Resource<'a>) -> Layer {
    let code = resource.get("ContentUri").or_else(|| resource.get("Content"));
    let found = artifact(template, scope, resource, code);
    let is_built = resource.node.at(&["Metadata", "BuildMethod"]).is_some();
    let command = template.surroundings.build_command();
    Layer {
        name: template.name_of(resource),
        artifact: if is_built && template.surroundings.artifact_of(resource.id).is_none() {
            // its folder holds what the build starts from, not what it leaves
            match found {
                Artifact::Local(path) if path.is_dir() => {
                    Artifact::Missing(format!("it is not built yet: `{command}`"))
                }
                other => other,
            }
        } else {
            found
        },
        runtimes: texts(template, scope, resource, "CompatibleRuntimes"),
        architectures: texts(template, scope, resource, "CompatibleArchitectures")
            .into_iter()
            .map(|one| one.text)
            .collect(),
        retention: template
            .surroundings
            .retention_of(resource.id, resource.node)
            .unwrap_or_else(|| retention(scope, resource)),
        at: template.place_of(resource),
    }
}

/// The known members of a list of texts; a list of which a part is unknown declares nothing.
fn texts<'a>(template: &Template<'a>, scope: &Scope<'a>, resource: Resource<'a>, name: &str) -> Vec<Written> {
    let members = resource.get(name).map(|list| scope.list(list)).unwrap_or_default();
    members
        .into_iter()
        .map(|member| match member {
            Value::Text(text, at) if !has_holes(&text) => {
                Some(Written { text, at: Some(template.at(resource, at)) })
            }
            _ => None,
        })
        .collect::<Option<Vec<_>>>()
        .unwrap_or_default()
}

/// SAM keeps old versions unless it is told otherwise, `CloudFormation` deletes them unless it is.
fn retention(scope: &Scope<'_>, resource: Resource<'_>) -> Retention {
    let keeps = |text: &str| text.eq_ignore_ascii_case("retain") || text.starts_with("RetainExcept");
    if resource.kind == "AWS::Serverless::LayerVersion" {
        return match resource.get("RetentionPolicy").map(|policy| scope.text(Some(policy))) {
            None => Retention::Kept,
            Some(Some((policy, _))) if keeps(&policy) => Retention::Kept,
            Some(Some((policy, _))) if policy.eq_ignore_ascii_case("delete") => Retention::Replaced,
            Some(_) => Retention::Unmanaged,
        };
    }
    // a change of any property replaces the version: that is what UpdateReplacePolicy is about
    match resource.node.get("UpdateReplacePolicy").map(Located::text) {
        Some(Some(policy)) if keeps(policy) => Retention::Kept,
        None | Some(Some(_)) => Retention::Replaced,
        Some(None) => Retention::Unmanaged,
    }
}

impl Layer {
    /// Adds it and gives its number.
    pub(super) fn add(self, inventory: &mut Inventory<'_>) -> usize {
        let runtimes: Vec<RuntimeRef> = self.runtimes.into_iter().map(RuntimeRef::new).collect();
        let architectures: Vec<_> =
            self.architectures.iter().filter_map(|one| parse_architecture(one).ok()).collect();
        let declared = Declared { runtimes: runtimes.clone(), architectures: architectures.clone() };
        let package = inventory.layer_package(&self.name, self.artifact, declared, Some(self.at.clone()));
        inventory.layer(LayerVersion {
            name: SafeText::new(&self.name),
            arn: None,
            package,
            compatible_runtimes: runtimes,
            compatible_architectures: architectures,
            retention: self.retention,
            declared_at: Some(self.at),
        })
    }
}
