//! The text of a policy as strict JSON: no comments, no trailing commas, bounded in length and depth.

use std::ops::Range;

use jsonc_parser::{CollectOptions, ParseOptions, ast::Value, parse_to_ast};

use crate::input::error::UsageError;

use super::PolicySource;

/// Objects and arrays inside one another; policies need six.
const DEEPEST: usize = 64;

/// Bytes of a text. Lambda keeps 20,480 of a policy; this leaves room for white space and the escapes of a string.
const LONGEST: usize = 256 * 1024;

/// What is wrong with a text, and where in it.
struct NotJson {
    message: String,
    at: Range<usize>,
}

/// The text of the file.
pub(super) fn outer(source: &PolicySource) -> Result<Value<'_>, UsageError> {
    let file = source.file.as_str();
    strict(&source.text).map_err(|fault| {
        UsageError::new(format!("{file}: {}", fault.message)).in_text(file, &source.text, fault.at, "here")
    })
}

/// A document that lies in the string at `at`: its own places are none of the file, so a fault points at the string.
pub(super) fn inner<'a>(
    source: &PolicySource,
    text: &'a str,
    at: Range<usize>,
) -> Result<Value<'a>, UsageError> {
    let file = source.file.as_str();
    strict(text).map_err(|fault| {
        UsageError::new(format!("{file}: the document in Policy is {}", fault.message)).in_text(
            file,
            &source.text,
            at,
            "in this string",
        )
    })
}

fn strict(text: &str) -> Result<Value<'_>, NotJson> {
    let fault = |message: String, at: Range<usize>| NotJson { message, at };
    if text.len() > LONGEST {
        return Err(fault(format!("too long to be a policy: more than {LONGEST} bytes"), 0..1));
    }
    if is_too_deep(text) {
        return Err(fault("nested too deeply to be a policy".to_owned(), 0..1));
    }
    let options = ParseOptions {
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
    let parsed = parse_to_ast(text, &CollectOptions::default(), &options).map_err(|error| {
        fault(format!("not JSON: {}", error.kind()), error.range().start..error.range().end)
    })?;
    parsed.value.ok_or_else(|| fault("empty: a policy is a JSON object".to_owned(), 0..0))
}

/// Whether brackets nest deeper than any policy; counted before the parser, which recurses, sees the text.
fn is_too_deep(text: &str) -> bool {
    let mut depth = 0usize;
    let mut in_string = false;
    let mut escaped = false;
    for byte in text.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'{' | b'[' if !in_string => depth = depth.saturating_add(1),
            b'}' | b']' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEEPEST {
            return true;
        }
    }
    false
}
