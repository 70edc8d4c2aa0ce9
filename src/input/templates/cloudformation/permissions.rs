//! Permissions, function URLs and policies of identities in a template.

use std::collections::{BTreeMap, BTreeSet};

use crate::data::arn::{ArnReading, PartialArn, VersionPart};
use crate::input::{
    document::{Located, Shape},
    policy::PolicyKind,
    project::RemarkKind,
    templates::{
        Inventory,
        grants::{self, Grant, THIS_ACCOUNT, is_bare_account},
    },
};

use super::{
    Resource, Template, exists, layer, report,
    scenario::Scenario,
    scope::{Scope, Value, has_holes},
};

/// What the permissions of one layer or function add up to.
type ByTarget = BTreeMap<(bool, String), Vec<Grant>>;

/// Adds the policies that a template puts on its layers and functions.
pub(super) fn add(template: &Template<'_>, inventory: &mut Inventory<'_>) {
    let mut by_target = ByTarget::new();
    let own_layers = layer_names(template);
    for resource in template.resources() {
        let kind = match resource.kind {
            "AWS::Lambda::LayerVersionPermission" => PolicyKind::Layer,
            "AWS::Lambda::Permission" => PolicyKind::Function,
            _ => continue,
        };
        say_unquoted(template, resource, inventory);
        say_old_version(template, resource, &own_layers, inventory);
        for (_, grant, gaps) in template.alternatives(|scope| {
            if exists(scope, resource) { grant(template, scope, resource, kind) } else { None }
        }) {
            report(gaps, inventory);
            if let Some((target, grant)) = grant {
                by_target.entry((kind == PolicyKind::Layer, target)).or_default().push(grant);
            }
        }
    }
    urls(template, &mut by_target, inventory);
    let file = &template.root.document().file;
    for ((is_layer, target), grants) in &by_target {
        let kind = if *is_layer { PolicyKind::Layer } else { PolicyKind::Function };
        if let Some(policy) = grants::policy(kind, target, file, grants, template.answers.account.as_ref()) {
            inventory.policy(policy);
        }
    }
}

/// The names of the layers that this template publishes.
fn layer_names(template: &Template<'_>) -> BTreeSet<String> {
    let name = |layer: &Resource<'_>| {
        let scope = Scope::new(template.root, template.answers, Scenario::default(), false);
        scope.text(layer.get("LayerName")).map_or_else(|| layer.id.to_owned(), |(own, _)| own)
    };
    let resources = template.resources();
    resources.iter().filter(|one| layer::is_layer(one.kind)).map(name).collect()
}

/// A permission for a fixed version of a layer that this template publishes under the same name.
fn say_old_version(
    template: &Template<'_>,
    resource: Resource<'_>,
    own_layers: &BTreeSet<String>,
    inventory: &mut Inventory<'_>,
) {
    let scope = Scope::new(template.root, template.answers, Scenario::default(), false);
    let Some((arn, at)) = scope.text(resource.get("LayerVersionArn")) else { return };
    let ArnReading::Arn(PartialArn { name: Some(name), version: VersionPart::Known(_), .. }) =
        PartialArn::read(&arn)
    else {
        return;
    };
    if own_layers.contains(name) {
        inventory.remark(RemarkKind::GrantOnOldVersion, name, template.at(resource, at));
    }
}

/// A principal or account without quotes is a number: a leading zero is lost on the way.
fn say_unquoted(template: &Template<'_>, resource: Resource<'_>, inventory: &mut Inventory<'_>) {
    for name in ["Principal", "SourceAccount"] {
        let value = resource.get(name).filter(|value| value.shape() == Shape::Number);
        if let Some((value, text)) = value.and_then(|value| Some((value, value.scalar()?)))
            && is_bare_account(text)
            && text.starts_with('0')
        {
            inventory.remark(RemarkKind::UnquotedAccount, text, template.at(resource, value));
        }
    }
}

/// The statement of a permission with what it is for. Nothing when whom it grants is known to a deployment only.
fn grant<'a>(
    template: &Template<'a>,
    scope: &Scope<'a>,
    resource: Resource<'a>,
    kind: PolicyKind,
) -> Option<(String, Grant)> {
    let text = |name: &str| resource.get(name).map(|node| filled(scope, node));
    let known = |name: &str| text(name).flatten().filter(|text| !has_holes(text));
    let target_name = if kind == PolicyKind::Layer { "LayerVersionArn" } else { "FunctionName" };
    let (target, arn) = target(scope, resource.get(target_name)?)?;
    let mut grant = Grant {
        sid: template.surroundings.stable_id(resource.id).to_owned(),
        principal: known("Principal")?,
        action: known("Action")?,
        resource: arn,
        url_auth: known("FunctionUrlAuthType"),
        via_url: resource.get("InvokedViaFunctionUrl").is_some_and(Located::is_true),
        at: Some(template.place_of(resource)),
        ..Grant::default()
    };
    let organization = if kind == PolicyKind::Layer { "OrganizationId" } else { "PrincipalOrgID" };
    match text(organization) {
        None => {}
        Some(Some(id)) if !has_holes(&id) => grant.organization = Some(id),
        // some organization: whom that lets in only a deployment knows
        Some(_) => return None,
    }
    grant.source_arn = text("SourceArn").map(|arn| bound(arn, "arn:aws:events:*:ACCOUNT:rule/unknown"));
    grant.source_account = text("SourceAccount").map(|account| bound(account, "ACCOUNT"));
    Some((target, grant))
}

/// A source that names something of the same deployment is bound, although its name is not known here.
fn bound(text: Option<String>, otherwise: &str) -> String {
    match text {
        Some(text) if !has_holes(&text) => text,
        Some(text) if text.starts_with("arn:") => without_holes(&text),
        _ => otherwise.replace("ACCOUNT", THIS_ACCOUNT),
    }
}

/// The same text with a word instead of each hole: what is there is fixed, whatever it is.
pub(super) fn without_holes(text: &str) -> String {
    let mut made = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("${") {
        made.push_str(before);
        made.push_str("unknown");
        rest = behind.split_once('}').map_or("", |(_, after)| after);
    }
    made + rest
}

/// The text of a value with the template's own account in place of its name.
fn filled(scope: &Scope<'_>, node: Located<'_>) -> Option<String> {
    let Value::Text(text, _) = scope.value(node) else { return None };
    Some(text.replace("${AWS::AccountId}", THIS_ACCOUNT).replace("${AWS::Partition}", "aws"))
}

/// What a permission is for: the id of a resource, or an ARN.
fn target(scope: &Scope<'_>, node: Located<'_>) -> Option<(String, Option<String>)> {
    match scope.value(node) {
        Value::Resource { id, .. } => Some((id, None)),
        Value::Text(text, _) if has_holes(&text) => Some((text, None)),
        Value::Text(text, _) => Some((text.clone(), Some(text).filter(|text| text.starts_with("arn:")))),
        _ => None,
    }
}

/// Function URLs without authentication: who gets in, and whether anybody does.
fn urls(template: &Template<'_>, by_target: &mut ByTarget, inventory: &mut Inventory<'_>) {
    for resource in template.resources() {
        if resource.kind == "AWS::Serverless::Function" {
            let auth = resource.get("FunctionUrlConfig").and_then(|url| url.get("AuthType"));
            if auth.and_then(Located::text) == Some("NONE") {
                let key = (false, resource.id.to_owned());
                by_target.entry(key).or_default().push(open_url(template, resource));
            }
        }
        if resource.kind == "AWS::Lambda::Url" {
            forbidden(template, resource, by_target, inventory);
        }
    }
}

/// The statement that SAM writes for a URL without authentication.
fn open_url(template: &Template<'_>, resource: Resource<'_>) -> Grant {
    let at = resource.get("FunctionUrlConfig").map(|url| template.at(resource, url));
    Grant {
        sid: format!("{}UrlPublicPermissions", resource.id),
        principal: "*".to_owned(),
        action: "lambda:InvokeFunctionUrl".to_owned(),
        url_auth: Some("NONE".to_owned()),
        at: at.or_else(|| Some(template.place_of(resource))),
        ..Grant::default()
    }
}

/// A URL without authentication answers 403 unless both permissions are there: for the URL, and for the function by way of it.
fn forbidden(
    template: &Template<'_>,
    resource: Resource<'_>,
    by_target: &ByTarget,
    inventory: &mut Inventory<'_>,
) {
    let scope = Scope::new(template.root, template.answers, Scenario::default(), false);
    let auth = scope.text(resource.get("AuthType")).map(|(auth, _)| auth);
    let target = resource.get("TargetFunctionArn").and_then(|node| target(&scope, node));
    let (Some("NONE"), Some((target, _))) = (auth.as_deref(), target) else { return };
    let grants = by_target.get(&(false, target.clone())).map(Vec::as_slice).unwrap_or_default();
    let to_everyone = |grant: &&Grant| grant.principal == "*";
    let for_url = grants.iter().filter(to_everyone).any(|grant| grant.action == "lambda:InvokeFunctionUrl");
    let for_function = grants.iter().filter(to_everyone).any(|grant| grant.action == "lambda:InvokeFunction");
    if !(for_url && for_function) {
        inventory.remark(RemarkKind::ForbiddenUrl, &template.called(&target), template.place_of(resource));
    }
}
