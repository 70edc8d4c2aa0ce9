//! runtime/unresolved-import: what the function loads at start and nothing provides.

use crate::{
    environment::deployment::Deployment,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

use super::{node_imports, python_imports, ruby_requires};

pub(super) static RULE: Rule =
    Rule { page: &pages::runtime::UNRESOLVED_IMPORT, check: Check::Deployment(check) };

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    node_imports::check(deployment, findings);
    python_imports::unresolved(deployment, findings);
    ruby_requires::unresolved(deployment, findings);
}
