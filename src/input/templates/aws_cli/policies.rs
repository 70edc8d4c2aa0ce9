//! Policies in answers, and function URLs that they do not let anybody call.

use crate::input::{
    document::Located,
    policy::{Effect, PolicyDocument, Statement},
    project::{ComposedPolicy, PolicyContent, PolicyFile, ReadPolicy, RemarkKind},
    templates::Inventory,
};

/// Adds policies and gives them as read.
pub(super) fn add_all<'a>(
    nodes: impl Iterator<Item = Located<'a>>,
    inventory: &mut Inventory<'_>,
) -> Vec<PolicyDocument> {
    let files = nodes.map(|node| PolicyFile {
        content: content(node),
        kind: None,
        of: None,
        declared_at: Some(node.span()),
    });
    files.filter_map(|file| inventory.policy(file)).collect()
}

/// The JSON of a policy. Of an answer in YAML the string is kept, which is JSON too.
fn content(node: Located<'_>) -> PolicyContent {
    let text = node.document().text.get(node.range()).unwrap_or_default();
    if text.starts_with('{') {
        return PolicyContent::Read(ReadPolicy { at: node.span(), text: text.to_owned() });
    }
    let key = if node.get("Policy").is_some() { "Policy" } else { "Statement" };
    let value = node.get(key).unwrap_or(node);
    PolicyContent::Composed(ComposedPolicy {
        file: node.document().file.clone(),
        text: serde_json::json!({ key: value.text().unwrap_or_default() }).to_string(),
        places: vec![value.span()],
        owner: None,
        faults: Vec::new(),
    })
}

/// Says which function URLs without authentication answer 403: their function has a policy, and it lacks one of two permissions.
pub(super) fn urls<'a>(
    nodes: impl Iterator<Item = Located<'a>>,
    policies: &[PolicyDocument],
    inventory: &mut Inventory<'_>,
) {
    for node in nodes {
        let text = |key: &str| node.get(key).and_then(Located::text);
        let (Some("NONE"), Some(arn)) = (text("AuthType"), text("FunctionArn")) else { continue };
        let mut statements = policies
            .iter()
            .flat_map(|policy| &policy.statements)
            .filter(|statement| statement.resources().any(|resource| resource == arn))
            .peekable();
        if statements.peek().is_none() {
            continue;
        }
        let open: Vec<&Statement> = statements.filter(|statement| is_open(statement)).collect();
        let has = |action: &str| open.iter().any(|one| one.actions.values.iter().any(|it| it == action));
        if !(has("lambda:InvokeFunctionUrl") && has("lambda:InvokeFunction")) {
            let name = arn.rsplit(':').next().unwrap_or(arn);
            inventory.remark(RemarkKind::ForbiddenUrl, name, node.span());
        }
    }
}

/// Whether a statement lets everybody in, as far as a function URL is concerned.
fn is_open(statement: &Statement) -> bool {
    statement.effect == Some(Effect::Allow)
        && statement.principals.values.iter().any(|principal| principal.text == "*")
}
