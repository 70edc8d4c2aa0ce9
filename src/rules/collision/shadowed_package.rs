//! collision/shadowed-package: one importable package in two places of the search path.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    data::{
        python_modules,
        runtimes::Family,
        search_paths::{Holds, Root, SearchPath},
    },
    environment::{
        deployment::Deployment,
        filesystem::{Provider, Tree},
        python::tops::{PlaceOfTops, Top},
    },
    inspect::{
        distributions::normalised,
        inventory::{Distribution, Ecosystem},
    },
    model::{severity::Severity, size::Bytes},
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule =
    Rule { page: &pages::collision::SHADOWED_PACKAGE, check: Check::Deployment(check) };

/// Packages of one pair of folders that are named.
const SHOWN: usize = 3;

/// A package that lies in two places.
struct Hidden<'a> {
    name: String,
    winner: (Provider<'a>, Option<&'a str>),
    loser: (Provider<'a>, Option<&'a str>),
    is_same: bool,
}

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    match deployment.runtime.map(|runtime| runtime.family) {
        Some(Family::Python) => python(deployment, findings),
        Some(Family::Nodejs) => node(deployment, findings),
        _ => {}
    }
}

fn python(deployment: &Deployment<'_>, findings: &mut Findings) {
    let places = deployment.python_tops();
    let mut is_settled = BTreeSet::new();
    for (at, place) in places.iter().enumerate() {
        let mut found: BTreeMap<usize, Vec<Hidden<'_>>> = BTreeMap::new();
        for (name, winner) in &place.tops {
            if python_modules::is_quiet(name) || !is_settled.insert(name.clone()) {
                continue;
            }
            let Some((other, loser)) = in_later(&places, at, name) else { continue };
            if !winner.joins_others() {
                let Some(loser_place) = places.get(other) else { continue };
                found.entry(other).or_default().push(hidden(
                    deployment,
                    name,
                    (place, winner),
                    (loser_place, loser),
                ));
            }
        }
        for (other, hidden) in found {
            let Some(loser) = places.get(other) else { continue };
            report(&mounted(&place.path), &mounted(&loser.path), hidden, findings);
        }
    }
}

/// The next folder that has a module of this name.
fn in_later<'p, 'a>(places: &'p [PlaceOfTops<'a>], at: usize, name: &str) -> Option<(usize, &'p Top<'a>)> {
    let mut later = places.iter().enumerate().skip(at.saturating_add(1));
    later.find_map(|(index, place)| Some((index, place.tops.get(name)?)))
}

fn hidden<'a>(
    deployment: &Deployment<'a>,
    name: &str,
    (place, winner): (&PlaceOfTops<'a>, &Top<'a>),
    (other, loser): (&PlaceOfTops<'a>, &Top<'a>),
) -> Hidden<'a> {
    let winner_version = version(&winner.file, name, &place.path.folder);
    let loser_version = version(&loser.file, name, &other.path.folder);
    let is_same = if let (Some(one), Some(two)) = (winner_version, loser_version) {
        one == two
    } else {
        let content = |path: &SearchPath, top: &Top<'_>| content(deployment.tree(path.root), path, name, top);
        content(&place.path, winner) == content(&other.path, loser)
    };
    Hidden {
        name: name.to_owned(),
        winner: (winner.file, winner_version),
        loser: (loser.file, loser_version),
        is_same,
    }
}

/// Sizes and checksums of what belongs to a module, by the path inside of it.
fn content<'a>(
    tree: &Tree<'a>,
    path: &SearchPath,
    name: &str,
    top: &Top<'_>,
) -> BTreeMap<&'a str, (Bytes, Option<u32>)> {
    let facts = |one: &Provider<'_>| (one.entry.size, one.entry.crc);
    if !top.is_package {
        return [("", facts(&top.file))].into();
    }
    let folder = if path.folder.is_empty() { name.to_owned() } else { format!("{}/{name}", path.folder) };
    tree.below(&folder)
        .filter(|(path, one)| one.entry.is_file() && !path.contains("__pycache__/"))
        .map(|(path, one)| (path.get(folder.len()..).unwrap_or_default(), facts(one)))
        .collect()
}

/// The version of the distribution that a module belongs to, where its metadata lies beside.
fn version<'a>(file: &Provider<'a>, module: &str, folder: &str) -> Option<&'a str> {
    let names = [normalised(module), normalised(python_modules::distribution(module))];
    let is_it = |one: &&'a Distribution| {
        one.ecosystem == Ecosystem::Python && one.folder == folder && names.contains(&one.name)
    };
    file.package.inventory.distributions.iter().find(is_it).map(|one| one.version.as_str())
}

/// The folder of a Node.js version over the one of all: the function's own node_modules hides nothing from the packages of a layer.
fn node(deployment: &Deployment<'_>, findings: &mut Findings) {
    let folders: Vec<SearchPath> =
        deployment.paths_of(Holds::NodeModules).into_iter().filter(|path| path.root == Root::Opt).collect();
    let [first, second] = folders.as_slice() else { return };
    let winners = installed(deployment, &first.folder);
    let losers = installed(deployment, &second.folder);
    let both = winners.into_iter().filter_map(|(name, (winner, version))| {
        let (loser, other) = losers.get(name)?;
        let is_same = version == *other;
        let (winner, loser) = ((winner, Some(version)), (*loser, Some(*other)));
        Some(Hidden { name: name.to_owned(), winner, loser, is_same })
    });
    report(&mounted(first), &mounted(second), both.collect(), findings);
}

fn installed<'a>(deployment: &Deployment<'a>, folder: &str) -> BTreeMap<&'a str, (Provider<'a>, &'a str)> {
    let mut found = BTreeMap::new();
    for package in deployment.known_layers() {
        for one in &package.inventory.distributions {
            let path = package.entry(one.metadata).map(|entry| entry.path.as_str()).unwrap_or_default();
            if let (true, Some(provider)) =
                (one.ecosystem == Ecosystem::Node && one.folder == folder, deployment.opt.find(path))
            {
                found.insert(one.name.as_str(), (provider, one.version.as_str()));
            }
        }
    }
    found
}

fn mounted(path: &SearchPath) -> String {
    path.root.mounted(&path.folder)
}

/// One finding for a pair of folders: what differs, or else what is there twice.
fn report(winner: &str, loser: &str, hidden: Vec<Hidden<'_>>, findings: &mut Findings) {
    let (same, differs): (Vec<Hidden<'_>>, Vec<Hidden<'_>>) = hidden.into_iter().partition(|one| one.is_same);
    let (list, is_same) = if differs.is_empty() { (same, true) } else { (differs, false) };
    let Some(first) = list.first() else { return };
    let entries: Vec<usize> = list.iter().map(|one| one.winner.0.index).collect();
    let Some(draft) = findings.at_entries(first.winner.0.package, &entries, "is imported") else { return };
    let names: Vec<String> = list.iter().take(SHOWN).map(named).collect();
    let more = list.len().saturating_sub(names.len());
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let draft = draft
        .subject(format!("{winner} over {loser}"))
        .related(first.loser.0.package.entry_place(first.loser.0.index), "is hidden");
    if is_same {
        draft
            .no_worse_than(Severity::Info)
            .say(format!("{}{more} in {winner} and again in {loser}", names.join(", ")))
            .because("the first place of the search path is taken, the other only adds to the size")
            .fix("keep it in one place")
            .report();
    } else {
        draft
            .say(format!("{}{more}: {winner} is taken, {loser} is hidden", names.join(", ")))
            .because("the folders of the search path are asked in order, and a package is taken whole from the first that has it")
            .fix("keep the package in one place, or give both the same version")
            .report();
    }
}

fn named(hidden: &Hidden<'_>) -> String {
    match (hidden.winner.1, hidden.loser.1) {
        (Some(one), Some(two)) if one != two => format!("{} {one} over {two}", hidden.name),
        (Some(one), _) => format!("{} {one}", hidden.name),
        _ => hidden.name.clone(),
    }
}
