//! JSON to the letter: no comments, no trailing commas, no bare keys.

use jsonc_parser::{
    CollectOptions, ParseOptions,
    ast::{Object, Value},
    common::Ranged,
    parse_to_ast,
};

use crate::{
    input::error::UsageError,
    model::place::{ReportPath, SourceSpan},
};

use super::{
    Document,
    build::{Builder, Key, Kind},
    lines::Lines,
    veil::covered,
};

/// Lists and maps inside one another; the parser recurses.
const DEEPEST: usize = 200;

/// The parser without any of its leniencies.
pub(crate) const STRICT: ParseOptions = ParseOptions {
    allow_comments: false,
    allow_loose_object_property_names: false,
    allow_trailing_commas: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

/// Whether brackets nest deeper than `deepest`; counted before the parser, which recurses, sees the text.
pub(crate) fn is_too_deep(text: &str, deepest: usize) -> bool {
    depths(text).any(|(_, depth)| depth > deepest)
}

/// The depth behind every bracket outside of strings.
fn depths(text: &str) -> impl Iterator<Item = (usize, usize)> {
    let mut depth = 0usize;
    let mut in_string = false;
    let mut escaped = false;
    text.bytes().enumerate().filter_map(move |(at, byte)| {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => depth = depth.saturating_add(1),
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => return None,
        }
        (!in_string && matches!(byte, b'{' | b'[' | b'}' | b']')).then_some((at, depth))
    })
}

/// The values of a text that stand one after the other: `{...} {...}`, or the whole text.
fn values(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut found = Vec::new();
    let mut start = 0;
    for (at, depth) in depths(text) {
        let end = at.saturating_add(1);
        let closes = text.as_bytes().get(at).is_some_and(|byte| matches!(byte, b'}' | b']'));
        if depth == 0 && closes {
            found.push(start..end);
            start = end;
        }
    }
    if found.is_empty() || text.get(start..).is_some_and(|rest| !rest.trim().is_empty()) {
        found.push(start..text.len());
    }
    found
}

/// Plans and states have secrets anywhere: no line of theirs is shown.
fn is_of_terraform(text: &str) -> bool {
    text.contains("\"terraform_version\"") || text.contains("\"planned_values\"")
}

/// Reads a text.
pub(super) fn read(file: ReportPath, text: String) -> Result<Document, UsageError> {
    let fault = |message: &str, at: std::ops::Range<usize>| {
        if is_of_terraform(&text) {
            let at = SourceSpan::locate(&file, &text, at);
            return UsageError::new(format!("{file}:{}:{}: {message}", at.line, at.column));
        }
        UsageError::new(format!("{file}: {message}")).in_text(file.as_str(), &covered(&text), at, "here")
    };
    if let Some((at, _)) = depths(&text).find(|(_, depth)| *depth > DEEPEST) {
        return Err(fault("nested too deeply to be read", at..at.saturating_add(1)));
    }
    let mut builder = Builder::default();
    let mut roots = Vec::new();
    for part in values(&text) {
        let inner = text.get(part.clone()).unwrap_or_default();
        let parsed = parse_to_ast(inner, &CollectOptions::default(), &STRICT).map_err(|error| {
            let range = error.range();
            fault(
                &format!("not JSON: {}", error.kind()),
                range.start.saturating_add(part.start)..range.end.saturating_add(part.start),
            )
        })?;
        roots.extend(parsed.value.map(|value| add(&mut builder, &value, part.start)));
    }
    let lines = Lines::of(&text);
    let Builder { nodes, repeated } = builder;
    Ok(Document { file, text, comments: Vec::new(), nodes, roots, lines, repeated })
}

/// Recursion is bounded by [`DEEPEST`].
fn add(builder: &mut Builder, value: &Value<'_>, base: usize) -> usize {
    let range = shifted(value, base);
    let kind = match value {
        Value::NullKeyword(_) => Kind::Null,
        Value::BooleanLit(one) => Kind::Bool(one.value),
        Value::NumberLit(one) => Kind::Number(one.value.to_owned()),
        Value::StringLit(one) => Kind::Text(one.value.to_string()),
        Value::Array(array) => Kind::List(array.elements.iter().map(|one| add(builder, one, base)).collect()),
        Value::Object(object) => return map(builder, object, base),
    };
    builder.add(kind, range)
}

fn map(builder: &mut Builder, object: &Object<'_>, base: usize) -> usize {
    let pairs = object
        .properties
        .iter()
        .map(|property| {
            let key = Key { text: property.name.as_str().to_owned(), range: shifted(&property.name, base) };
            (key, add(builder, &property.value, base))
        })
        .collect();
    builder.map(pairs, shifted(object, base))
}

fn shifted(value: &impl Ranged, base: usize) -> std::ops::Range<usize> {
    let range = value.range();
    range.start.saturating_add(base)..range.end.saturating_add(base)
}
