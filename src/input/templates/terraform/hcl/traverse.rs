//! References: `var.x`, `local.x[0]`, `aws_lambda_layer_version.deps.arn`, `module.layers.arns["a"]`.

use std::rc::Rc;

use crate::input::templates::terraform::resource::Attribute;

use super::{
    evaluate::{Evaluator, Item, Scope},
    instances::{Known, address},
    policy_document,
    syntax::{Expr, Node, Step},
    values::{hole, known, scalar, whole},
};

/// Attributes that stay references, although the block may say them: they lead to the resource.
const LEADING: [&str; 12] = [
    "arn",
    "id",
    "layer_arn",
    "version",
    "qualified_arn",
    "invoke_arn",
    "function_name",
    "layer_name",
    "output_path",
    "output_base64sha256",
    "output_sha",
    "account_id",
];

impl Evaluator<'_> {
    /// The value of `base` after its steps; `node` is all of it.
    pub(super) fn traverse(
        &mut self,
        node: &Node,
        base: &Node,
        steps: &[Step],
        scope: Scope<'_>,
    ) -> Attribute {
        let Expr::Name(name) = &base.expr else {
            let value = self.eval(base, scope);
            return self.walk(node, value, steps, scope);
        };
        if let Some(value) = scope.names.get(name) {
            let value = value.clone();
            return self.walk(node, value, steps, scope);
        }
        match (name.as_str(), steps) {
            ("var", [Step::Attribute(own), rest @ ..]) => {
                let value = self.variable(scope.module, own);
                self.walk(node, value, rest, scope)
            }
            ("local", [Step::Attribute(own), rest @ ..]) => {
                let value = self.local(scope.module, own);
                self.walk(node, value, rest, scope)
            }
            ("path", [Step::Attribute(own)]) => self.path(node, own, scope),
            ("module", [Step::Attribute(call), rest @ ..]) => {
                let module = self.modules.get(scope.module).map(Rc::clone);
                match module.and_then(|module| module.call(call)) {
                    Some(value) => self.walk(node, value, rest, scope),
                    None => self.open(node),
                }
            }
            ("data", [Step::Attribute(kind), Step::Attribute(own), rest @ ..]) => {
                self.resource(node, (&format!("data.{kind}"), own), rest, scope)
            }
            ("var" | "local" | "path" | "module" | "data" | "each" | "count" | "self" | "terraform", _) => {
                self.open(node)
            }
            (kind, [Step::Attribute(own), rest @ ..]) => self.resource(node, (kind, own), rest, scope),
            _ => self.open(node),
        }
    }

    fn path(&self, node: &Node, name: &str, scope: Scope<'_>) -> Attribute {
        match (name, self.modules.get(scope.module)) {
            ("module", Some(module)) => Attribute::Text(module.path.clone()),
            ("root" | "cwd", _) => Attribute::Text(".".to_owned()),
            _ => self.open(node),
        }
    }

    fn resource(
        &mut self,
        node: &Node,
        (kind, name): (&str, &str),
        steps: &[Step],
        scope: Scope<'_>,
    ) -> Attribute {
        let Some(owner) = self.modules.get(scope.module).map(Rc::clone) else { return self.open(node) };
        let value = match owner.parts.find(kind, name) {
            Some(number) => self.instances_of(scope.module, number).value.clone(),
            None => whole(&address(&owner, kind, name)),
        };
        // a splat over one that has no instances is a list of it
        self.walk(node, value, steps, scope)
    }

    /// Goes on from a value.
    fn walk(&mut self, node: &Node, value: Attribute, steps: &[Step], scope: Scope<'_>) -> Attribute {
        let Some((step, rest)) = steps.split_first() else { return value };
        if !self.spend(1) {
            return self.open(node);
        }
        let next = match (step, value) {
            (_, Attribute::Unknown(_)) => return self.open(node),
            (Step::Splat, Attribute::List(list)) => {
                return Attribute::List(
                    list.into_iter().map(|one| self.walk(node, one, rest, scope)).collect(),
                );
            }
            (Step::Splat, Attribute::Null) => return Attribute::List(Vec::new()),
            (Step::Splat, Attribute::Reference { address, .. }) if self.is_open(&address) => {
                return self.open(node);
            }
            (Step::Splat, one) => return Attribute::List(vec![self.walk(node, one, rest, scope)]),
            (Step::Attribute(name), Attribute::Map(mut map)) => map.remove(name),
            (Step::Attribute(name), Attribute::Reference { address, attribute }) if attribute.is_empty() => {
                Some(self.attribute(&address, name))
            }
            // without an index although there is a count: the first is meant
            (Step::Attribute(_), Attribute::List(list)) => match list.into_iter().next() {
                Some(first) => return self.walk(node, first, steps, scope),
                None => None,
            },
            (Step::Index(index), value) => {
                let index = self.eval(index, scope);
                self.index(value, &index)
            }
            _ => None,
        };
        match next {
            Some(value) => self.walk(node, value, rest, scope),
            None => self.open(node),
        }
    }

    fn index(&self, value: Attribute, index: &Attribute) -> Option<Attribute> {
        match value {
            Attribute::List(list) => {
                let at: usize = known(index)?.parse().ok()?;
                let is_whole =
                    !list.iter().take(at.saturating_add(1)).any(|one| matches!(one, Attribute::Several(_)));
                list.into_iter().nth(at).filter(|_| is_whole)
            }
            Attribute::Map(mut map) => map.remove(&known(index)?),
            Attribute::Reference { address, attribute } if attribute.is_empty() && self.is_open(&address) => {
                Some(whole(&address))
            }
            _ => None,
        }
    }

    fn is_open(&self, address: &str) -> bool {
        self.known.get(address).is_some_and(|known| known.is_open)
    }

    /// An attribute of a resource, or an output of a module.
    fn attribute(&mut self, address: &str, name: &str) -> Attribute {
        if self.module_numbers.contains_key(address) {
            return self.output(address, name);
        }
        let reference = || Attribute::Reference { address: address.to_owned(), attribute: name.to_owned() };
        if let Some(value) = self.identity(address, name) {
            return value;
        }
        let Some(known) = self.known.get(address).cloned() else { return reference() };
        let is_document = self.kind_of(&known).is_some_and(|kind| kind == policy_document::KIND);
        if is_document && matches!(name, "json" | "minified_json") {
            return self.named(
                Item::Argument(address.to_owned(), "json".to_owned()),
                &format!("{address}.json"),
                |evaluator| policy_document::json(evaluator, &known),
            );
        }
        if LEADING.contains(&name) {
            return reference();
        }
        self.declared(address, name).unwrap_or_else(reference)
    }

    /// The account, region and partition of the deployment, when the user says them.
    fn identity(&mut self, address: &str, name: &str) -> Option<Attribute> {
        let of = |kind: &str| address.split('.').any(|part| part == kind);
        if of("aws_caller_identity") && name == "account_id" {
            return self.answers.account.clone().map(Attribute::Text);
        }
        if of("aws_region") && matches!(name, "name" | "id" | "region") {
            let module = self.known.get(address).map_or(0, |known| known.module);
            return self.region(module, false).map(Attribute::Text);
        }
        None
    }

    fn kind_of(&self, known: &Known) -> Option<String> {
        let block = self.modules.get(known.module)?.parts.resources.get(known.number)?;
        Some(block.kind.clone())
    }

    /// What the block of a resource says for an argument.
    pub(super) fn declared(&mut self, address: &str, name: &str) -> Option<Attribute> {
        let known = self.known.get(address).cloned()?;
        let owner = self.modules.get(known.module).map(Rc::clone)?;
        let node = owner.parts.resources.get(known.number)?.get(name)?;
        let item = Item::Argument(address.to_owned(), name.to_owned());
        Some(self.named(item, &format!("{address}.{name}"), |evaluator| {
            evaluator.eval(node, Scope { module: known.module, names: &known.names })
        }))
    }

    /// A text with expressions in it. What is open becomes a hole; a text that is nothing but one expression is its value.
    pub(super) fn template(&mut self, node: &Node, parts: &[Node], scope: Scope<'_>) -> Attribute {
        if let [one] = parts {
            return self.eval(one, scope);
        }
        let values: Vec<Attribute> = parts.iter().map(|part| self.eval(part, scope)).collect();
        if let Some(version) = as_version(&values) {
            return version;
        }
        let mut text = String::new();
        for value in values {
            text.push_str(&self.part(&value));
            if text.len() > super::values::LONGEST || !self.spend(text.len() / 1024) {
                return self.open(node);
            }
        }
        Attribute::Text(text)
    }

    /// A value within a text.
    pub(super) fn part(&mut self, value: &Attribute) -> String {
        if let Some(text) = scalar(value) {
            return text;
        }
        if let Attribute::Reference { address, attribute } = value {
            if address.contains("aws_caller_identity") && attribute == "account_id" {
                return "${data.aws_caller_identity.current.account_id}".to_owned();
            }
            if address.contains("data.aws_region") {
                return "${region}".to_owned();
            }
            let named = matches!(attribute.as_str(), "function_name" | "layer_name" | "output_path");
            if let Some(text) = Some(()).filter(|()| named).and_then(|()| self.declared(address, attribute))
                && let Some(text) = scalar(&text)
            {
                return text;
            }
        }
        hole(&value.expression())
    }
}

/// `"${x.layer_arn}:${x.version}"` is `x.arn`.
fn as_version(parts: &[Attribute]) -> Option<Attribute> {
    let [
        Attribute::Reference { address, attribute },
        Attribute::Text(colon),
        Attribute::Reference { address: of, attribute: version },
    ] = parts
    else {
        return None;
    };
    let is_version = attribute == "layer_arn" && version == "version" && address == of && colon == ":";
    is_version.then(|| Attribute::Reference { address: address.clone(), attribute: "arn".to_owned() })
}
