//! policy/confused-deputy: a service that anybody can make call the function.

use crate::{
    environment::policy::{Admits, JudgedPolicy},
    model::place::Place,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule = Rule { page: &pages::policy::CONFUSED_DEPUTY, check: Check::Policy(check) };

fn check(policy: &JudgedPolicy, findings: &mut Findings) {
    let open =
        policy.function_statements().iter().filter(|one| one.admits == Admits::Service { scoped: false });
    for statement in open {
        let service = statement.services.first().map_or("a service", String::as_str);
        let source = if service == "s3.amazonaws.com" {
            "an S3 ARN holds no account: name --source-account beside --source-arn"
        } else {
            "name the source: --source-arn ARN, or --source-account 111122223333"
        };
        findings
            .at(Place::source(statement.at.clone()))
            .subject(format!("service in {}", statement.identity()))
            .say(format!("{service} may call the function for whoever asks it to"))
            .because("no condition fixes the source, so anybody's resource of that service can be pointed at the function")
            .fix(source)
            .report();
    }
}
