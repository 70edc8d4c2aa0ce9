//! Permissions of Terraform: on layer versions, on functions and their URLs, and policies of identities.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::input::{
    policy::PolicyKind,
    project::{ComposedPolicy, PolicyContent, PolicyFile, RemarkKind},
    templates::{
        Inventory,
        grants::{self, Grant, THIS_ACCOUNT},
    },
};

use super::{
    convert::Stack,
    mentions::LAYER,
    resource::{Attribute, Resource},
};

/// Resources whose `policy` is a document of an identity.
const IDENTITIES: [&str; 4] =
    ["aws_iam_policy", "aws_iam_role_policy", "aws_iam_user_policy", "aws_iam_group_policy"];

/// Adds the policies.
pub(super) fn add(stack: &Stack<'_>, inventory: &mut Inventory<'_>) {
    let mut by_target: BTreeMap<(bool, String), Vec<Grant>> = BTreeMap::new();
    for resource in stack.resources {
        let (kind, grant) = match resource.kind.as_str() {
            "aws_lambda_layer_version_permission" => {
                say_old_version(stack, resource, inventory);
                (PolicyKind::Layer, of_layer(stack, resource))
            }
            "aws_lambda_permission" => (PolicyKind::Function, of_function(stack, resource)),
            "aws_lambda_function_url" => (PolicyKind::Function, of_url(stack, resource)),
            kind if IDENTITIES.contains(&kind) => {
                if let Some(policy) = of_identity(resource) {
                    inventory.policy(policy);
                }
                continue;
            }
            _ => continue,
        };
        match grant {
            Some((target, grant)) => {
                by_target.entry((kind == PolicyKind::Layer, target)).or_default().push(grant);
            }
            None if resource.kind != "aws_lambda_function_url" => {
                let what = format!("permission {}", resource.address);
                inventory.not_analysed(&what, "whom it is for only a deployment knows");
            }
            None => {}
        }
    }
    for ((is_layer, target), grants) in &by_target {
        let kind = if *is_layer { PolicyKind::Layer } else { PolicyKind::Function };
        let file = grants.first().and_then(|grant| grant.at.as_ref()).map(|at| at.file.clone());
        let policy =
            file.and_then(|file| grants::policy(kind, target, &file, grants, stack.answers.account.as_ref()));
        if let Some(policy) = policy {
            inventory.policy(policy);
        }
    }
}

/// A permission for a fixed version of a layer that these files publish. Plans have numbers where the files have references.
fn say_old_version(stack: &Stack<'_>, resource: &Resource, inventory: &mut Inventory<'_>) {
    let Some(layer) = stack.find(&target(stack, resource.get("layer_name"))) else { return };
    if !stack.is_planned && layer.kind == LAYER && resource.known("version_number").is_some() {
        let name = layer.known("layer_name").unwrap_or(&layer.address);
        inventory.remark(RemarkKind::GrantOnOldVersion, name, resource.place("version_number"));
    }
}

fn of_layer(stack: &Stack<'_>, resource: &Resource) -> Option<(String, Grant)> {
    let organization = resource.get("organization_id");
    let grant = Grant {
        sid: resource.known("statement_id").unwrap_or(&resource.address).to_owned(),
        principal: principal(resource.get("principal"))?,
        action: resource.known("action").unwrap_or("lambda:GetLayerVersion").to_owned(),
        organization: match organization {
            Attribute::Null => None,
            Attribute::Text(id) if id.is_empty() => None,
            Attribute::Text(id) if !id.contains("${") => Some(id.clone()),
            // some organization: whom that lets in only a deployment knows
            _ => return None,
        },
        at: Some(resource.place("principal")),
        ..Grant::default()
    };
    Some((target(stack, resource.get("layer_name")), grant))
}

fn of_function(stack: &Stack<'_>, resource: &Resource) -> Option<(String, Grant)> {
    let organization = resource.get("principal_org_id");
    let grant = Grant {
        sid: resource.known("statement_id").unwrap_or(&resource.address).to_owned(),
        principal: principal(resource.get("principal"))?,
        action: resource.known("action")?.to_owned(),
        organization: match organization {
            Attribute::Null => None,
            Attribute::Text(id) if !id.contains("${") => Some(id.clone()),
            _ => return None,
        },
        source_arn: bound(
            resource.get("source_arn"),
            &format!("arn:aws:events:*:{THIS_ACCOUNT}:rule/unknown"),
        ),
        source_account: bound(resource.get("source_account"), THIS_ACCOUNT),
        url_auth: resource.known("function_url_auth_type").map(str::to_owned),
        via_url: resource.get("invoked_via_function_url") == &Attribute::Bool(true),
        at: Some(resource.place("principal")),
        ..Grant::default()
    };
    Some((target(stack, resource.get("function_name")), grant))
}

/// The provider writes the permission for a URL without authentication by itself.
fn of_url(stack: &Stack<'_>, resource: &Resource) -> Option<(String, Grant)> {
    if resource.known("authorization_type") != Some("NONE") {
        return None;
    }
    let grant = Grant {
        sid: "FunctionURLAllowPublicAccess".to_owned(),
        principal: "*".to_owned(),
        action: "lambda:InvokeFunctionUrl".to_owned(),
        url_auth: Some("NONE".to_owned()),
        at: Some(resource.place("authorization_type")),
        ..Grant::default()
    };
    Some((target(stack, resource.get("function_name")), grant))
}

/// Whom a permission is for. The account of the caller is "this one".
fn principal(value: &Attribute) -> Option<String> {
    match value {
        Attribute::Text(text) => {
            let own = text.replace("${data.aws_caller_identity.current.account_id}", THIS_ACCOUNT);
            Some(own).filter(|text| !text.contains("${"))
        }
        Attribute::Number(text) => Some(text.clone()),
        Attribute::Reference { address, attribute }
            if address.contains("aws_caller_identity") && attribute == "account_id" =>
        {
            Some(THIS_ACCOUNT.to_owned())
        }
        _ => None,
    }
}

/// A source that names something of the same deployment is bound, although its name is not known here.
fn bound(value: &Attribute, otherwise: &str) -> Option<String> {
    match value {
        Attribute::Null => None,
        Attribute::Text(text) if !text.contains("${") => Some(text.clone()),
        _ => Some(otherwise.to_owned()),
    }
}

/// What a permission is on: the address of a resource, or a name.
fn target(stack: &Stack<'_>, value: &Attribute) -> String {
    match value {
        Attribute::Reference { address, .. } => {
            stack.find(address).map_or_else(|| address.clone(), |resource| resource.address.clone())
        }
        other => {
            let name = other.expression();
            stack.named(&name).map_or_else(|| name.clone(), |one| one.address.clone())
        }
    }
}

/// A document that is known as text.
fn of_identity(resource: &Resource) -> Option<PolicyFile> {
    let text = resource.known("policy")?;
    let document: Value = serde_json::from_str(text).ok()?;
    let statements = document.get("Statement")?;
    let count = statements.as_array().map_or(1, Vec::len);
    let at = resource.place("policy");
    let content = PolicyContent::Composed(ComposedPolicy {
        file: at.file.clone(),
        text: text.to_owned(),
        places: vec![at.clone(); count.max(1)],
        owner: None,
        faults: Vec::new(),
    });
    let of = Some(resource.address.clone());
    Some(PolicyFile { content, kind: Some(PolicyKind::Identity), of, declared_at: Some(at) })
}
