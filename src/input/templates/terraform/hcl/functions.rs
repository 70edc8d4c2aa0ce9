//! Functions of the language, as far as lists of layers, paths and policies use them.

use std::collections::BTreeMap;

use crate::input::templates::terraform::resource::Attribute;

use super::{
    evaluate::{Evaluator, Scope},
    policy_document,
    syntax::Node,
    values::{is_known, known},
};

/// Bytes of a file that `file` reads.
const LONGEST_FILE: u64 = 256 * 1024;

/// Calls a function; what it is of open values is open.
pub(super) fn call(
    evaluator: &mut Evaluator<'_>,
    node: &Node,
    (name, arguments, is_expanded): (&str, &[Node], bool),
    scope: Scope<'_>,
) -> Attribute {
    let mut values: Vec<Attribute> = arguments.iter().map(|one| evaluator.eval(one, scope)).collect();
    if is_expanded {
        match values.pop() {
            Some(Attribute::List(list)) => values.extend(list),
            _ => return evaluator.open(node),
        }
    }
    let found = match (name, values.as_slice()) {
        ("concat", lists) => Some(concat(lists)),
        ("merge", maps) => merge(maps),
        ("flatten", [Attribute::List(list)]) => Some(Attribute::List(flatten(list, 8))),
        ("compact", [Attribute::List(list)]) => Some(keep(list, |one| !is_empty(one))),
        ("distinct" | "toset", [Attribute::List(list)]) => Some(distinct(list)),
        ("tolist" | "tomap" | "toset" | "nonsensitive" | "tostring" | "tonumber" | "tobool", [one]) => {
            Some(one.clone())
        }
        ("try" | "coalesce" | "coalescelist", values) => first(name, values),
        ("one", [Attribute::List(list)]) => match list.as_slice() {
            [] => Some(Attribute::Null),
            [Attribute::Several(_)] => None,
            [one] => Some(one.clone()),
            _ => None,
        },
        ("element", [Attribute::List(list), at]) => element(list, at),
        ("lookup", [Attribute::Map(map), key, rest @ ..]) => {
            known(key).and_then(|key| map.get(&key).or(rest.first()).cloned())
        }
        ("keys", [Attribute::Map(map)]) => {
            Some(Attribute::List(map.keys().map(|key| Attribute::Text(key.clone())).collect()))
        }
        ("values", [Attribute::Map(map)]) => Some(Attribute::List(map.values().cloned().collect())),
        ("length", [Attribute::List(list)])
            if !list.iter().any(|one| matches!(one, Attribute::Several(_))) =>
        {
            Some(Attribute::Number(list.len().to_string()))
        }
        ("length", [Attribute::Map(map)]) => Some(Attribute::Number(map.len().to_string())),
        ("contains", [Attribute::List(list), one]) if is_known(one) && list.iter().all(is_known) => {
            Some(Attribute::Bool(list.contains(one)))
        }
        ("jsonencode", [value]) => policy_document::encoded(evaluator, value),
        ("file", [path]) => file(evaluator, path),
        (name, values) => of_texts(evaluator, name, values),
    };
    found.unwrap_or_else(|| evaluator.open(node))
}

/// Functions that make texts of texts.
fn of_texts(evaluator: &mut Evaluator<'_>, name: &str, values: &[Attribute]) -> Option<Attribute> {
    match (name, values) {
        ("join", [Attribute::Text(between), Attribute::List(list)]) => join(evaluator, between, list),
        ("format", [Attribute::Text(pattern), rest @ ..]) => format(evaluator, pattern, rest),
        ("lower", [Attribute::Text(text)]) if !text.contains("${") => {
            Some(Attribute::Text(text.to_lowercase()))
        }
        ("upper", [Attribute::Text(text)]) if !text.contains("${") => {
            Some(Attribute::Text(text.to_uppercase()))
        }
        ("trimspace", [Attribute::Text(text)]) => Some(Attribute::Text(text.trim().to_owned())),
        ("replace", [Attribute::Text(text), Attribute::Text(old), Attribute::Text(new)])
            if !text.contains("${")
                && !old.is_empty()
                && !old.starts_with('/')
                && text.len() < 4096
                && new.len() < 64 =>
        {
            Some(Attribute::Text(text.replace(old.as_str(), new)))
        }
        _ => None,
    }
}

/// Lists one after the other. Of a list that is open only its place is known.
fn concat(lists: &[Attribute]) -> Attribute {
    let mut all = Vec::new();
    for list in lists {
        match list {
            Attribute::List(list) => all.extend(list.iter().cloned()),
            Attribute::Null => {}
            open => all.push(Attribute::Several(open.expression())),
        }
    }
    Attribute::List(all)
}

fn merge(maps: &[Attribute]) -> Option<Attribute> {
    let mut all = BTreeMap::new();
    for map in maps {
        match map {
            Attribute::Map(map) => all.extend(map.clone()),
            Attribute::Null => {}
            _ => return None,
        }
    }
    Some(Attribute::Map(all))
}

fn flatten(list: &[Attribute], depth: usize) -> Vec<Attribute> {
    let inner = |one: &Attribute| match (one, depth.checked_sub(1)) {
        (Attribute::List(list), Some(left)) => flatten(list, left),
        // what is open may be a list itself
        (Attribute::Unknown(expression), _) => vec![Attribute::Several(expression.clone())],
        (one, _) => vec![one.clone()],
    };
    list.iter().flat_map(inner).collect()
}

fn keep(list: &[Attribute], is_kept: impl Fn(&Attribute) -> bool) -> Attribute {
    Attribute::List(list.iter().filter(|one| is_kept(one)).cloned().collect())
}

fn is_empty(value: &Attribute) -> bool {
    matches!(value, Attribute::Null) || matches!(value, Attribute::Text(text) if text.is_empty())
}

/// Without repetitions. Long lists are left as they are.
fn distinct(list: &[Attribute]) -> Attribute {
    let mut found: Vec<Attribute> = Vec::new();
    for one in list {
        if list.len() > 1000 || !found.contains(one) {
            found.push(one.clone());
        }
    }
    Attribute::List(found)
}

/// The first value that is there, if that can be told.
fn first(name: &str, values: &[Attribute]) -> Option<Attribute> {
    for value in values {
        match value {
            Attribute::Unknown(_) => return None,
            value if name == "coalesce" && is_empty(value) => {}
            Attribute::List(list) if name == "coalescelist" && list.is_empty() => {}
            value => return Some(value.clone()),
        }
    }
    None
}

fn element(list: &[Attribute], at: &Attribute) -> Option<Attribute> {
    let at: usize = known(at)?.parse().ok()?;
    let is_whole = !list.iter().any(|one| matches!(one, Attribute::Several(_)));
    list.get(at.checked_rem(list.len())?).filter(|_| is_whole).cloned()
}

fn join(evaluator: &mut Evaluator<'_>, between: &str, list: &[Attribute]) -> Option<Attribute> {
    let mut text = String::new();
    for (at, one) in list.iter().enumerate() {
        if matches!(one, Attribute::Several(_)) || text.len() > super::values::LONGEST {
            return None;
        }
        if at > 0 {
            text.push_str(between);
        }
        text.push_str(&evaluator.part(one));
        if !evaluator.spend(text.len() / 1024) {
            return None;
        }
    }
    Some(Attribute::Text(text))
}

/// `%s`, `%d` and `%v` in their order.
fn format(evaluator: &mut Evaluator<'_>, pattern: &str, values: &[Attribute]) -> Option<Attribute> {
    let mut text = String::new();
    let mut values = values.iter();
    let mut rest = pattern;
    while let Some((before, behind)) = rest.split_once('%') {
        text.push_str(before);
        let verb = behind.chars().next()?;
        match verb {
            '%' => text.push('%'),
            's' | 'd' | 'v' => text.push_str(&evaluator.part(values.next()?)),
            _ => return None,
        }
        rest = behind.get(1..)?;
        if text.len() > super::values::LONGEST {
            return None;
        }
    }
    text.push_str(rest);
    Some(Attribute::Text(text))
}

/// The text of a file that is a policy. Any other file is none of ours: reports show texts, and a repository may name what it has no
/// business with.
fn file(evaluator: &mut Evaluator<'_>, path: &Attribute) -> Option<Attribute> {
    let path = evaluator.folder.join(known(path)?);
    let data = std::fs::metadata(&path).ok().filter(|data| data.is_file() && data.len() <= LONGEST_FILE)?;
    let length = usize::try_from(data.len()).ok()?;
    if !evaluator.spend(length / 64) {
        return None;
    }
    let text = std::fs::read_to_string(path).ok()?;
    let document: serde_json::Value = serde_json::from_str(&text).ok()?;
    document.get("Statement").is_some().then_some(Attribute::Text(text))
}
