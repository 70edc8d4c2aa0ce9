//! policy/cross-account-layer: a grant to an account that is not on the list of trusted ones.

use crate::{
    environment::policy::{Admits, JudgedPolicy, JudgedStatement},
    model::place::Place,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule =
    Rule { page: &pages::policy::CROSS_ACCOUNT_LAYER, check: Check::Policy(check) };

fn check(policy: &JudgedPolicy, findings: &mut Findings) {
    for statement in policy.layer_statements() {
        if statement.admits == Admits::OnePrincipal {
            one_principal(statement, findings);
        }
        let Admits::Accounts(accounts) = &statement.admits else { continue };
        for account in accounts.iter().filter(|account| !policy.trust.accounts.contains(account)) {
            findings
                .at(Place::source(statement.at.clone()))
                .subject(format!("account {account} in {}", statement.identity()))
                .say(format!("{account} may download the layer, and is not a trusted account"))
                .because("whoever may get a layer version can read everything in it")
                .fix(format!("add it to trusted-accounts of [policy], or: {}", statement.removal()))
                .report();
        }
    }
}

/// Limited by the id of a user or role, which does not tell the account: no list can name it.
fn one_principal(statement: &JudgedStatement, findings: &mut Findings) {
    findings
        .at(Place::source(statement.at.clone()))
        .subject(format!("one principal in {}", statement.identity()))
        .say("a single user or role may download the layer, and the policy does not show of which account")
        .because("aws:userid holds an id that only the account of the user or role can look up")
        .fix(format!("name the account with Principal, or: {}", statement.removal()))
        .report();
}
