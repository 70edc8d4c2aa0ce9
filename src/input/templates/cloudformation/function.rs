//! Functions of a template, in every alternative that its conditions leave open.

use crate::{
    input::{
        document::Located,
        project::{Extent, Function, LayerRef, Packaging, RemarkKind, RuntimeRef},
        resolve::parse_architecture,
        templates::{Artifact, Inventory, environment::Environment},
    },
    model::{known::Known, place::SourceSpan, settings::Written, text::SafeText},
};

use super::{
    Resource, Template, artifact, exists, report,
    sam::Globals,
    scenario::Scenario,
    scope::{Scope, Value, has_holes},
};

/// A layer as a function names it.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Named {
    /// An ARN, maybe with holes.
    Arn(Written),
    /// A layer version of the template.
    Own(Written, usize),
    /// Known to a deployment only.
    Unknown(Written, Extent),
}

/// What a template says of a function in one scenario.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Draft {
    artifact: Artifact,
    packaging: Packaging,
    runtime: Option<Written>,
    architecture: Known<String>,
    handler: Option<Written>,
    layers: Vec<Named>,
    environment: Environment,
}

/// Adds a function; nothing of another resource.
pub(super) fn add<'a>(template: &Template<'a>, resource: Resource<'a>, inventory: &mut Inventory<'_>) {
    let is_sam = match resource.kind {
        "AWS::Serverless::Function" => true,
        "AWS::Lambda::Function" => false,
        _ => return,
    };
    let globals = if is_sam { Globals::of(template.root, resource) } else { Globals::none(resource) };
    if let Some(at) = globals.lost_layers() {
        inventory.remark(RemarkKind::LostGlobalLayers, resource.id, template.at(resource, at));
    }
    let alternatives = template
        .alternatives(|scope| exists(scope, resource).then(|| draft(template, scope, resource, &globals)));
    let several = alternatives.iter().filter(|(_, draft, _)| draft.is_some()).count() > 1;
    for (scenario, draft, gaps) in alternatives {
        if let Some(draft) = draft {
            report(gaps, inventory);
            let name = named(&template.name_of(resource), several, &scenario);
            draft.add(&name, template.answers.region.clone(), template.place_of(resource), inventory);
        }
    }
}

fn named(name: &str, several: bool, scenario: &Scenario) -> String {
    let scenario = scenario.to_string();
    if several && !scenario.is_empty() { format!("{name} ({scenario})") } else { name.to_owned() }
}

fn draft<'a>(
    template: &Template<'a>,
    scope: &Scope<'a>,
    resource: Resource<'a>,
    globals: &Globals<'a>,
) -> Draft {
    let (code, packaging) = code(template, scope, resource, globals);
    let written = |name: &str| match globals.property(name).map(|node| scope.value(node)) {
        Some(Value::Text(text, at)) if !has_holes(&text) => {
            Some(Written { text, at: Some(template.at(resource, at)) })
        }
        _ => None,
    };
    let layers = globals.layers().into_iter().flat_map(|list| named_layers(template, scope, resource, list));
    Draft {
        artifact: code,
        packaging,
        runtime: written("Runtime"),
        architecture: architecture(scope, globals),
        handler: written("Handler"),
        layers: layers.collect(),
        environment: environment(scope, globals),
    }
}

fn code<'a>(
    template: &Template<'a>,
    scope: &Scope<'a>,
    resource: Resource<'a>,
    globals: &Globals<'a>,
) -> (Artifact, Packaging) {
    let is_image = scope.text(globals.property("PackageType")).is_some_and(|(kind, _)| kind == "Image");
    if is_image || globals.property("ImageUri").is_some() {
        return (Artifact::Image, Packaging::Image);
    }
    if globals.property("InlineCode").is_some() {
        let why = "code that is written into the template is not looked at";
        return (Artifact::Missing(why.to_owned()), Packaging::Zip);
    }
    let code = globals.property("CodeUri").or_else(|| globals.property("Code"));
    let found = artifact(template, scope, resource, code);
    let is_built = template.surroundings.artifact_of(resource.id).is_some();
    match found {
        Artifact::Image => (Artifact::Image, Packaging::Image),
        found if is_built => (found, Packaging::Zip),
        found => (found.built_by(template.surroundings.build_command()), Packaging::Zip),
    }
}

fn architecture(scope: &Scope<'_>, globals: &Globals<'_>) -> Known<String> {
    let Some(node) = globals.property("Architectures") else { return Known::Absent };
    match scope.list(node).into_iter().next() {
        None => Known::Absent,
        Some(Value::Text(text, _)) if !has_holes(&text) => Known::Known(text),
        Some(_) => Known::Unknown("only a deployment knows".to_owned()),
    }
}

fn environment(scope: &Scope<'_>, globals: &Globals<'_>) -> Environment {
    let mut environment = Environment::default();
    for variables in globals.variables() {
        match scope.value(variables) {
            Value::Node(map) => {
                for pair in map.pairs() {
                    let value = scope.text(Some(pair.value)).map(|(text, _)| text);
                    environment.add(pair.key, value.filter(|text| !has_holes(text)));
                }
            }
            Value::Absent => {}
            _ => environment.is_partial = true,
        }
    }
    environment
}

fn named_layers<'a>(
    template: &Template<'a>,
    scope: &Scope<'a>,
    resource: Resource<'a>,
    list: Located<'a>,
) -> Vec<Named> {
    let written = |text: String, at: Located<'a>| Written { text, at: Some(template.at(resource, at)) };
    let whole = match scope.value(list) {
        // a list of which nothing is known may be empty
        Value::Unknown { expression, at } => {
            return vec![Named::Unknown(written(expression, at), Extent::Any)];
        }
        other => other,
    };
    let members = scope.members(whole).into_iter();
    members
        .filter_map(|member| match member {
            Value::Absent => None,
            Value::Text(text, _) if text.contains(":awslayer:") => None,
            Value::Text(text, at) => Some(Named::Arn(written(text, at))),
            Value::Resource { id, attribute, at } => {
                Some(own(template, &id, attribute.as_deref(), written(id.clone(), at)))
            }
            Value::Unknown { expression, at } => Some(Named::Unknown(written(expression, at), Extent::One)),
            _ => Some(Named::Unknown(written("an expression".to_owned(), list), Extent::One)),
        })
        .collect()
}

/// A reference to a resource of the template: to a layer version, or to what only a deployment knows.
fn own(template: &Template<'_>, id: &str, attribute: Option<&str>, written: Written) -> Named {
    let is_arn = matches!(attribute, None | Some("LayerVersionArn" | "Arn"));
    match template.layers.get(id).filter(|_| is_arn) {
        Some(number) => Named::Own(Written { text: template.called(id), ..written }, *number),
        None => Named::Unknown(written, Extent::One),
    }
}

impl Draft {
    fn add(self, name: &str, region: Option<String>, at: SourceSpan, inventory: &mut Inventory<'_>) {
        let package = inventory.function_package(name, self.artifact, Some(at.clone()));
        let layers = self.layers.into_iter().map(|layer| reference(layer, inventory)).collect();
        inventory.function(Function {
            name: SafeText::new(name),
            package,
            runtime: self.runtime.map(RuntimeRef::new),
            architecture: match self.architecture {
                Known::Known(text) => parse_architecture(&text).map_or_else(Known::Unknown, Known::Known),
                Known::Absent => Known::Absent,
                Known::Unknown(why) => Known::Unknown(why),
            },
            handler: self.handler,
            layers,
            environment: self.environment.known,
            environment_is_partial: self.environment.is_partial,
            packaging: self.packaging,
            region,
            declared_at: Some(at),
        });
    }
}

fn reference(layer: Named, inventory: &Inventory<'_>) -> LayerRef {
    match layer {
        Named::Arn(written) => inventory.layer_by_arn(written),
        Named::Own(written, number) => inventory.layer_by_number(written, number),
        Named::Unknown(written, extent) => LayerRef { extent, ..LayerRef::new(written) },
    }
}
