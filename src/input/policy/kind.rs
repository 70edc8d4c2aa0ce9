//! What a policy is attached to, told by what it says.

use jsonc_parser::ast::{Object, Value};

use super::PolicyKind;

/// A policy of a resource names principals, one of an identity cannot. Of resources, layers and functions are told by their actions
/// and ARNs. A document that shows nothing is taken for a layer's, as those are what this program is given.
pub(super) fn of(document: &Object<'_>) -> PolicyKind {
    let statements: Vec<&Object<'_>> = match document.get("Statement").map(|property| &property.value) {
        Some(Value::Array(array)) => array.elements.iter().filter_map(Value::as_object).collect(),
        Some(Value::Object(one)) => vec![one],
        _ => Vec::new(),
    };
    of_statements(&statements)
}

/// The same of statements alone.
pub(super) fn of_statements(statements: &[&Object<'_>]) -> PolicyKind {
    let names_principals =
        |one: &&Object<'_>| one.get("Principal").is_some() || one.get("NotPrincipal").is_some();
    if !statements.is_empty() && !statements.iter().any(names_principals) {
        return PolicyKind::Identity;
    }
    let mentions = |keys: [&str; 2], test: fn(&str) -> bool| {
        statements.iter().flat_map(|one| texts(one, keys)).any(|text| test(&text.to_ascii_lowercase()))
    };
    let of_layer = mentions(["Action", "NotAction"], |text| text.contains("getlayerversion"))
        || mentions(["Resource", "NotResource"], |text| text.contains(":layer:"));
    let of_function = mentions(["Action", "NotAction"], |text| text.starts_with("lambda:invoke"))
        || mentions(["Resource", "NotResource"], |text| text.contains(":function:"));
    if of_function && !of_layer { PolicyKind::Function } else { PolicyKind::Layer }
}

fn texts<'a>(statement: &'a Object<'_>, keys: [&str; 2]) -> Vec<&'a str> {
    let values =
        keys.iter().filter_map(|key| statement.get(key)).flat_map(|property| match &property.value {
            Value::Array(array) => array.elements.iter().collect(),
            one => vec![one],
        });
    values.filter_map(|value| value.as_string_lit().map(|text| &*text.value)).collect()
}
