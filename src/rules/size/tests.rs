//! size/tests: test suites that are shipped.

use crate::{
    data::ballast::{BallastKind, kind_of},
    environment::package::Package,
    model::entry_path::EntryPath,
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
    let Some(largest) = sum.entries.first() else { return };
    draft
        .subject("tests")
        .say(format!("{} of test suites of installed packages", sum.bytes))
        .because("nothing imports them when the function runs")
        .fix(command(package.entry(*largest).map(|entry| &entry.path)))
        .report();
}

/// Removes the folders of the name that the largest file lies in, below its folder at the top.
fn command(largest: Option<&EntryPath>) -> String {
    let (top, name) = largest.and_then(in_tests).unwrap_or(("python", "tests"));
    format!("find {top} -type d -name {name} -prune -exec rm -rf {{}} +")
}

/// The top folder of a path, and the folder that makes it a test.
fn in_tests(path: &EntryPath) -> Option<(&str, &str)> {
    let whole = path.as_str();
    let mut folders = whole.match_indices('/').filter_map(|(end, _)| whole.get(..end));
    let folder = folders.find(|folder| kind_of(&format!("{folder}/x")) == Some(BallastKind::Tests))?;
    // what stands in a command has to be plain
    let top =
        Some(path.top()).filter(|top| top.bytes().all(|byte| byte.is_ascii_alphanumeric())).unwrap_or(".");
    Some((top, folder.rsplit('/').next()?))
}
