//! The text of a policy as strict JSON: no comments, no trailing commas, bounded in length and depth.

use std::ops::Range;

use jsonc_parser::{CollectOptions, ast::Value, parse_to_ast};

use crate::input::{
    document::json::{STRICT, is_too_deep},
    error::UsageError,
};

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
    key: &str,
    text: &'a str,
    at: Range<usize>,
) -> Result<Value<'a>, UsageError> {
    let file = source.file.as_str();
    strict(text).map_err(|fault| {
        UsageError::new(format!("{file}: the document in {key} is {}", fault.message)).in_text(
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
    if is_too_deep(text, DEEPEST) {
        return Err(fault("nested too deeply to be a policy".to_owned(), 0..1));
    }
    let parsed = parse_to_ast(text, &CollectOptions::default(), &STRICT).map_err(|error| {
        fault(format!("not JSON: {}", error.kind()), error.range().start..error.range().end)
    })?;
    parsed.value.ok_or_else(|| fault("empty: a policy is a JSON object".to_owned(), 0..0))
}
