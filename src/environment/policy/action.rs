//! Which actions a statement is about.

use crate::input::policy_document::Listed;

/// The one action that a layer's policy can grant.
const GET_LAYER: &str = "lambda:getlayerversion";

/// Whether a statement covers `lambda:GetLayerVersion`.
pub(super) fn covers_get_layer(actions: &Listed<String>) -> bool {
    let named = actions.values.iter().any(|pattern| matches(pattern, GET_LAYER));
    named != actions.negated
}

/// Whether an action names more than one thing.
pub(super) fn is_wide(action: &str) -> bool {
    action.contains(['*', '?'])
}

/// Whether an action is the one a layer policy can have.
pub(super) fn is_get_layer(action: &str) -> bool {
    action.eq_ignore_ascii_case(GET_LAYER)
}

/// Glob of IAM: `*` is any run of characters, `?` any one. Case does not count in actions.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let pattern: Vec<char> = pattern.to_ascii_lowercase().chars().collect();
    let text: Vec<char> = text.chars().collect();
    // row by row: whether the pattern so far matches each beginning of the text
    let mut reached = vec![false; text.len().saturating_add(1)];
    if let Some(first) = reached.first_mut() {
        *first = true;
    }
    for symbol in pattern {
        let mut next = vec![false; reached.len()];
        let mut any_before = false;
        for at in 0..reached.len() {
            let here = reached.get(at).copied().unwrap_or(false);
            any_before |= here;
            let before = at.checked_sub(1).and_then(|at| reached.get(at)).copied().unwrap_or(false);
            let same =
                at.checked_sub(1).and_then(|at| text.get(at)).is_some_and(|c| symbol == '?' || *c == symbol);
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
    fn patterns_match_as_in_iam() {
        for (pattern, expected) in [
            ("*", true),
            ("lambda:*", true),
            ("lambda:Get*", true),
            ("LAMBDA:getlayerversion", true),
            ("lambda:GetLayerVersio?", true),
            ("lambda:GetLayerVersionPolicy", false),
            ("lambda:List*", false),
            ("s3:*", false),
            ("lambda:GetLayerVersion?", false),
        ] {
            assert_eq!(matches(pattern, GET_LAYER), expected, "{pattern}");
        }
    }
}
