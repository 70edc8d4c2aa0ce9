//! Functions that an account has, with their layers in attach order.

use std::collections::HashMap;

use crate::{
    input::{
        document::Located,
        project::{Function, LayerRef, Packaging, RuntimeRef},
        resolve::parse_architecture,
        templates::{Inventory, environment::Environment},
    },
    model::{architecture::Architecture, known::Known, settings::Written, text::SafeText},
};

/// Adds functions. Their code is not in the answer, which is said once for all of them.
pub(super) fn add_all<'a>(nodes: impl Iterator<Item = Located<'a>>, inventory: &mut Inventory<'_>) {
    let mut names = Names::default();
    let mut without_code = 0usize;
    let mut last = String::new();
    for node in nodes {
        let Some(function) = of(node, &mut names, inventory) else { continue };
        if function.packaging == Packaging::Zip {
            without_code = without_code.saturating_add(1);
            last = function.name.to_string();
        }
        inventory.function(function);
    }
    let what = match without_code {
        0 => return,
        1 => format!("the code of {last}"),
        many => format!("the code of {many} functions"),
    };
    inventory.not_analysed(&what, "the AWS CLI tells about it and does not bring it");
}

/// Functions of several regions or versions may have one name.
#[derive(Default)]
struct Names {
    /// The ARN that has a name.
    taken: HashMap<String, String>,
}

impl Names {
    /// The name of a function; with version and region where the bare name means another one.
    fn of(&mut self, name: &str, arn: &str, version: Option<&str>) -> String {
        let version = version.filter(|version| *version != "$LATEST");
        let short = version.map_or_else(|| name.to_owned(), |version| format!("{name}:{version}"));
        let owner = self.taken.entry(short.clone()).or_insert_with(|| arn.to_owned());
        if owner == arn { short } else { format!("{short} ({})", region(arn).unwrap_or("another region")) }
    }
}

/// The region of an ARN.
fn region(arn: &str) -> Option<&str> {
    arn.split(':').nth(3).filter(|region| !region.is_empty())
}

fn of(node: Located<'_>, names: &mut Names, inventory: &Inventory<'_>) -> Option<Function> {
    let text = |key: &str| node.get(key).and_then(Located::text);
    let written = |key: &str| node.get(key).and_then(as_written);
    let name = node.get("FunctionName")?;
    let arn = text("FunctionArn").unwrap_or_default();
    let environment = environment(node);
    let layers = node.get("Layers").into_iter().flat_map(Located::items);
    let layers = layers.filter_map(|layer| as_written(layer.get("Arn").unwrap_or(layer)));
    Some(Function {
        name: SafeText::new(names.of(name.text()?, arn, text("Version"))),
        package: None,
        runtime: written("Runtime").map(RuntimeRef::new),
        architecture: architecture(node),
        handler: written("Handler"),
        layers: layers.map(|layer| attached(layer, inventory)).collect(),
        environment: environment.known,
        environment_is_partial: environment.is_partial,
        packaging: if text("PackageType") == Some("Image") { Packaging::Image } else { Packaging::Zip },
        region: region(arn).map(str::to_owned),
        declared_at: Some(name.span()),
    })
}

/// The layer version is linked once all answers are read.
fn attached(written: Written, inventory: &Inventory<'_>) -> LayerRef {
    let arn = written.text.clone();
    LayerRef { package: inventory.copy_of(&arn), arn: Some(arn), ..LayerRef::new(written) }
}

fn as_written(node: Located<'_>) -> Option<Written> {
    Some(Written { text: node.text()?.to_owned(), at: Some(node.span()) })
}

fn architecture(node: Located<'_>) -> Known<Architecture> {
    let first = node.get("Architectures").and_then(|list| list.items().next()).and_then(Located::text);
    match first.map(parse_architecture) {
        None => Known::Absent,
        Some(Ok(architecture)) => Known::Known(architecture),
        Some(Err(why)) => Known::Unknown(why),
    }
}

/// The variables that steer search paths; of the others, which may be secrets, nothing is kept.
fn environment(node: Located<'_>) -> Environment {
    let mut environment = Environment::default();
    let Some(map) = node.get("Environment") else { return environment };
    for pair in map.get("Variables").into_iter().flat_map(Located::pairs) {
        if Environment::is_decisive(pair.key) {
            environment.add(pair.key, pair.value.text().map(str::to_owned));
        }
    }
    // Lambda says so where the caller may not decrypt them
    environment.is_partial |= map.get("Error").is_some();
    environment
}
