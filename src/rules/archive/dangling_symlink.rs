//! archive/dangling-symlink: links to what is not there, and links that lead to themselves.

use std::collections::BTreeMap;

use crate::{
    archive::entry::EntryKind,
    data::search_paths::Root,
    environment::{
        deployment::{Deployment, root_of},
        filesystem::Provider,
        package::Package,
    },
    model::paths::joined,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule =
    Rule { page: &pages::archive::DANGLING_SYMLINK, check: Check::Deployment(check) };

/// Links that Linux follows before it gives up (`MAXSYMLINKS`).
const MOST: usize = 40;

/// Where following a link ends.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum End {
    /// At nothing.
    Missing,
    /// Nowhere: it comes back to itself.
    Loop,
}

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    for package in deployment.packages() {
        let mut broken: BTreeMap<End, Vec<(usize, &str)>> = BTreeMap::new();
        for (index, target) in &package.inventory.links {
            if let Some(end) = end(deployment, package, *index, target) {
                broken.entry(end).or_default().push((*index, target));
            }
        }
        for (end, links) in broken {
            say(package, end, &links, findings);
        }
    }
}

fn say(package: &Package, end: End, links: &[(usize, &str)], findings: &mut Findings) {
    let entries: Vec<usize> = links.iter().map(|(index, _)| *index).collect();
    let Some((_, target)) = links.first() else { return };
    let Some(draft) = findings.at_entries(package, &entries, "the same") else { return };
    let layers =
        if package.is_layer() { "; links in layers are a known cause of failed conversions too" } else { "" };
    let (subject, what) = match end {
        End::Missing => ("missing", format!("the link leads to {target}, which is not there")),
        End::Loop => ("loop", format!("the link leads to {target} and back to itself")),
    };
    draft
        .subject(subject)
        .say(what)
        .because(format!("opening it fails with \"No such file or directory\" or \"Too many levels of symbolic links\"{layers}"))
        .fix("zip the files themselves: cp -rL build flat && cd flat && zip -r ../package.zip .")
        .report();
}

/// Where the link ends, if it ends badly for certain.
fn end(deployment: &Deployment<'_>, package: &Package, index: usize, target: &str) -> Option<End> {
    let entry = package.entry(index)?;
    if super::symlink_escape::escape(entry.path.parent(), target).is_some() {
        return None;
    }
    let root = root_of(package.role);
    let (mut root, mut path) = goal(root, entry.path.parent(), target)?;
    if target.starts_with('/') && !knows(deployment, root) {
        return None;
    }
    for _ in 0..MOST {
        match step(deployment, root, &path) {
            Step::There => return None,
            Step::Nothing if deployment.is_complete() || root == Root::Task => return Some(End::Missing),
            Step::Nothing => return None,
            Step::Link(link, rest) => {
                let target = link.package.inventory.links.get(&link.index)?;
                let (next_root, next) = goal(root, link.entry.path.parent(), target)?;
                root = next_root;
                path = if rest.is_empty() { next } else { joined(&next, rest)? };
            }
        }
    }
    Some(End::Loop)
}

/// Whether everything that will be below a root is at hand: a layer alone knows neither the code nor the other layers.
fn knows(deployment: &Deployment<'_>, root: Root) -> bool {
    match root {
        Root::Opt => deployment.function().is_some() && deployment.is_complete(),
        Root::Task => deployment.code.is_some(),
    }
}

/// What lies on the way to a path.
enum Step<'a, 'p> {
    There,
    Nothing,
    /// A link, and what remains of the path behind it.
    Link(Provider<'a>, &'p str),
}

fn step<'a, 'p>(deployment: &Deployment<'a>, root: Root, path: &'p str) -> Step<'a, 'p> {
    let tree = deployment.tree(root);
    let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
    for at in ends {
        let (head, rest) = path.split_at(at);
        match tree.find(head) {
            Some(one) if one.entry.kind == EntryKind::Symlink => {
                return Step::Link(one, rest.trim_start_matches('/'));
            }
            _ => {}
        }
    }
    if tree.find(path).is_some() || tree.is_folder(path) { Step::There } else { Step::Nothing }
}

/// The root and the path below it that a target names; nothing where the system is meant.
fn goal(root: Root, folder: &str, target: &str) -> Option<(Root, String)> {
    for root in [Root::Opt, Root::Task] {
        if let Some(rest) = target.strip_prefix(root.mount())
            && (rest.is_empty() || rest.starts_with('/'))
        {
            return Some((root, joined("", rest)?));
        }
    }
    if target.starts_with('/') { None } else { Some((root, joined(folder, target)?)) }
}
