//! size/type-stubs: declarations for type checkers that are shipped.

use crate::{
    data::ballast::BallastKind,
    environment::package::Package,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

use super::{Words, report_waste};

pub(super) static RULE: Rule = Rule { page: &pages::size::TYPE_STUBS, check: Check::Package(check) };

const WORDS: Words = Words {
    subject: "type-stubs",
    what: "declarations that only type checkers read",
    why: "neither Python nor Node.js loads them",
    fix: "find . -name '*.d.ts' -delete; find . -name '*.pyi' -delete",
};

fn check(package: &Package, findings: &mut Findings) {
    // `lazy_loader` reads stubs when a package is imported
    if package.files().any(|(_, entry)| entry.path.as_str().ends_with("lazy_loader/__init__.py")) {
        return;
    }
    report_waste(package, BallastKind::TypeStubs, &WORDS, findings);
}
