//! Who may use it.

use super::registry::Rule;

mod cross_account_layer;
mod ineffective_condition;
mod invalid;
mod not_principal;
mod organization_layer;
mod public_layer;
mod wildcard_action;

/// The rules of this category, sorted by name.
pub(super) static RULES: &[&Rule] = &[
    &cross_account_layer::RULE,
    &ineffective_condition::RULE,
    &invalid::RULE,
    &not_principal::RULE,
    &organization_layer::RULE,
    &public_layer::RULE,
    &wildcard_action::RULE,
];
