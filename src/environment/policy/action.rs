//! Which actions a statement is about.

use crate::input::policy::{Listed, PolicyKind};

use super::glob;

/// The one action that a layer's policy can grant.
const GET_LAYER: &str = "lambda:getlayerversion";

/// Whether a statement covers what such a policy is judged by: getting the layer, or anything that can be done with a function.
pub(super) fn covers(kind: PolicyKind, actions: &Listed<String>) -> bool {
    let covered = |pattern: &String| {
        let pattern = pattern.to_ascii_lowercase();
        match kind {
            PolicyKind::Layer => glob::covers(&pattern, GET_LAYER),
            // what is listed after NotAction has to take all of Lambda away
            PolicyKind::Function if actions.negated => glob::covers(&pattern, "lambda:*"),
            PolicyKind::Function => pattern.starts_with("lambda:") || glob::covers(&pattern, "lambda:*"),
            // what an identity may do is asked power by power
            PolicyKind::Identity => false,
        }
    };
    actions.values.iter().any(covered) != actions.negated
}

/// Whether a statement names an action, given in lower case.
pub(super) fn names(actions: &Listed<String>, action: &str) -> bool {
    let covered = |pattern: &String| glob::covers(&pattern.to_ascii_lowercase(), action);
    actions.values.iter().any(covered) != actions.negated
}

/// Whether an action is the one that a layer's policy can have.
pub(super) fn is_get_layer(action: &str) -> bool {
    action.eq_ignore_ascii_case(GET_LAYER)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(negated: bool, value: &str) -> Listed<String> {
        Listed { negated, values: vec![value.to_owned()] }
    }

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
            assert_eq!(covers(PolicyKind::Layer, &listed(false, pattern)), expected, "{pattern}");
            assert_eq!(covers(PolicyKind::Layer, &listed(true, pattern)), !expected, "not {pattern}");
        }
    }

    #[test]
    fn a_function_is_judged_by_all_of_lambda() {
        for (negated, pattern, expected) in [
            (false, "lambda:InvokeFunction", true),
            (false, "*", true),
            (false, "s3:GetObject", false),
            (true, "lambda:*", false),
            (true, "lambda:InvokeFunction", true),
            (true, "s3:*", true),
        ] {
            assert_eq!(
                covers(PolicyKind::Function, &listed(negated, pattern)),
                expected,
                "{negated} {pattern}"
            );
        }
    }
}
