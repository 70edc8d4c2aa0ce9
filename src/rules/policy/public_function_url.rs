//! policy/public-function-url: a function URL that asks for no signature.

use crate::{
    environment::policy::{Admits, JudgedPolicy},
    model::place::Place,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule =
    Rule { page: &pages::policy::PUBLIC_FUNCTION_URL, check: Check::Policy(check) };

fn check(policy: &JudgedPolicy, findings: &mut Findings) {
    let open = policy
        .function_statements()
        .iter()
        .filter(|one| one.is_open_url && matches!(one.admits, Admits::Everyone(_)));
    // two statements make one URL: one for the URL, one for the function behind it
    let Some(statement) = open.into_iter().next() else { return };
    findings
        .at(Place::source(statement.at.clone()))
        .subject("open URL")
        .say("anybody on the internet may call this function through its URL")
        .because("the URL's authentication is NONE: nothing is signed, so the function itself has to tell friend from foe")
        .fix("if it is not meant: aws lambda update-function-url-config --function-name NAME --auth-type AWS_IAM")
        .report();
}
