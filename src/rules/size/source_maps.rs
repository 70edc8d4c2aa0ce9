//! size/source-maps: source maps that are shipped.

use crate::{
    data::ballast::BallastKind,
    environment::package::Package,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

use super::{Words, report_waste};

pub(super) static RULE: Rule = Rule { page: &pages::size::SOURCE_MAPS, check: Check::Package(check) };

const WORDS: Words = Words {
    subject: "source-maps",
    what: "source maps",
    why: "they are read only when a trace is translated, with --enable-source-maps",
    fix: "find . -name '*.js.map' -delete, or switch maps off in the bundler",
};

fn check(package: &Package, findings: &mut Findings) {
    report_waste(package, BallastKind::SourceMaps, &WORDS, findings);
}
