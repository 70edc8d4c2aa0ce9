//! policy/cross-account-layer: a grant to an account that is not on the list of trusted ones.

use crate::{
    environment::policy::{Admits, JudgedPolicy},
    model::place::Place,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule =
    Rule { page: &pages::policy::CROSS_ACCOUNT_LAYER, check: Check::Policy(check) };

fn check(policy: &JudgedPolicy, findings: &mut Findings) {
    for statement in &policy.statements {
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
