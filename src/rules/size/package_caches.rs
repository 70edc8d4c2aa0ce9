//! size/package-caches: caches of installers and checkers that are shipped.

use crate::{
    data::ballast::BallastKind,
    environment::package::Package,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

use super::{Words, report_waste};

pub(super) static RULE: Rule = Rule { page: &pages::size::PACKAGE_CACHES, check: Check::Package(check) };

const WORDS: Words = Words {
    subject: "package-caches",
    what: "caches of installers and checkers",
    why: "they serve the next build, not the function",
    fix: "find . -name .pytest_cache -o -name .mypy_cache -o -name _cacache | xargs rm -rf",
};

fn check(package: &Package, findings: &mut Findings) {
    report_waste(package, BallastKind::PackageCaches, &WORDS, findings);
}
