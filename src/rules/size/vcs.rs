//! size/vcs: version control that is shipped.

use crate::{
    data::ballast::BallastKind,
    environment::package::Package,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

use super::{Words, report_waste};

pub(super) static RULE: Rule = Rule { page: &pages::size::VCS, check: Check::Package(check) };

const WORDS: Words = Words {
    subject: "vcs",
    what: "version control and its settings",
    why: "nothing reads a repository when a function runs",
    fix: "zip -r layer.zip . -x '.git/*' '*/.git/*' '.github/*'",
};

fn check(package: &Package, findings: &mut Findings) {
    report_waste(package, BallastKind::Vcs, &WORDS, findings);
}
