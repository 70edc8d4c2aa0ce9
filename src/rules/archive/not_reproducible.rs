//! archive/not-reproducible: times that change with every build.

use std::collections::BTreeSet;

use crate::{
    environment::package::Package,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule = Rule { page: &pages::archive::NOT_REPRODUCIBLE, check: Check::Package(check) };

fn check(package: &Package, findings: &mut Findings) {
    let times: BTreeSet<_> = package.files().filter_map(|(_, entry)| entry.modified).collect();
    let (Some(first), Some(last)) = (times.first(), times.last()) else { return };
    if first == last {
        return;
    }
    findings
        .at(package.place())
        .subject("times")
        .say(format!("files carry {} different times, the latest of {}", times.len(), day(last.year, last.month, last.day)))
        .because("two builds of the same sources give two zips with two hashes, so every build looks like a change")
        .fix("find . -exec touch -d 1980-01-01 {} + && zip -X -r package.zip . (and sort the names: find . | sort | zip -X@ package.zip)")
        .report();
}

fn day(year: u16, month: u8, day: u8) -> String {
    format!("{year}-{month:02}-{day:02}")
}
