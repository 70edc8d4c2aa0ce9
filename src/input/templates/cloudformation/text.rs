//! The functions of a template that make texts: `Sub`, `Join`, `Select`, `Split`, `FindInMap`.

use crate::input::document::{Located, Shape};

use super::scope::{Scope, Value, has_holes};

/// Characters of one text: `Sub` could otherwise double without end.
const LONGEST: usize = 64 * 1024;

impl<'a> Scope<'a> {
    /// `!Sub text` and `!Sub [text, {name: value}]`.
    pub(super) fn substitute(&self, node: Located<'a>, argument: Located<'a>, depth: u32) -> Value<'a> {
        let mut items = argument.items();
        let (text, own) = match argument.text() {
            Some(text) => (text, None),
            None => (items.next().and_then(Located::text).unwrap_or_default(), items.next()),
        };
        let parts = parts_of(text);
        if let [Part::Name(name)] = parts.as_slice() {
            return self.named(node, name, own, depth);
        }
        let mut made = String::new();
        for part in parts {
            match part {
                Part::Text(text) => made.push_str(text),
                Part::Literal(name) => made.push_str(&format!("${{{name}}}")),
                Part::Name(name) => made.push_str(&inline(self.named(node, name, own, depth), name)),
            }
            if made.len() > LONGEST {
                return self.unknown(node, "!Sub", "the text is too long");
            }
        }
        // the place of the text itself, so that a finding points at it
        Value::Text(made, if argument.text().is_some() { argument } else { node })
    }

    fn named(&self, node: Located<'a>, name: &str, own: Option<Located<'a>>, depth: u32) -> Value<'a> {
        if let Some(value) = own.and_then(|own| own.get(name)) {
            return self.value_within(value, depth);
        }
        match name.split_once('.') {
            Some((id, attribute)) if self.template.at(&["Resources", id]).is_some() => {
                Value::Resource { id: id.to_owned(), attribute: Some(attribute.to_owned()), at: node }
            }
            _ => self.reference(node, name),
        }
    }

    /// `!Join [delimiter, list]`
    pub(super) fn join(&self, node: Located<'a>, argument: Located<'a>, depth: u32) -> Value<'a> {
        let mut items = argument.items();
        let (Some(delimiter), Some(list)) = (items.next().and_then(Located::text), items.next()) else {
            return self.unknown(node, "!Join", "not a delimiter and a list");
        };
        let members = self.members(self.value_within(list, depth));
        if members.iter().any(|one| matches!(one, Value::Unknown { .. })) && list.shape() != Shape::List {
            return self.unknown(node, "!Join", "the list is known to a deployment only");
        }
        let texts: Vec<String> = members
            .into_iter()
            .map(|one| match one {
                Value::Resource { ref id, .. } => format!("${{{id}}}"),
                Value::Unknown { ref expression, .. } => format!("${{{expression}}}"),
                other => inline(other, "..."),
            })
            .collect();
        let made = texts.join(delimiter);
        if made.len() > LONGEST {
            return self.unknown(node, "!Join", "the text is too long");
        }
        Value::Text(made, node)
    }

    /// `!Select [index, list]`
    pub(super) fn select(&self, node: Located<'a>, argument: Located<'a>, depth: u32) -> Value<'a> {
        let mut items = argument.items();
        let index = items.next().and_then(Located::scalar).and_then(|index| index.parse::<usize>().ok());
        let members = items.next().map(|list| self.members(self.value_within(list, depth)));
        let chosen = index.zip(members).and_then(|(index, members)| members.into_iter().nth(index));
        chosen.unwrap_or_else(|| self.unknown(node, "!Select", "the list is known to a deployment only"))
    }

    /// `!Split [delimiter, text]`
    pub(super) fn split(&self, node: Located<'a>, argument: Located<'a>, depth: u32) -> Value<'a> {
        let mut items = argument.items();
        let delimiter = items.next().and_then(Located::text).filter(|delimiter| !delimiter.is_empty());
        let text = items.next().map(|text| self.value_within(text, depth));
        match (delimiter, text) {
            (Some(delimiter), Some(Value::Text(text, at))) if !has_holes(&text) => {
                Value::List(text.split(delimiter).map(|part| Value::Text(part.to_owned(), at)).collect())
            }
            _ => self.unknown(node, "!Split", "the text is known to a deployment only"),
        }
    }

    /// `!FindInMap [map, key, key]`
    pub(super) fn find_in_map(&self, node: Located<'a>, argument: Located<'a>, depth: u32) -> Value<'a> {
        let keys: Option<Vec<String>> = argument
            .items()
            .take(3)
            .map(|key| match self.value_within(key, depth) {
                Value::Text(text, _) if !has_holes(&text) => Some(text),
                _ => None,
            })
            .collect();
        let found = keys.as_deref().and_then(|keys| match keys {
            [map, first, second] => self.template.at(&["Mappings", map, first, second]),
            _ => None,
        });
        match found {
            Some(found) => self.value_within(found, depth),
            None => self.unknown(node, "!FindInMap", "its keys are known to a deployment only"),
        }
    }
}

/// A value inside of a text; what is unknown is a hole.
fn inline(value: Value<'_>, name: &str) -> String {
    match value {
        Value::Text(text, _) => text,
        Value::Node(node) => node.scalar().unwrap_or_default().to_owned(),
        Value::Absent => String::new(),
        _ => format!("${{{name}}}"),
    }
}

/// A piece of the text of `Sub`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part<'t> {
    Text(&'t str),
    /// `${Name}`
    Name(&'t str),
    /// `${!Name}`: the text `${Name}` itself.
    Literal(&'t str),
}

fn parts_of(text: &str) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("${") {
        let Some((name, after)) = behind.split_once('}') else { break };
        if !before.is_empty() {
            parts.push(Part::Text(before));
        }
        parts.push(name.strip_prefix('!').map_or(Part::Name(name.trim()), Part::Literal));
        rest = after;
    }
    if !rest.is_empty() {
        parts.push(Part::Text(rest));
    }
    parts
}
