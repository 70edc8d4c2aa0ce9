//! size/bytecode: compiled Python that is shipped.

use crate::{
    data::ballast::BallastKind,
    environment::package::Package,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

use super::sum_of;

pub(super) static RULE: Rule = Rule { page: &pages::size::BYTECODE, check: Check::Package(check) };

fn check(package: &Package, findings: &mut Findings) {
    let Some(sum) = sum_of(package, BallastKind::Bytecode) else { return };
    let Some(draft) = findings.at_entries(package, &sum.entries, "one of the largest") else { return };
    draft
        .subject("bytecode")
        .say(format!("{} of compiled Python files", sum.bytes))
        .because("Python compiles on first use; the files are for one version, and add to every cold start's download")
        .fix("pip install --no-compile, or zip with -x '*__pycache__*' '*.pyc'")
        .report();
}
