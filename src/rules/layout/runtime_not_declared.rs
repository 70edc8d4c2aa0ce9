//! layout/runtime-not-declared: content for a language that the layer does not declare, and the reverse.

use std::collections::BTreeSet;

use crate::{
    data::runtimes::Family,
    environment::{layout, package::Package},
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule =
    Rule { page: &pages::layout::RUNTIME_NOT_DECLARED, check: Check::Package(check) };

/// Folders that serve every language.
const FOR_ALL: [&str; 5] = ["bin", "lib", "extensions", "share", "etc"];

fn check(package: &Package, findings: &mut Findings) {
    let declared: BTreeSet<Family> = package.runtimes().map(|runtime| runtime.family).collect();
    if !package.is_layer()
        || declared.is_empty()
        || package.compatible_runtimes.iter().any(|one| one.runtime.is_none())
    {
        return;
    }
    // an OS-only runtime may run any language
    if declared.iter().any(|family| matches!(family, Family::Provided | Family::Custom | Family::Go)) {
        return;
    }
    let groups = layout::groups(package);
    let held: BTreeSet<Family> = groups.iter().map(|group| group.family).collect();
    for group in groups.iter().filter(|group| !declared.contains(&group.family)) {
        let Some(first) = group.entries.first() else { continue };
        let family = group.family.name();
        findings
            .at(package.entry_place(*first))
            .subject(format!("content for {family} in {}", group.folder))
            .say(format!("{family} packages in a layer that declares no {family} runtime"))
            .count(group.entries.len())
            .because("the declaration does not stop anybody from attaching the layer, but no list of layers offers it")
            .fix(format!("declare the {family} runtimes too, or leave the packages out"))
            .report();
    }
    let general = package.files().any(|(_, entry)| FOR_ALL.contains(&entry.path.top()));
    for family in declared.iter().filter(|family| !held.contains(family) && !held.is_empty() && !general) {
        findings
            .at(package.place())
            .subject(format!("nothing for {}", family.name()))
            .say(format!("declared for {0}, and it holds nothing for {0}", family.name()))
            .because("a function of such a runtime finds nothing in it")
            .fix("take the runtime out of the declaration, or add its packages")
            .report();
    }
}
