//! runtime/handler-malformed: a handler that the runtime's client cannot take apart.

use crate::{
    data::{runtimes::Family, texts},
    environment::deployment::Deployment,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

use super::node::shown;

pub(super) static RULE: Rule =
    Rule { page: &pages::runtime::HANDLER_MALFORMED, check: Check::Deployment(check) };

/// What is wrong with a handler.
struct Malformed {
    what: &'static str,
    lambda: String,
    because: &'static str,
    fix: String,
}

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    let (Some(runtime), Some(handler), Some(place)) =
        (deployment.runtime, deployment.handler, deployment.place())
    else {
        return;
    };
    let malformed = match runtime.family {
        Family::Nodejs => node(handler),
        _ => None,
    };
    if let Some(malformed) = malformed {
        findings
            .at(place)
            .subject("handler")
            .say(format!("the handler {} {}", shown(handler), malformed.what))
            .lambda_says(malformed.lambda)
            .because(malformed.because)
            .fix(malformed.fix)
            .report();
    }
}

/// `folder/file.name`: no `..` anywhere, and a dot in the last part.
fn node(handler: &str) -> Option<Malformed> {
    if handler.contains("..") {
        return Some(Malformed {
            what: "leads upward",
            lambda: texts::NODE_RELATIVE_HANDLER.fill(&[("handler", handler)]),
            because: "Lambda's client refuses every handler with two dots in a row",
            fix: "name the file from the root of the function: src/app.handler".to_owned(),
        });
    }
    let last = handler.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    (!last.contains('.')).then(|| Malformed {
        what: "names a file and no function",
        lambda: texts::NODE_BAD_HANDLER.template.to_owned(),
        because: "Lambda's client takes the last part apart at its first dot, and there is none",
        fix: format!("set the handler to {}.handler, or to what the file exports", shown(handler)),
    })
}
