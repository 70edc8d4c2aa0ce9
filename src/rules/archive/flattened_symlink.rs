//! archive/flattened-symlink: links that were stored as text.

use crate::{
    data::machine_code::is_code_name,
    environment::package::Package,
    model::paths,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule =
    Rule { page: &pages::archive::FLATTENED_SYMLINK, check: Check::Package(check) };

/// The longest text that is taken for the target of a link.
const LONGEST: usize = 200;

fn check(package: &Package, findings: &mut Findings) {
    let flat: Vec<(usize, &str)> = package
        .inventory
        .prefixes
        .iter()
        .filter_map(|(index, bytes)| Some((*index, target(package, *index, bytes)?)))
        .collect();
    let entries: Vec<usize> = flat.iter().map(|(index, _)| *index).collect();
    let Some((_, target)) = flat.first() else { return };
    let Some(draft) = findings.at_entries(package, &entries, "the same") else { return };
    draft
        .subject("flattened")
        .say(format!("holds nothing but the path {target}, as a link does that was stored as text"))
        .because("Windows without the right to make links, git with core.symlinks=false and zippers without -y write links so; started, it fails")
        .fix("zip on Linux or macOS with zip -y, or copy what the link points at")
        .report();
}

/// The path that a file holds and nothing else, if something in the package is there. Libraries are native/malformed.
fn target<'a>(package: &Package, index: usize, bytes: &'a [u8]) -> Option<&'a str> {
    let entry = package.entry(index)?;
    let text = std::str::from_utf8(bytes).ok()?;
    let whole = u64::try_from(bytes.len()).is_ok_and(|length| length == entry.size.0);
    let path_like = !text.is_empty() && text.len() <= LONGEST && !text.contains(['\n', '\0', ' ']);
    if !whole || !path_like || text.starts_with('/') || is_code_name(entry.path.file_name()) {
        return None;
    }
    let there = paths::joined(entry.path.parent(), text)?;
    (there != entry.path.as_str() && exists(package, &there)).then_some(text)
}

fn exists(package: &Package, path: &str) -> bool {
    package.archive.find(path).is_some()
        || package.archive.entries().iter().any(|entry| entry.path.below(path).is_some())
}
