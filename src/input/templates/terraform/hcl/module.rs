//! The root module and the local modules that it calls: variables, locals and outputs lead from one to the other.

use std::{
    collections::{HashMap, HashSet},
    path::{Path, PathBuf},
    rc::Rc,
};

use crate::input::templates::{
    Inventory,
    cloudformation::scenario::Assumed,
    terraform::{mentions::LAYER, resource::Attribute, sources::without_indices},
};

use super::{
    condition::NULL,
    evaluate::{Evaluator, Item, Names, Scope},
    files::Parts,
    instances, parse,
    syntax::{Arguments, Block, Expr, Node},
    values::{known, truth},
};

/// Modules inside one another.
const DEEPEST: usize = 8;

/// Calls of modules that are followed.
const MOST: usize = 500;

/// One call of a module.
#[derive(Debug)]
pub(super) struct Module {
    /// `module.shop["eu"]`; nothing of the root.
    pub(super) address: String,
    /// `path.module`.
    pub(super) path: String,
    pub(super) parts: Rc<Parts>,
    /// The module that calls it, with the block of the call and what `each` and `count` are there.
    parent: Option<(usize, Block, Names)>,
    /// What the root is given for its variables; later ones win.
    values: Arguments,
    /// The calls in it: their instances, and the value of the name.
    calls: HashMap<String, Attribute>,
}

/// Reads the modules that the root module calls, which is `parts` with values for its variables.
pub(super) fn read(
    evaluator: &mut Evaluator<'_>,
    parts: Parts,
    mut values: Arguments,
    inventory: &mut Inventory<'_>,
) {
    let folder = evaluator.folder;
    let parts = Rc::new(parts);
    let mut folders: HashMap<PathBuf, Rc<Parts>> = HashMap::from([(folder.to_owned(), Rc::clone(&parts))]);
    let said: Vec<(String, String)> =
        evaluator.answers.parameters.iter().map(|(name, text)| (name.clone(), text.clone())).collect();
    for (name, text) in said {
        let at = evaluator.files.say(&name, &text);
        let is_value = text.starts_with(['[', '{']);
        let parsed = if is_value { parse::expression(&text, &at) } else { None };
        values.push((name, parsed.unwrap_or_else(|| Node::new(Expr::Text(text), at))));
    }
    let root = Module {
        address: String::new(),
        path: ".".to_owned(),
        parts,
        parent: None,
        values,
        calls: HashMap::new(),
    };
    evaluator.modules.push(Rc::new(root));
    // a module is read before those that it calls, level by level
    let mut next = vec![(0usize, folder.to_owned(), DEEPEST)];
    while let Some((number, folder, depth)) = next.pop() {
        let Some(left) = depth.checked_sub(1) else { continue };
        call_all(evaluator, number, (&folder, left), &mut folders, &mut next, inventory);
    }
    evaluator.forget();
}

/// Layers that something else than a function refers to.
pub(super) fn mentioned(evaluator: &Evaluator<'_>) -> HashSet<String> {
    let of = |module: &Rc<Module>| -> Vec<String> {
        let prefix = without_indices(&prefix(module));
        module.parts.mentioned.iter().map(|name| format!("{prefix}{LAYER}.{name}")).collect()
    };
    evaluator.modules.iter().flat_map(of).collect()
}

fn call_all(
    evaluator: &mut Evaluator<'_>,
    number: usize,
    (folder, left): (&Path, usize),
    folders: &mut HashMap<PathBuf, Rc<Parts>>,
    next: &mut Vec<(usize, PathBuf, usize)>,
    inventory: &mut Inventory<'_>,
) {
    let Some(module) = evaluator.modules.get(number).map(Rc::clone) else { return };
    let mut calls = HashMap::new();
    for call in &module.parts.calls {
        let name = call.labels.first().map_or("", String::as_str);
        let source = call.get("source").and_then(Node::written).unwrap_or_default();
        if !source.starts_with("./") && !source.starts_with("../") {
            let why = "its source is not in this repository: read the plan, made with `terraform show -json`";
            inventory.not_analysed(&format!("{}module {name}", prefix(&module)), why);
            continue;
        }
        let inner = folder.join(source);
        let parts = match folders.get(&inner) {
            Some(parts) => Rc::clone(parts),
            None => Rc::new(evaluator.files.module(&inner, inventory)),
        };
        folders.insert(inner.clone(), Rc::clone(&parts));
        let scope = Scope::of(number);
        let copies = instances::copies(evaluator, call.get("count"), call.get("for_each"), scope);
        let address = format!("{}module.{name}", prefix(&module));
        for (at, (behind, names)) in copies.named().into_iter().enumerate() {
            if at >= instances::MOST || evaluator.modules.len() >= MOST {
                inventory.not_analysed(&address, "more calls of modules than are followed");
                break;
            }
            next.push((evaluator.modules.len(), inner.clone(), left));
            evaluator.module_numbers.insert(format!("{address}{behind}"), evaluator.modules.len());
            evaluator.modules.push(Rc::new(Module {
                address: format!("{address}{behind}"),
                path: joined(&module.path, source),
                parts: Rc::clone(&parts),
                parent: Some((number, call.clone(), names)),
                values: Arguments::new(),
                calls: HashMap::new(),
            }));
        }
        calls.insert(name.to_owned(), copies.value(&address));
    }
    drop(module);
    if let Some(module) = evaluator.modules.get_mut(number).and_then(Rc::get_mut) {
        module.calls = calls;
    }
}

fn prefix(module: &Module) -> String {
    if module.address.is_empty() { String::new() } else { format!("{}.", module.address) }
}

/// `modules/shop` of `./modules/shop`, from `.`; as Terraform shows it.
fn joined(path: &str, source: &str) -> String {
    let mut parts: Vec<&str> = Vec::new();
    for part in path.split('/').chain(source.split('/')) {
        match part {
            "" | "." => {}
            ".." if parts.last().is_some_and(|last| *last != "..") => drop(parts.pop()),
            other => parts.push(other),
        }
    }
    if parts.is_empty() { ".".to_owned() } else { parts.join("/") }
}

impl Module {
    /// What the name of a call stands for.
    pub(super) fn call(&self, name: &str) -> Option<Attribute> {
        self.calls.get(name).cloned()
    }

    /// Whether it has the provider of the root module, as far as its call says.
    pub(super) fn is_passed_no_providers(&self) -> bool {
        self.parent.as_ref().is_none_or(|(_, call, _)| call.get("providers").is_none())
    }
}

impl Evaluator<'_> {
    /// The value of a variable: what it is given, or its default.
    pub(super) fn variable(&mut self, module: usize, name: &str) -> Attribute {
        let expression = format!("var.{name}");
        let Some(owner) = self.modules.get(module).map(Rc::clone) else {
            return Attribute::Unknown(expression);
        };
        let declared = owner.parts.variables.get(name);
        let is_secret = declared
            .and_then(|block| block.get("sensitive"))
            .is_some_and(|node| matches!(node.expr, Expr::Bool(true)));
        if is_secret {
            return Attribute::Unknown(expression);
        }
        self.named(Item::Variable(module, name.to_owned()), &expression.clone(), |evaluator| {
            let given = owner.values.iter().rev().find(|(own, _)| own == name).map(|(_, node)| node);
            if let Some(node) = given {
                return evaluator.eval(node, Scope::of(module));
            }
            if let Some((parent, call, names)) = &owner.parent
                && let Some(node) = call.get(name)
            {
                return evaluator.eval(node, Scope { module: *parent, names });
            }
            match declared.and_then(|block| block.get("default")) {
                // within a module, what the caller does not give is the default for certain
                Some(node) if owner.parent.is_some() => evaluator.eval(node, Scope::of(module)),
                Some(node) if !evaluator.is_certain() => {
                    let default = evaluator.eval(node, Scope::of(module));
                    evaluator.assumed(&expression, default)
                }
                _ => Attribute::Unknown(expression),
            }
        })
    }

    /// A default where something else may be assumed.
    fn assumed(&self, expression: &str, default: Attribute) -> Attribute {
        let written = if default == Attribute::Null { Some(NULL.to_owned()) } else { known(&default) };
        match self.scenario.of(expression) {
            Some(Assumed::Is(value)) if value == NULL => Attribute::Null,
            Some(Assumed::Is(value)) => Attribute::Text(value.clone()),
            Some(Assumed::Not(values)) if written.is_some_and(|value| values.contains(&value)) => {
                Attribute::Unknown(expression.to_owned())
            }
            _ => default,
        }
    }

    /// The value of a local.
    pub(super) fn local(&mut self, module: usize, name: &str) -> Attribute {
        let expression = format!("local.{name}");
        let Some(owner) = self.modules.get(module).map(Rc::clone) else {
            return Attribute::Unknown(expression);
        };
        let Some(node) = owner.parts.locals.get(name) else { return Attribute::Unknown(expression) };
        self.named(Item::Local(module, name.to_owned()), &expression, |evaluator| {
            evaluator.eval(node, Scope::of(module))
        })
    }

    /// The output of a module by its address.
    pub(super) fn output(&mut self, address: &str, name: &str) -> Attribute {
        let expression = format!("{address}.{name}");
        let found = self.module_numbers.get(address).copied();
        let Some((number, owner)) = found.and_then(|at| Some((at, Rc::clone(self.modules.get(at)?)))) else {
            return Attribute::Unknown(expression);
        };
        let Some(node) = owner.parts.outputs.get(name).and_then(|block| block.get("value")) else {
            return Attribute::Unknown(expression);
        };
        self.named(Item::Output(number, name.to_owned()), &expression, |evaluator| {
            evaluator.eval(node, Scope::of(number))
        })
    }

    /// The region that the provider of the root module names, when nothing else can decide it.
    pub(super) fn region(&mut self, module: usize, has_own_provider: bool) -> Option<String> {
        if self.answers.region.is_some() {
            return self.answers.region.clone();
        }
        let owner = self.modules.get(module).map(Rc::clone)?;
        if has_own_provider || !owner.is_passed_no_providers() {
            return None;
        }
        let root = self.modules.first().map(Rc::clone)?;
        let is_default = |block: &&Block| {
            block.labels.first().is_some_and(|name| name == "aws") && block.get("alias").is_none()
        };
        let node = root.parts.providers.iter().find(is_default)?.get("region")?.clone();
        let value = self.certainly(&node, Scope::of(0));
        known(&value).filter(|_| truth(&value).is_none())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_modules_are_those_that_terraform_shows() {
        for (path, source, shown) in [
            (".", "./modules/shop", "modules/shop"),
            ("modules/shop", "../other", "modules/other"),
            (".", "../shared", "../shared"),
            ("../shared", "../x", "../x"),
        ] {
            assert_eq!(joined(path, source), shown, "{path} {source}");
        }
    }
}
