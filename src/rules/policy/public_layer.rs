//! policy/public-layer: a grant to everyone without a condition.

use globset::Glob;

use crate::{
    environment::policy::{Admits, JudgedPolicy, JudgedStatement},
    model::place::Place,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule = Rule { page: &pages::policy::PUBLIC_LAYER, check: Check::Policy(check) };

fn check(policy: &JudgedPolicy, findings: &mut Findings) {
    for statement in policy.layer_statements() {
        let open = matches!(&statement.admits, Admits::Everyone(unbound) if unbound.is_empty());
        // NotPrincipal has a rule of its own
        if !open || statement.not_principal || is_meant(policy, statement) {
            continue;
        }
        findings
            .at(Place::source(statement.at.clone()))
            .subject(format!("public by {}", statement.identity()))
            .say("every AWS account may download this layer")
            .because("Principal is \"*\" and no condition names an organization or an account")
            .fix(statement.removal())
            .report();
    }
}

/// Whether the user says that the layer is public on purpose, by its alias or by the name in its ARN.
fn is_meant(policy: &JudgedPolicy, statement: &JudgedStatement) -> bool {
    let names =
        policy.of.iter().map(String::as_str).chain(statement.layer.iter().map(|(name, _)| name.as_str()));
    let globs: Vec<_> = policy
        .trust
        .public_layers
        .iter()
        .filter_map(|glob| Some(Glob::new(glob).ok()?.compile_matcher()))
        .collect();
    names.into_iter().any(|name| globs.iter().any(|glob| glob.is_match(name)))
}
