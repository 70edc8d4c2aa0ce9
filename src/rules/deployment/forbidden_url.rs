//! deployment/forbidden-url: a function URL that nobody may call.

use crate::{
    data::texts,
    environment::project::ProjectView,
    input::project::RemarkKind,
    model::place::Place,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule = Rule { page: &pages::deployment::FORBIDDEN_URL, check: Check::Project(check) };

use super::remarks;

fn check(view: &ProjectView<'_>, findings: &mut Findings) {
    for remark in remarks(view, RemarkKind::ForbiddenUrl) {
        findings
            .at(Place::source(remark.at.clone()))
            .subject(format!("url of {}", remark.name))
            .say(format!("the function URL of {} answers 403 to everyone: a permission is missing", remark.name))
            .lambda_says(texts::FUNCTION_URL_FORBIDDEN.template)
            .because("without authentication a URL needs two grants: for the URL itself, and for the function by way of it")
            .fix("grant both: lambda:InvokeFunctionUrl with FunctionUrlAuthType NONE, and lambda:InvokeFunction with InvokedViaFunctionUrl true")
            .report();
    }
}
