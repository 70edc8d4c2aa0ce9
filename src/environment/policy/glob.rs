//! The patterns of IAM: `*` is any run of characters, `?` any one.

/// Whether a pattern covers a text. The text may be a pattern too: `?` does not cover its `*`. Takes time by the product of the lengths.
pub(super) fn covers(pattern: &str, text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    // row by row: whether the pattern so far matches each beginning of the text
    let mut reached = vec![false; text.len().saturating_add(1)];
    if let Some(first) = reached.first_mut() {
        *first = true;
    }
    for symbol in pattern.chars() {
        let mut next = vec![false; reached.len()];
        let mut any_before = false;
        for at in 0..reached.len() {
            let here = reached.get(at).copied().unwrap_or(false);
            any_before |= here;
            let before = at.checked_sub(1).and_then(|at| reached.get(at)).copied().unwrap_or(false);
            let same = at
                .checked_sub(1)
                .and_then(|at| text.get(at))
                .is_some_and(|c| (symbol == '?' && *c != '*') || *c == symbol);
            if let Some(slot) = next.get_mut(at) {
                *slot = if symbol == '*' { any_before } else { before && same };
            }
        }
        reached = next;
    }
    reached.last().copied().unwrap_or(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_cover_texts_and_narrower_patterns() {
        for (pattern, text, expected) in [
            ("*", "", true),
            ("a*c", "abbc", true),
            ("a?c", "abc", true),
            ("a?c", "ac", false),
            ("a*", "a*", true),
            ("a?", "a*", false),
            ("a?", "a?", true),
            ("a*", "*", false),
            ("a", "ab", false),
        ] {
            assert_eq!(covers(pattern, text), expected, "{pattern} {text}");
        }
    }
}
