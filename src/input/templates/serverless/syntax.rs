//! How variables of the Serverless Framework are written.

/// The inside of a text that is one variable.
pub(super) fn whole_variable(text: &str) -> Option<&str> {
    let (before, inner, after) = next_variable(text.trim())?;
    (before.is_empty() && after.is_empty()).then_some(inner)
}

/// What is before the next variable, its inside, and what is behind it.
pub(super) fn next_variable(text: &str) -> Option<(&str, &str, &str)> {
    let (before, behind) = text.split_once("${")?;
    let mut depth = 1usize;
    let mut previous = ' ';
    for (at, c) in behind.char_indices() {
        match c {
            '{' if previous == '$' => depth = depth.saturating_add(1),
            '}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        previous = c;
        if depth == 0 {
            return Some((before, behind.get(..at)?, behind.get(at.saturating_add(1)..)?));
        }
    }
    None
}

/// The sources of a variable: split at commas that stand neither in quotes nor in brackets.
pub(super) fn sources(inner: &str) -> Vec<&str> {
    let mut quote = None;
    let mut depth = 0usize;
    let parts = inner.split(|c: char| {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '"' | '\'') => quote = Some(c),
            (None, '(') => depth = depth.saturating_add(1),
            (None, ')') => depth = depth.saturating_sub(1),
            _ => {}
        }
        c == ',' && quote.is_none() && depth == 0
    });
    parts.map(str::trim).collect()
}

/// The text between quotes.
pub(super) fn quoted(text: &str) -> Option<&str> {
    let with = |mark: char| text.strip_prefix(mark)?.strip_suffix(mark);
    with('\'').or_else(|| with('"'))
}
