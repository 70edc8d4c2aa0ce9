//! size/tests: test suites that are shipped.

use crate::{
    data::ballast::BallastKind,
    environment::package::Package,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

use super::sum_of;

pub(super) static RULE: Rule = Rule { page: &pages::size::TESTS, check: Check::Package(check) };

fn check(package: &Package, findings: &mut Findings) {
    let Some(sum) = sum_of(package, BallastKind::Tests) else { return };
    let Some(draft) = findings.at_entries(package, &sum.entries, "one of the largest") else { return };
    draft
        .subject("tests")
        .say(format!("{} of test suites of installed packages", sum.bytes))
        .because("nothing imports them when the function runs")
        .fix("find python -type d -name tests -prune -exec rm -rf {} +")
        .report();
}
