//! What the configuration in a plan refers to: it restores values that are unknown until layers are published.
//!
//! `references` keeps the order of the source and names each reference twice, as attribute and as resource. Locals are not in a plan, so
//! what goes through them stays unknown.

use crate::input::document::Located;

use super::{
    resource::{Attribute, Resource},
    sources::without_indices,
};

/// Variables and outputs that one reference may lead through.
const DEEPEST: usize = 12;

/// References of one argument that are looked at.
const MOST: usize = 200;

/// The configuration of a plan.
pub(super) struct Configuration<'a> {
    root: Option<Located<'a>>,
    planned: &'a [Resource],
}

/// What references begin with that lead to no resource.
const NO_RESOURCES: [&str; 6] = ["local", "each", "count", "self", "path", "terraform"];

/// A reference with the module that it is written in.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Reference {
    module: String,
    text: String,
}

impl<'a> Configuration<'a> {
    pub(super) fn new(plan: Located<'a>, planned: &'a [Resource]) -> Self {
        Self { root: plan.at(&["configuration", "root_module"]), planned }
    }

    /// The one attribute that an argument refers to.
    pub(super) fn single(&self, address: &str, argument: &str) -> Option<Attribute> {
        let told = self.attributes(address, argument);
        match told.as_slice() {
            [one] => Some(one.clone()),
            _ => None,
        }
    }

    /// The attributes that a list refers to, if they are as many as it has unknown members.
    pub(super) fn several(&self, address: &str, argument: &str, count: usize) -> Vec<Attribute> {
        let told = self.attributes(address, argument);
        if told.len() == count {
            return told;
        }
        let instances = self.instances(address, argument);
        if instances.len() == count { instances } else { Vec::new() }
    }

    /// References that end in an attribute, in the order of the source.
    fn attributes(&self, address: &str, argument: &str) -> Vec<Attribute> {
        let references = self.references(address, argument);
        references.iter().filter_map(as_attribute).collect()
    }

    /// A splat or a `for` leaves only the name of the resource: its instances in the order of their keys.
    fn instances(&self, address: &str, argument: &str) -> Vec<Attribute> {
        let references = self.references(address, argument);
        let bare: Vec<String> = references.iter().map(|one| absolute(&one.module, &one.text)).collect();
        let is_meant = |resource: &&Resource| {
            bare.iter().any(|one| *one == without_indices(&resource.address))
                && resource.address.ends_with(']')
        };
        let instances = self.planned.iter().filter(is_meant);
        instances
            .map(|one| Attribute::Reference { address: one.address.clone(), attribute: "arn".to_owned() })
            .collect()
    }

    /// What an argument of a resource refers to, through variables and outputs.
    fn references(&self, address: &str, argument: &str) -> Vec<Reference> {
        let plain = without_indices(address);
        let (module, own) = split_module(&plain);
        let expression = self.module(&module).and_then(|module| {
            let resources = module.get("resources").into_iter().flat_map(Located::items);
            let mut matching =
                resources.filter(|one| one.get("address").and_then(Located::text) == Some(own.as_str()));
            matching.next()?.at(&["expressions", argument])
        });
        let mut found = Vec::new();
        if let Some(expression) = expression {
            self.follow(expression, &module, DEEPEST, &mut found);
        }
        found
    }

    fn follow(&self, expression: Located<'a>, module: &str, depth: usize, found: &mut Vec<Reference>) {
        let Some(left) = depth.checked_sub(1) else { return };
        for text in
            expression.get("references").into_iter().flat_map(Located::items).filter_map(Located::text)
        {
            if found.len() >= MOST {
                return;
            }
            let parts: Vec<&str> = text.split('.').collect();
            match parts.as_slice() {
                ["var", name, ..] => {
                    let (parent, call) = parent_of(module);
                    let passed = call.and_then(|call| {
                        self.module(&parent)?.at(&["module_calls", &call, "expressions", without_index(name)])
                    });
                    if let Some(passed) = passed {
                        self.follow(passed, &parent, left, found);
                    }
                }
                ["module", call, output, ..] => {
                    let inner = join(module, without_index(call));
                    let output = self
                        .module(&inner)
                        .and_then(|one| one.at(&["outputs", without_index(output), "expression"]));
                    if let Some(output) = output {
                        self.follow(output, &inner, left, found);
                    }
                }
                ["module", ..] => {}
                _ => found.push(Reference { module: module.to_owned(), text: text.to_owned() }),
            }
        }
    }

    /// The configuration of a module by its address.
    fn module(&self, address: &str) -> Option<Located<'a>> {
        let names = address.split('.').filter(|part| *part != "module" && !part.is_empty());
        names.fold(self.root, |module, name| module?.at(&["module_calls", name, "module"]))
    }
}

/// `aws_lambda_layer_version.deps[0].arn` as the attribute of its resource; nothing of a bare resource.
fn as_attribute(reference: &Reference) -> Option<Attribute> {
    let plain = without_indices(&reference.text);
    if NO_RESOURCES.contains(&plain.split('.').next().unwrap_or_default()) {
        return None;
    }
    let least = if plain.starts_with("data.") { 3 } else { 2 };
    if plain.split('.').count() != least + 1 {
        return None;
    }
    let (resource, attribute) = reference.text.rsplit_once('.')?;
    let address = absolute(&reference.module, resource);
    Some(Attribute::Reference { address, attribute: attribute.to_owned() })
}

fn absolute(module: &str, address: &str) -> String {
    if module.is_empty() { address.to_owned() } else { format!("{module}.{address}") }
}

fn join(module: &str, name: &str) -> String {
    absolute(module, &format!("module.{name}"))
}

fn without_index(name: &str) -> &str {
    name.split('[').next().unwrap_or(name)
}

/// `module.a.module.b.kind.name` as `module.a.module.b` and `kind.name`.
fn split_module(address: &str) -> (String, String) {
    let mut parts: Vec<&str> = address.split('.').collect();
    let mut module = Vec::new();
    while parts.len() > 2 && parts.first() == Some(&"module") {
        module.extend(parts.drain(..2));
    }
    (module.join("."), parts.join("."))
}

/// The module that calls this one, and the name of the call.
fn parent_of(module: &str) -> (String, Option<String>) {
    match module.rsplit_once("module.") {
        Some((parent, call)) => (parent.trim_end_matches('.').to_owned(), Some(call.to_owned())),
        None => (String::new(), None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_come_apart() {
        let own = |text: &str| text.to_owned();
        assert_eq!(split_module("module.a.module.b.k.n"), (own("module.a.module.b"), own("k.n")));
        assert_eq!(split_module("data.k.n"), (String::new(), own("data.k.n")));
        assert_eq!(parent_of("module.a.module.b"), (own("module.a"), Some(own("b"))));
        assert_eq!(parent_of("module.a"), (String::new(), Some(own("a"))));
    }

    #[test]
    fn only_what_ends_in_an_attribute_is_one() {
        let one = |text: &str| as_attribute(&Reference { module: String::new(), text: text.to_owned() });
        assert!(one("aws_lambda_layer_version.a[\"x.y\"].arn").is_some());
        assert!(one("aws_lambda_layer_version.a").is_none());
        assert!(one("data.archive_file.a").is_none());
        assert!(one("data.archive_file.a.output_path").is_some());
        assert!(one("local.layers").is_none());
    }
}
