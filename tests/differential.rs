//! What layerlint sees in a zip is what other readers see; where they disagree among themselves, layerlint has said so.

#![allow(
    clippy::pedantic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a fault of a test is a panic, and readers that are not here are named"
)]

mod support;

use std::{
    fs,
    path::{Path, PathBuf},
};

use layerlint::{
    archive::{
        archive::Archive,
        entry::{Entry, EntryKind},
        limits::Limits,
    },
    check::check,
    input::{adhoc::AdHoc, project::Project},
};
use support::{
    case,
    readers::{self, View},
    recipe, run, shapes,
};

/// Every zip that the cases of `archive/*` and the shapes are, with its name.
fn zips(folder: &Path) -> Vec<(String, PathBuf)> {
    let mut found = Vec::new();
    for (at, case) in case::all().into_iter().filter(|case| case.rule.starts_with("archive/")).enumerate() {
        let into = folder.join(at.to_string());
        fs::create_dir(&into).unwrap();
        recipe::lay_out(&case.recipe, &case.folder, &into);
        let files = fs::read_dir(&into).unwrap().map(|entry| entry.unwrap().path());
        let mut files: Vec<PathBuf> =
            files.filter(|path| path.extension().is_some_and(|e| e == "zip")).collect();
        files.sort();
        found.extend(files.into_iter().map(|path| (case.name(), path)));
    }
    for (at, (name, bytes)) in [shapes::ambiguous(), shapes::benign()].concat().into_iter().enumerate() {
        let path = folder.join(format!("shape-{at}.zip"));
        fs::write(&path, bytes).unwrap();
        found.push((name.to_owned(), path));
    }
    found
}

/// Rules that speak of what all readers see alike.
const OF_CONTENT: [&str; 7] = [
    "archive/layer-conversion",
    "archive/macos-metadata",
    "archive/nested-package",
    "archive/not-reproducible",
    "archive/setuid",
    "archive/unreadable-file",
    "archive/world-writable",
];

/// The rules of `archive/*` that tell why readers disagree about a zip.
fn said(path: &Path) -> Vec<&'static str> {
    let mut project = Project::default();
    AdHoc { paths: vec![path.to_owned()], ..AdHoc::default() }.add_to(&mut project).unwrap();
    let options = layerlint::check::Options { verify: true, ..run::options() };
    let report = check(&project, &options).unwrap_or_else(|error| panic!("{error}"));
    report
        .findings
        .iter()
        .map(|finding| finding.page.id)
        .filter(|id| id.starts_with("archive/") && !OF_CONTENT.contains(id))
        .collect()
}

/// Readers that stand alone: they refuse, or warn about, what all others read alike.
const ALONE: [(&str, &str, &str); 2] = [
    (
        "archive/ambiguous-structure: a comment that speaks of end records",
        "Python",
        "takes any four letters in a comment for the end record, and then refuses what follows them",
    ),
    (
        "archive/header-mismatch: zeros where a descriptor would be, but the numbers are there",
        "Info-ZIP",
        "misses the descriptor that the flag promises: it prints the same bytes and ends with an error",
    ),
];

/// Contents are compared where all entries are files: what a reader prints of a link differs for good reasons.
/// A folder may be listed twice, or not at all.
fn comparable(view: &View, archive: &Archive) -> View {
    let View::Seen(names, content) = view else { return View::Refused };
    let is_folder = |entry: &Entry| entry.kind == EntryKind::Directory;
    let only_files = archive.entries().iter().all(|entry| entry.is_file() || is_folder(entry));
    let folders: Vec<&str> =
        archive.entries().iter().filter(|entry| is_folder(entry)).map(|entry| entry.path.as_str()).collect();
    let names = names.iter().filter(|name| !folders.contains(&name.as_str())).cloned().collect();
    View::Seen(names, content.clone().map(|bytes| if only_files { bytes } else { Vec::new() }))
}

fn stands_alone(zip: &str, reader: &str) -> bool {
    ALONE.iter().any(|(name, alone, _)| *name == zip && *alone == reader)
}

#[test]
fn where_readers_disagree_layerlint_has_said_so() {
    let folder = tempfile::tempdir().unwrap();
    let zips = zips(folder.path());
    let paths: Vec<PathBuf> = zips.iter().map(|(_, path)| path.clone()).collect();
    let (others, absent) = readers::others(&paths);
    let (mut agreed, mut told, mut silent) = (0, 0, Vec::new());
    for (at, (name, path)) in zips.iter().enumerate() {
        let archive = Archive::open(path, &Limits::default()).unwrap();
        let ours = comparable(&readers::layerlint(path), &archive);
        let differ: Vec<&str> = others
            .iter()
            .filter(|(_, views)| comparable(&views[at], &archive) != ours)
            .map(|(reader, _)| *reader)
            .filter(|reader| !stands_alone(name, reader))
            .collect();
        if differ.is_empty() {
            agreed += 1;
        } else if said(path).is_empty() {
            let views: Vec<String> =
                others.iter().map(|(reader, views)| format!("    {reader}: {:?}", views[at])).collect();
            silent.push(format!("{name}\n    layerlint: {ours:?}\n{}", views.join("\n")));
        } else {
            told += 1;
        }
    }
    eprintln!(
        "{} zips, {} other readers (not here: {absent:?}): all see the same in {agreed}, layerlint says why not in {told}",
        zips.len(),
        others.len()
    );
    // one that agrees by now is no exception any more
    for (name, reader, why) in ALONE {
        let at = zips.iter().position(|(zip, _)| zip == name).unwrap_or_else(|| panic!("no zip is {name}"));
        let ours = readers::layerlint(&zips[at].1);
        assert!(
            others.get(reader).is_none_or(|views| views[at] != ours),
            "{reader} agrees about {name}: {why}"
        );
    }
    assert!(silent.is_empty(), "readers disagree and nothing is said:\n{}", silent.join("\n"));
}

#[test]
fn what_honest_tools_write_is_no_fault() {
    let folder = tempfile::tempdir().unwrap();
    for (name, bytes) in shapes::benign() {
        let path = folder.path().join("x.zip");
        fs::write(&path, bytes).unwrap();
        assert!(said(&path).is_empty(), "{name}: {:?}", said(&path));
        assert!(Archive::open(&path, &Limits::default()).unwrap().structure().is_empty(), "{name}");
    }
}
