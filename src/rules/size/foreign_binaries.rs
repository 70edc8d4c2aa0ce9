//! size/foreign-binaries: machine code for other platforms, shipped beside what is loaded.

use std::cmp::Reverse;

use crate::{
    environment::{
        load_path::{Reach, Target},
        package::Package,
        project::ProjectView,
    },
    inspect::inventory::Binary,
    model::size::Bytes,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule = Rule { page: &pages::size::FOREIGN_BINARIES, check: Check::Project(check) };

fn check(project: &ProjectView<'_>, findings: &mut Findings) {
    for (index, package) in project.packages.iter().enumerate() {
        let mut entries: Vec<(Bytes, usize)> = foreign(&project.targets(index, package), package)
            .into_iter()
            .filter_map(|index| Some((package.entry(index)?.size, index)))
            .collect();
        entries.sort_by_key(|(size, index)| (Reverse(*size), *index));
        let bytes: Bytes = entries.iter().map(|(size, _)| *size).sum();
        let entries: Vec<usize> = entries.into_iter().map(|(_, index)| index).collect();
        let fix = fix(package, &entries);
        let Some(draft) = findings.at_entries(package, &entries, "for another platform") else { continue };
        draft
            .subject("binaries of other platforms")
            .say(format!("{bytes} are machine code for other platforms"))
            .because("the package picks the one for its machine at run time and never opens these")
            .fix(fix)
            .report();
    }
}

/// npm can be told the platform; of what pip installs, files are left out by hand.
fn fix(package: &Package, entries: &[usize]) -> &'static str {
    let from_npm = |index: &usize| {
        package.entry(*index).is_some_and(|entry| entry.path.as_str().contains("node_modules/"))
    };
    if entries.iter().any(from_npm) {
        "install for the one platform: npm ci --os=linux --cpu=x64 --libc=glibc (or --cpu=arm64), or leave these files out of the zip"
    } else {
        "leave these files out of the zip"
    }
}

/// Files that the package loads nowhere because they are named for another platform.
fn foreign(targets: &[Target], package: &Package) -> Vec<usize> {
    let is_foreign = |binary: &&Binary| {
        let Some(entry) = package.entry(binary.entry) else { return false };
        targets.iter().all(|target| target.reach(package, entry, binary) == Reach::OtherPlatform)
    };
    let binaries = package.inventory.binaries.iter().filter(|_| !targets.is_empty());
    binaries.filter(is_foreign).map(|binary| binary.entry).collect()
}
