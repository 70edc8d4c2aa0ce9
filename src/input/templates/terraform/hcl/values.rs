//! Values of expressions: small helpers on what an argument can be.

use std::collections::BTreeMap;

use crate::input::templates::terraform::resource::Attribute;

/// Characters of one text.
pub(super) const LONGEST: usize = 256 * 1024;

/// What names a resource as a whole: a reference without an attribute.
pub(super) fn whole(address: &str) -> Attribute {
    Attribute::Reference { address: address.to_owned(), attribute: String::new() }
}

/// How many values a value is made of.
pub(super) fn size(value: &Attribute) -> usize {
    match value {
        Attribute::List(list) => list.iter().map(size).fold(1, usize::saturating_add),
        Attribute::Map(map) => map.values().map(size).fold(1, usize::saturating_add),
        Attribute::Text(text) | Attribute::Unknown(text) => 1usize.saturating_add(text.len() / 64),
        _ => 1,
    }
}

/// Whether lists and maps are inside one another more than so often.
pub(super) fn is_deeper(value: &Attribute, than: usize) -> bool {
    let Some(left) = than.checked_sub(1) else { return true };
    match value {
        Attribute::List(list) => list.iter().any(|one| is_deeper(one, left)),
        Attribute::Map(map) => map.values().any(|one| is_deeper(one, left)),
        _ => false,
    }
}

/// A text, number or truth value as text.
pub(super) fn scalar(value: &Attribute) -> Option<String> {
    match value {
        Attribute::Text(text) | Attribute::Number(text) => Some(text.clone()),
        Attribute::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

/// The same, if nothing in it is open.
pub(super) fn known(value: &Attribute) -> Option<String> {
    scalar(value).filter(|text| !text.contains("${"))
}

/// Whether nothing of it is left to a deployment.
pub(super) fn is_known(value: &Attribute) -> bool {
    match value {
        Attribute::List(list) => list.iter().all(is_known),
        Attribute::Map(map) => map.values().all(is_known),
        Attribute::Reference { .. } | Attribute::Unknown(_) | Attribute::Several(_) => false,
        Attribute::Text(text) => !text.contains("${"),
        Attribute::Null | Attribute::Bool(_) | Attribute::Number(_) => true,
    }
}

/// A truth value, or the text of one.
pub(super) fn truth(value: &Attribute) -> Option<bool> {
    match value {
        Attribute::Bool(flag) => Some(*flag),
        Attribute::Text(text) if text == "true" => Some(true),
        Attribute::Text(text) if text == "false" => Some(false),
        _ => None,
    }
}

/// The place of an expression in a text: no character of it ends the hole or parts an ARN.
pub(super) fn hole(expression: &str) -> String {
    let plain = |c: char| if c.is_alphanumeric() || matches!(c, '.' | '_' | '-') { c } else { '_' };
    let name: String = expression.chars().take(80).map(plain).collect();
    format!("${{{name}}}")
}

/// A map of one key.
pub(super) fn map<const N: usize>(pairs: [(&str, Attribute); N]) -> Attribute {
    Attribute::Map(pairs.map(|(key, value)| (key.to_owned(), value)).into_iter().collect::<BTreeMap<_, _>>())
}
