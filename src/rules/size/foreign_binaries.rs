//! size/foreign-binaries: machine code for other platforms, shipped beside what is loaded.

use std::{cmp::Reverse, collections::BTreeMap};

use crate::{
    environment::{load_path::Reach, package::Package, project::ProjectView},
    model::size::Bytes,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule = Rule { page: &pages::size::FOREIGN_BINARIES, check: Check::Project(check) };

fn check(project: &ProjectView<'_>, findings: &mut Findings) {
    for package in project.packages {
        let mut entries: Vec<(Bytes, usize)> = foreign(project, package)
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

/// Files that no deployment of the package loads because they are named for another platform.
fn foreign(project: &ProjectView<'_>, package: &Package) -> Vec<usize> {
    let mut deployments = 0usize;
    let mut seen: BTreeMap<usize, usize> = BTreeMap::new();
    for deployment in project.deployments {
        if !deployment.packages().any(|one| std::ptr::eq(one, package)) {
            continue;
        }
        deployments = deployments.saturating_add(1);
        let others = deployment
            .binaries()
            .into_iter()
            .filter(|one| one.reach == Reach::OtherPlatform && std::ptr::eq(one.package, package));
        for one in others {
            let count = seen.entry(one.binary.entry).or_default();
            *count = count.saturating_add(1);
        }
    }
    seen.into_iter().filter(|(_, count)| *count == deployments).map(|(index, _)| index).collect()
}
