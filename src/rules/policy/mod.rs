//! Who may use it.

use super::registry::Rule;

mod confused_deputy;
mod cross_account_layer;
mod ineffective_condition;
mod invalid;
mod layer_swap;
mod no_effect;
mod no_op_grant;
mod not_action;
mod not_principal;
mod organization_layer;
mod public_function;
mod public_function_url;
mod public_layer;
mod wildcard_action;

/// The rules of this category, sorted by name.
pub(super) static RULES: &[&Rule] = &[
    &confused_deputy::RULE,
    &cross_account_layer::RULE,
    &ineffective_condition::RULE,
    &invalid::RULE,
    &layer_swap::RULE,
    &no_effect::RULE,
    &no_op_grant::RULE,
    &not_action::RULE,
    &not_principal::RULE,
    &organization_layer::RULE,
    &public_function::RULE,
    &public_function_url::RULE,
    &public_layer::RULE,
    &wildcard_action::RULE,
];
