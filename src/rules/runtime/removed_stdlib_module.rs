//! runtime/removed-stdlib-module: an import at start of what the standard library had once.

use crate::{
    environment::deployment::Deployment,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

use super::python_imports;

pub(super) static RULE: Rule =
    Rule { page: &pages::runtime::REMOVED_STDLIB_MODULE, check: Check::Deployment(check) };

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    python_imports::removed(deployment, findings);
}
