//! Which command a value is the answer of, told by its keys (shapes of the botocore service model of Lambda).

use crate::input::document::{Document, Located, Shape};

/// What a value tells of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// `get-function-configuration`, a member of `list-functions`, the `Configuration` of `get-function`.
    Function,
    /// `get-layer-version`, `get-layer-version-by-arn`, a member of `list-layer-versions`, the latest version in `list-layers`.
    LayerVersion,
    /// `get-policy`, `get-layer-version-policy`, `add-layer-version-permission`, `add-permission`, or a bare policy.
    Policy,
    /// `get-function-url-config`.
    Url,
    /// A list that is empty.
    Nothing,
    /// Something else.
    Unknown,
}

/// Lists inside one another: `jq -s` adds one.
const DEEPEST: usize = 4;

/// Whether a text holds at least one answer.
pub(in crate::input::templates) fn is_answer(document: &Document) -> bool {
    // what comes first tells; a loop over many functions may begin with one that has no answer
    document
        .roots()
        .take(100)
        .any(|root| told(root, DEEPEST).iter().any(|(answer, _)| *answer != Answer::Unknown))
}

/// All answers of a text in order.
pub(super) fn answers(document: &Document) -> Vec<(Answer, Located<'_>)> {
    document.roots().flat_map(|root| told(root, DEEPEST)).collect()
}

fn told(node: Located<'_>, depth: usize) -> Vec<(Answer, Located<'_>)> {
    let Some(left) = depth.checked_sub(1) else { return Vec::new() };
    if node.shape() == Shape::List {
        return node.items().flat_map(|item| told(item, left)).collect();
    }
    if let Some(answer) = of_map(node) {
        return vec![(answer, node)];
    }
    match inside(node) {
        Some(inner) if inner.shape() == Shape::List && inner.items().next().is_none() => {
            vec![(Answer::Nothing, node)]
        }
        Some(inner) => told(inner, left),
        None => vec![(Answer::Unknown, node)],
    }
}

/// What a map itself is.
fn of_map(node: Located<'_>) -> Option<Answer> {
    let has = |key: &str| node.get(key).is_some();
    let is = |key: &str, shapes: &[Shape]| node.get(key).is_some_and(|one| shapes.contains(&one.shape()));
    if has("LayerVersionArn") {
        return Some(Answer::LayerVersion);
    }
    if has("FunctionUrl") && has("AuthType") {
        return Some(Answer::Url);
    }
    let marks = ["Handler", "Runtime", "CodeSize", "PackageType", "Layers", "Role"];
    if has("FunctionArn") && has("FunctionName") && marks.iter().any(|key| has(key)) {
        return Some(Answer::Function);
    }
    let is_policy = is("Policy", &[Shape::Text]) && (has("RevisionId") || holds_statement(node));
    let is_document = node.at(&["Policy", "Statement"]).is_some()
        || is("Statement", &[Shape::List, Shape::Map])
        || (is("Statement", &[Shape::Text]) && !has("Resources"));
    (is_policy || is_document).then_some(Answer::Policy)
}

fn holds_statement(node: Located<'_>) -> bool {
    node.get("Policy").and_then(Located::text).is_some_and(|text| text.contains("\"Statement\""))
}

/// What an answer wraps. The manual page of `list-layer-versions` shows `Layers`, so a layer version may be there too.
fn inside(node: Located<'_>) -> Option<Located<'_>> {
    const WRAPPERS: [&str; 9] = [
        "Configuration",
        "Functions",
        "LayerVersions",
        "Layers",
        "LatestMatchingVersion",
        "FunctionUrlConfigs",
        "PolicyVersion",
        "Document",
        "PolicyDocument",
    ];
    WRAPPERS.iter().find_map(|key| {
        let value = node.get(key)?;
        matches!(value.shape(), Shape::List | Shape::Map).then_some(value)
    })
}
