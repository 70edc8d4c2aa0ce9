//! Policies of identities in a template: what roles of functions may do to layers.

use serde_json::{Map, Value as Json, json};

use crate::input::{
    document::{Located, Shape},
    policy::PolicyKind,
    project::{ComposedPolicy, PolicyContent, PolicyFile},
    templates::{Inventory, grants::THIS_ACCOUNT},
};

use super::{
    Resource, Template,
    permissions::without_holes,
    scenario::Scenario,
    scope::{Scope, Value, has_holes},
};

/// Statements of one document that are looked at.
const MOST_STATEMENTS: usize = 200;

/// Values inside one another.
const DEEPEST: u32 = 8;

/// Adds the policy documents of roles, users, groups and functions that are written into the template.
pub(super) fn add(template: &Template<'_>, inventory: &mut Inventory<'_>) {
    for resource in template.resources() {
        for document in documents(resource) {
            let scope = Scope::new(template.root, template.answers, Scenario::default(), false);
            if let Some(policy) = policy(template, &scope, resource, document) {
                inventory.policy(policy);
            }
        }
    }
}

/// Where each type of resource has its documents.
fn documents(resource: Resource<'_>) -> Vec<Located<'_>> {
    let inline = |key: &str| {
        let list = resource.get(key).into_iter().flat_map(Located::items);
        list.filter_map(|one| one.get("PolicyDocument")).collect::<Vec<_>>()
    };
    match resource.kind {
        "AWS::IAM::Policy" | "AWS::IAM::ManagedPolicy" | "AWS::IAM::RolePolicy" | "AWS::IAM::UserPolicy" => {
            resource.get("PolicyDocument").into_iter().collect()
        }
        "AWS::IAM::Role" | "AWS::IAM::User" | "AWS::IAM::Group" => inline("Policies"),
        "AWS::Serverless::Function" => {
            let list = resource.get("Policies").into_iter().flat_map(Located::items);
            list.filter(|one| one.get("Statement").is_some()).collect()
        }
        _ => Vec::new(),
    }
}

fn policy<'a>(
    template: &Template<'a>,
    scope: &Scope<'a>,
    resource: Resource<'a>,
    document: Located<'a>,
) -> Option<PolicyFile> {
    let written = document.get("Statement")?;
    let list: Vec<Located<'a>> =
        if written.shape() == Shape::List { written.items().collect() } else { vec![written] };
    let known = list
        .into_iter()
        .take(MOST_STATEMENTS)
        .filter_map(|one| Some((json(scope, one, DEEPEST)?, template.at(resource, one))));
    let (statements, places): (Vec<Json>, Vec<_>) = known.unzip();
    let first = places.first()?.clone();
    let content = PolicyContent::Composed(ComposedPolicy {
        file: first.file.clone(),
        text: json!({ "Version": "2012-10-17", "Statement": statements }).to_string(),
        places,
        owner: template.answers.account.clone(),
        faults: Vec::new(),
    });
    let of = Some(template.name_of(resource));
    Some(PolicyFile { content, kind: Some(PolicyKind::Identity), of, declared_at: Some(first) })
}

/// A value with its expressions resolved; nothing when a part is known to a deployment only.
fn json(scope: &Scope<'_>, node: Located<'_>, depth: u32) -> Option<Json> {
    let left = depth.checked_sub(1)?;
    match scope.value(node) {
        Value::Absent => Some(Json::Null),
        Value::Text(text, _) => Some(Json::String(text_of(&text))),
        Value::Resource { id, .. } => {
            Some(json!(format!("arn:aws:lambda:unknown:{THIS_ACCOUNT}:function:{id}")))
        }
        Value::List(_) | Value::Unknown { .. } => None,
        Value::Node(node) => match node.shape() {
            Shape::Null => Some(Json::Null),
            Shape::Bool(flag) => Some(Json::Bool(flag)),
            Shape::Number | Shape::Text => node.scalar().map(|text| json!(text)),
            Shape::List => node.items().map(|item| json(scope, item, left)).collect(),
            Shape::Map => node
                .pairs()
                .map(|pair| Some((pair.key.to_owned(), json(scope, pair.value, left)?)))
                .collect::<Option<Map<_, _>>>()
                .map(Json::Object),
        },
    }
}

/// Variables of IAM (`${aws:username}`) stay; what the template fills in is some fixed word.
fn text_of(text: &str) -> String {
    let own = text.replace("${AWS::AccountId}", THIS_ACCOUNT).replace("${AWS::Partition}", "aws");
    if has_holes(&own) && !own.contains("${aws:") { without_holes(&own) } else { own }
}
