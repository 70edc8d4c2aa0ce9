//! The resources that a run looks at, with every alternative that conditions leave open.

use std::{collections::BTreeMap, rc::Rc};

use crate::{
    input::templates::{
        Inventory,
        cloudformation::scenario::{MOST, Scenario},
        terraform::resource::{Attribute, Resource},
    },
    model::place::SourceSpan,
};

use super::{
    evaluate::{Evaluator, Scope},
    instances::{self, Known},
    syntax::{Block, Expr, Node},
    values::is_known,
};

/// Kinds that are looked at, with the arguments of which every alternative is.
const KINDS: [(&str, &[&str]); 13] = [
    ("aws_lambda_layer_version", &[]),
    ("aws_lambda_function", &["layers", "runtime", "handler", "architectures", "package_type", "filename"]),
    ("aws_lambda_layer_version_permission", &["principal", "organization_id", "layer_name"]),
    ("aws_lambda_permission", &["principal", "principal_org_id", "source_arn", "source_account", "action"]),
    ("aws_lambda_function_url", &["authorization_type"]),
    ("archive_file", &[]),
    ("data.archive_file", &[]),
    ("aws_s3_object", &[]),
    ("aws_s3_bucket_object", &[]),
    ("aws_iam_policy", &["policy"]),
    ("aws_iam_role_policy", &["policy"]),
    ("aws_iam_user_policy", &["policy"]),
    ("aws_iam_group_policy", &["policy"]),
];

/// Instances of all resources that are looked at.
const MOST_INSTANCES: usize = 100_000;

/// All resources that are looked at, in the order of modules and files.
pub(super) fn all(evaluator: &mut Evaluator<'_>, inventory: &mut Inventory<'_>) -> Vec<Resource> {
    let mut found = Vec::new();
    for module in 0..evaluator.modules.len() {
        let Some(owner) = evaluator.modules.get(module).map(Rc::clone) else { continue };
        for (number, block) in owner.parts.resources.iter().enumerate() {
            let Some((_, forked)) = KINDS.iter().find(|(kind, _)| *kind == block.kind) else { continue };
            if found.len() >= MOST_INSTANCES {
                inventory.not_analysed(&block.kind, "more instances than are looked at");
                return found;
            }
            let instances = evaluator.instances_of(module, number);
            if instances.addresses.len() > instances::MOST {
                inventory.not_analysed(&block.kind, "more instances than are looked at");
            }
            for address in instances.addresses.iter().take(instances::MOST) {
                let Some(known) = evaluator.known.get(address).cloned() else { continue };
                if known.is_open {
                    say_open(evaluator, block, inventory);
                }
                found.extend(alternatives(evaluator, block, (address, &known), forked));
            }
        }
    }
    found
}

/// How many there are only a deployment knows.
fn say_open(evaluator: &Evaluator<'_>, block: &Block, inventory: &mut Inventory<'_>) {
    if let Some(node) = block.get("count").or_else(|| block.get("for_each")) {
        let why = "how many there are only a deployment knows; one is looked at";
        let expression = evaluator.files.written(&node.at);
        inventory.unresolved(&expression, why, Some(evaluator.files.span(&node.at)));
    }
}

/// One instance in each alternative that makes a difference.
fn alternatives(
    evaluator: &mut Evaluator<'_>,
    block: &Block,
    (address, known): (&str, &Known),
    forked: &[&str],
) -> Vec<Resource> {
    let mut left = vec![Scenario::default()];
    let mut found: Vec<(Scenario, Resource)> = Vec::new();
    while let Some(scenario) = left.pop() {
        evaluator.assume(scenario.clone());
        let (resource, question) = one(evaluator, block, (address, known), forked);
        match question {
            Some(question) if found.len().saturating_add(left.len()) < MOST.saturating_sub(1) => {
                left.push(scenario.with(&question, false));
                left.push(scenario.with(&question, true));
            }
            _ if found.iter().any(|(_, other)| other.attributes == resource.attributes) => {}
            _ => found.push((scenario, resource)),
        }
    }
    evaluator.assume(Scenario::default());
    let is_choice = found.len() > 1;
    let named = |(scenario, resource): (Scenario, Resource)| {
        let address = if is_choice { format!("{} ({scenario})", resource.address) } else { resource.address };
        Resource { address, ..resource }
    };
    found.into_iter().map(named).collect()
}

/// One instance as it is in the scenario, and what would have to be assumed to know more.
fn one(
    evaluator: &mut Evaluator<'_>,
    block: &Block,
    (address, known): (&str, &Known),
    forked: &[&str],
) -> (Resource, Option<crate::input::templates::cloudformation::scenario::Question>) {
    let scope = Scope { module: known.module, names: &known.names };
    let mut attributes = BTreeMap::new();
    let mut question = None;
    for (name, node) in &block.arguments {
        evaluator.questions.clear();
        let value = evaluator.argument(node, scope);
        if forked.contains(&name.as_str()) && !is_known(&value)
            || forked.contains(&name.as_str()) && name == "layers"
        {
            question = question.or_else(|| evaluator.questions.first().cloned());
        }
        attributes.insert(name.clone(), value);
    }
    if block.kind == "aws_lambda_function" && !attributes.contains_key("region") {
        let has_own = block.get("provider").is_some();
        if let Some(region) = evaluator.region(known.module, has_own) {
            attributes.insert("region".to_owned(), Attribute::Text(region));
        }
    }
    let resource = Resource {
        address: address.to_owned(),
        kind: block.kind.clone(),
        attributes,
        at: evaluator.files.span(&block.at),
        places: places(evaluator, block),
    };
    (resource, question)
}

/// Where the arguments are, and the members of lists that are written out.
fn places(evaluator: &Evaluator<'_>, block: &Block) -> BTreeMap<String, SourceSpan> {
    let mut found = BTreeMap::new();
    for (name, node) in &block.arguments {
        found.insert(name.clone(), evaluator.files.span(&node.at));
        let members: &[Node] = if let Expr::List(list) = &node.expr { list } else { &[] };
        for (at, member) in members.iter().enumerate() {
            found.insert(format!("{name}.{at}"), evaluator.files.span(&member.at));
        }
    }
    found
}
