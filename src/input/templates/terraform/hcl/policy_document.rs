//! Policies of identities: `data.aws_iam_policy_document`, and `jsonencode` of an object.

use std::rc::Rc;

use serde_json::{Map, Value, json};

use crate::input::templates::{grants::THIS_ACCOUNT, terraform::resource::Attribute};

use super::{
    evaluate::{Evaluator, Scope},
    instances::Known,
    syntax::Node,
    values::scalar,
};

/// The data source.
pub(super) const KIND: &str = "data.aws_iam_policy_document";

/// Statements of one document that are looked at.
const MOST: usize = 200;

/// Values inside one another.
const DEEPEST: usize = 10;

/// The document that a data source makes. Statements of which a part is open are left out.
pub(super) fn json(evaluator: &mut Evaluator<'_>, known: &Known) -> Attribute {
    let owner = evaluator.modules.get(known.module).map(Rc::clone);
    let block = owner.as_ref().and_then(|owner| owner.parts.resources.get(known.number));
    let nodes: Vec<&Node> =
        block.and_then(|block| block.get("statement")).map(Node::blocks).unwrap_or_default();
    let scope = Scope { module: known.module, names: &known.names };
    let statements: Vec<Value> = nodes
        .into_iter()
        .take(MOST)
        .filter_map(|node| {
            let Attribute::Map(fields) = evaluator.eval(node, scope) else { return None };
            statement(evaluator, &fields)
        })
        .collect();
    Attribute::Text(json!({ "Version": "2012-10-17", "Statement": statements }).to_string())
}

type Fields = std::collections::BTreeMap<String, Attribute>;

fn statement(evaluator: &mut Evaluator<'_>, fields: &Fields) -> Option<Value> {
    let mut made = Map::new();
    made.insert("Effect".to_owned(), json!("Allow"));
    for (name, key) in [
        ("sid", "Sid"),
        ("effect", "Effect"),
        ("actions", "Action"),
        ("not_actions", "NotAction"),
        ("resources", "Resource"),
        ("not_resources", "NotResource"),
    ] {
        match fields.get(name) {
            None | Some(Attribute::Null) => {}
            Some(value) => drop(made.insert(key.to_owned(), value_of(evaluator, value, DEEPEST)?)),
        }
    }
    for (name, key) in [("principals", "Principal"), ("not_principals", "NotPrincipal")] {
        if let Some(blocks) = fields.get(name) {
            made.insert(key.to_owned(), principals(evaluator, blocks)?);
        }
    }
    if let Some(blocks) = fields.get("condition") {
        made.insert("Condition".to_owned(), conditions(evaluator, blocks)?);
    }
    Some(Value::Object(made))
}

fn maps(blocks: &Attribute) -> Option<Vec<&Fields>> {
    match blocks {
        Attribute::Map(map) => Some(vec![map]),
        Attribute::List(list) => {
            list.iter().map(|one| if let Attribute::Map(map) = one { Some(map) } else { None }).collect()
        }
        _ => None,
    }
}

fn principals(evaluator: &mut Evaluator<'_>, blocks: &Attribute) -> Option<Value> {
    let mut made = Map::new();
    for block in maps(blocks)? {
        let kind = scalar(block.get("type")?)?;
        made.insert(kind, value_of(evaluator, block.get("identifiers")?, DEEPEST)?);
    }
    Some(Value::Object(made))
}

fn conditions(evaluator: &mut Evaluator<'_>, blocks: &Attribute) -> Option<Value> {
    let mut made: Map<String, Value> = Map::new();
    for block in maps(blocks)? {
        let (test, key) = (scalar(block.get("test")?)?, scalar(block.get("variable")?)?);
        let values = value_of(evaluator, block.get("values")?, DEEPEST)?;
        let operator = made.entry(test).or_insert_with(|| json!({}));
        operator.as_object_mut()?.insert(key, values);
    }
    Some(Value::Object(made))
}

/// A value as JSON. Of a policy, statements that are open are left out; of anything else nothing is.
pub(super) fn encoded(evaluator: &mut Evaluator<'_>, value: &Attribute) -> Option<Attribute> {
    let Attribute::Map(fields) = value else {
        return value_of(evaluator, value, DEEPEST).map(|value| Attribute::Text(value.to_string()));
    };
    let mut made = Map::new();
    for (name, value) in fields {
        let json = match (name.as_str(), value) {
            ("Statement", Attribute::List(list)) => {
                list.iter().take(MOST).filter_map(|one| value_of(evaluator, one, DEEPEST)).collect()
            }
            _ => value_of(evaluator, value, DEEPEST)?,
        };
        made.insert(name.clone(), json);
    }
    Some(Attribute::Text(Value::Object(made).to_string()))
}

fn value_of(evaluator: &mut Evaluator<'_>, value: &Attribute, depth: usize) -> Option<Value> {
    let left = depth.checked_sub(1)?;
    if !evaluator.spend(1) {
        return None;
    }
    Some(match value {
        Attribute::Null => Value::Null,
        Attribute::Bool(flag) => Value::Bool(*flag),
        Attribute::Text(text) | Attribute::Number(text) => Value::String(text.clone()),
        // a member that is not set is a default that somebody replaces
        Attribute::List(list) if list.contains(&Attribute::Null) => return None,
        Attribute::List(list) => {
            list.iter().map(|one| value_of(evaluator, one, left)).collect::<Option<Vec<_>>>()?.into()
        }
        Attribute::Map(map) => {
            let pairs = map.iter().map(|(key, one)| Some((key.clone(), value_of(evaluator, one, left)?)));
            Value::Object(pairs.collect::<Option<Map<_, _>>>()?)
        }
        Attribute::Reference { address, attribute } => Value::String(named(address, attribute)?),
        Attribute::Unknown(_) | Attribute::Several(_) => return None,
    })
}

/// What a reference to a resource of the same deployment is in a policy: one thing, whatever its name.
fn named(address: &str, attribute: &str) -> Option<String> {
    let name = super::values::hole(address);
    let name = name.trim_start_matches("${").trim_end_matches('}');
    match attribute {
        "account_id" if address.contains("aws_caller_identity") => Some(THIS_ACCOUNT.to_owned()),
        "layer_arn" => Some(format!("arn:aws:lambda:unknown:{THIS_ACCOUNT}:layer:{name}")),
        "arn" if address.contains("aws_lambda_layer_version.") => {
            Some(format!("arn:aws:lambda:unknown:{THIS_ACCOUNT}:layer:{name}:1"))
        }
        "arn" | "invoke_arn" | "qualified_arn" if address.contains("aws_lambda_function.") => {
            Some(format!("arn:aws:lambda:unknown:{THIS_ACCOUNT}:function:{name}"))
        }
        "arn" if address.contains("aws_iam_role.") => {
            Some(format!("arn:aws:iam::{THIS_ACCOUNT}:role/{name}"))
        }
        "arn" => Some(format!("arn:aws:unknown:unknown:{THIS_ACCOUNT}:{name}")),
        _ => None,
    }
}
