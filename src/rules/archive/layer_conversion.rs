//! archive/layer-conversion: permissions that stop Lambda from laying down a layer. Function packages are not checked so.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    archive::entry::EntryKind,
    data::texts,
    environment::{deployment::Deployment, filesystem::Provider, package::Package, project::ProjectView},
    model::text::SafeText,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule = Rule { page: &pages::archive::LAYER_CONVERSION, check: Check::Project(check) };

fn check(view: &ProjectView<'_>, findings: &mut Findings) {
    for package in view.packages.iter().filter(|package| package.is_layer()) {
        read(package, findings);
    }
    let mut refusals = Refusals::new();
    for deployment in view.deployments {
        written_over(deployment, &mut refusals);
    }
    for ((earlier, later), (package, entries)) in refusals {
        let entries: Vec<usize> = entries.into_iter().collect();
        let Some(draft) = findings.at_entries(package, &entries, "the same") else { continue };
        draft
            .subject(format!("write {later}"))
            .say(format!("{later} writes over or into what the owner of {earlier} may not write"))
            .lambda_says(texts::LAYER_CONVERSION_WRITE.template)
            .because("Lambda lays later layers over earlier ones as their owner")
            .fix("chmod -R u+w python && zip the earlier layer again")
            .report();
    }
}

/// The entries of an earlier layer that a later one is refused by, with the package that holds them.
type Refusals<'a> = BTreeMap<(SafeText, SafeText), (&'a Package, BTreeSet<usize>)>;

fn written_over<'a>(deployment: &Deployment<'a>, refusals: &mut Refusals<'a>) {
    if deployment.known_layers().nth(1).is_none() {
        return;
    }
    for (path, group) in deployment.opt.paths() {
        let fixed = group.iter().map(|(_, one)| *one).filter(|one| {
            one.package.is_layer() && one.entry.mode.bits != 0 && !one.entry.mode.owner_write()
        });
        for earlier in fixed {
            for later in writers(deployment, path, group, earlier) {
                let key = (earlier.package.label.name.clone(), later.clone());
                let refused = refusals.entry(key).or_insert_with(|| (earlier.package, BTreeSet::new()));
                refused.1.insert(earlier.index);
            }
        }
    }
}

/// The later layers that lay something down over a file, or directly into a folder: all of them, so that what is said of two layers
/// does not depend on a third that a function has between them.
fn writers<'a>(
    deployment: &Deployment<'a>,
    path: &str,
    group: &[(&'a str, Provider<'a>)],
    earlier: Provider<'a>,
) -> BTreeSet<&'a SafeText> {
    let later = |one: &Provider<'a>| one.order > earlier.order && !std::ptr::eq(one.package, earlier.package);
    let name = |one: Provider<'a>| &one.package.label.name;
    let here = |one: &Provider<'a>| one.entry.path.parent() == path;
    match earlier.entry.kind {
        EntryKind::File => group.iter().map(|(_, one)| *one).filter(later).map(name).collect(),
        EntryKind::Directory => {
            let inside = deployment.opt.below(path).map(|(_, one)| *one);
            inside.filter(|one| later(one) && here(one)).map(name).collect()
        }
        EntryKind::Symlink | EntryKind::Special(_) => BTreeSet::new(),
    }
}

fn read(package: &Package, findings: &mut Findings) {
    let of_kind = |kind: EntryKind, wanted: u32| -> Vec<usize> {
        let entries = package.archive.entries().iter().enumerate();
        entries
            // mode 0 without type bits is archive/unreadable-file: no owner bit was ever written
            .filter(|(_, entry)| {
                entry.kind == kind && entry.mode.host.has_unix_mode() && entry.mode.bits != 0
            })
            .filter(|(_, entry)| entry.mode.permissions() & wanted != wanted)
            .map(|(index, _)| index)
            .collect()
    };
    if let Some(draft) = findings.at_entries(package, &of_kind(EntryKind::File, 0o400), "the same") {
        draft
            .subject("files")
            .say("a file that its owner may not read")
            .lambda_says(texts::LAYER_CONVERSION_READ.template)
            .because(
                "Lambda reads every file of a layer as its owner when it lays the layers over one another",
            )
            .fix("chmod -R u+rX,go+rX python && zip the layer again")
            .report();
    }
    if let Some(draft) = findings.at_entries(package, &of_kind(EntryKind::Directory, 0o500), "the same") {
        draft
            .subject("folders")
            .say("a folder that its owner may not enter")
            .lambda_says(texts::LAYER_CONVERSION_DIRECTORIES.template)
            .because(
                "Lambda walks every folder of a layer as its owner when it lays the layers over one another",
            )
            .fix("find . -type d -exec chmod 755 {} + && zip the layer again")
            .report();
    }
}
