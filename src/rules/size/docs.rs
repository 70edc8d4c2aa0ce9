//! size/docs: documentation that is shipped.

use crate::{
    data::ballast::BallastKind,
    environment::package::Package,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

use super::{Words, report_waste};

pub(super) static RULE: Rule = Rule { page: &pages::size::DOCS, check: Check::Package(check) };

const WORDS: Words = Words {
    subject: "documentation",
    what: "texts for people that installed packages carry",
    why: "a running function reads none of them",
    fix: "zip -r layer.zip . -x '*.md' '*.rst'",
};

fn check(package: &Package, findings: &mut Findings) {
    report_waste(package, BallastKind::Docs, &WORDS, findings);
}
