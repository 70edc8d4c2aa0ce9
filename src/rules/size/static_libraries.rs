//! size/static-libraries: static libraries that are shipped.

use crate::{
    data::ballast::BallastKind,
    environment::package::Package,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

use super::{Words, report_waste};

pub(super) static RULE: Rule = Rule { page: &pages::size::STATIC_LIBRARIES, check: Check::Package(check) };

const WORDS: Words = Words {
    subject: "static-libraries",
    what: "libraries for a linker",
    why: "nothing is linked when a function runs",
    fix: "find . -name '*.a' -delete",
};

fn check(package: &Package, findings: &mut Findings) {
    report_waste(package, BallastKind::StaticLibraries, &WORDS, findings);
}
