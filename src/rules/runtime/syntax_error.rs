//! runtime/syntax-error: a file on the start path that the runtime cannot parse.

use crate::{
    data::texts,
    environment::{deployment::Deployment, node::Trouble},
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

use super::{node, python_imports};

pub(super) static RULE: Rule = Rule { page: &pages::runtime::SYNTAX_ERROR, check: Check::Deployment(check) };

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    python_imports::syntax(deployment, findings);
    for fault in node::faults(deployment) {
        let (what, why) = match &fault.trouble {
            Trouble::Syntax(why) => ("JavaScript", why),
            Trouble::Json(why) => ("JSON", why),
            _ => continue,
        };
        findings
            .at(node::place(&fault.spot))
            .say(format!("line {} is no {what} that Node.js can parse", fault.spot.line))
            .lambda_says(texts::NODE_SYNTAX_ERROR.template)
            .because(node::because(&node::shown(why), &fault.spot))
            .fix(format!(
                "node --check {}",
                node::shown(fault.spot.path.rsplit('/').next().unwrap_or_default())
            ))
            .report();
    }
}
