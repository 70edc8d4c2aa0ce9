//! collision/mixed-distribution: two versions of one package in one folder, their files interleaved.

use std::collections::BTreeMap;

use crate::{
    environment::{deployment::Deployment, package::Package},
    inspect::inventory::{Distribution, Ecosystem},
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule =
    Rule { page: &pages::collision::MIXED_DISTRIBUTION, check: Check::Deployment(check) };

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    let layers: Vec<&Package> = deployment.known_layers().collect();
    of_tree(&layers, findings);
    of_tree(&deployment.code.into_iter().collect::<Vec<_>>(), findings);
}

type Copy<'a> = (&'a Package, &'a Distribution);

fn of_tree(packages: &[&Package], findings: &mut Findings) {
    let mut copies: BTreeMap<(Ecosystem, &str, &str), Vec<Copy<'_>>> = BTreeMap::new();
    for package in packages {
        for one in &package.inventory.distributions {
            copies.entry((one.ecosystem, &one.folder, &one.name)).or_default().push((package, one));
        }
    }
    for ((_, folder, name), copies) in copies {
        let (Some((loser, old)), Some((winner, new))) = (copies.first(), copies.last()) else { continue };
        if copies.iter().all(|(_, one)| one.version == new.version) {
            continue;
        }
        report(name, folder, (loser, old), (winner, new), findings);
    }
}

fn report(
    name: &str,
    folder: &str,
    (loser, old): Copy<'_>,
    (winner, new): Copy<'_>,
    findings: &mut Findings,
) {
    let place = if folder.is_empty() { "the root".to_owned() } else { format!("{folder}/") };
    let stays = left_over(loser, winner, old, name);
    let stays = if stays == 1 { "1 file".to_owned() } else { format!("{stays} files") };
    let why = if std::ptr::eq(loser, winner) {
        "both were installed into one folder: the second install did not remove the first".to_owned()
    } else {
        format!(
            "the later layer wins file by file; {stays} of {} {} left between those of {}",
            name, old.version, new.version
        )
    };
    findings
        .at(winner.entry_place(new.metadata))
        .subject(format!("distribution {name}"))
        .say(format!(
            "{name} {} of {} is laid over {name} {} of {} in {place}",
            new.version, winner.label.name, old.version, loser.label.name
        ))
        .related(loser.entry_place(old.metadata), format!("{name} {}", old.version))
        .because(why)
        .fix(format!("keep {name} in one layer, or pin the same version in both builds"))
        .report();
}

/// How many files of the earlier copy no file of the later one hides.
fn left_over(loser: &Package, winner: &Package, old: &Distribution, name: &str) -> usize {
    let module = name.replace('-', "_");
    let prefix = if old.folder.is_empty() { String::new() } else { format!("{}/", old.folder) };
    let own = |path: &str| {
        path.strip_prefix(&prefix).is_some_and(|rest| {
            rest.starts_with(&format!("{module}/")) || rest.starts_with(&format!("{name}/"))
        })
    };
    loser
        .files()
        .filter(|(_, entry)| own(entry.path.as_str()) && winner.archive.find(entry.path.as_str()).is_none())
        .count()
}
