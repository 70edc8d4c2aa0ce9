//! policy/public-function: a function that everyone may call or change.

use crate::{
    environment::policy::{Admits, JudgedPolicy},
    model::place::Place,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule = Rule { page: &pages::policy::PUBLIC_FUNCTION, check: Check::Policy(check) };

fn check(policy: &JudgedPolicy, findings: &mut Findings) {
    for statement in policy.function_statements() {
        let Admits::Everyone(unbound) = &statement.admits else { continue };
        // NotPrincipal and open URLs have rules of their own
        if statement.not_principal || statement.is_open_url {
            continue;
        }
        let why = unbound.first().map_or_else(
            || "Principal is \"*\" and no condition fixes an account, an organization or a source".to_owned(),
            crate::environment::policy::Unbound::reason,
        );
        findings
            .at(Place::source(statement.at.clone()))
            .subject(format!("public by {}", statement.identity()))
            .say("every AWS account may use this function")
            .because(why)
            .fix("name the account or the service with Principal, and its source with --source-arn and --source-account")
            .report();
    }
}
