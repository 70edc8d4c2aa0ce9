//! What ordinary archivers make is judged without a word about the archive.
//!
//! `benches/archivers.py` asks those of npm as well, which are not on every machine.

#![allow(
    clippy::pedantic,
    clippy::unwrap_used,
    clippy::print_stderr,
    reason = "a fault of a test is a panic, and archivers that are not here are named"
)]

mod support;

use std::{
    fs,
    path::Path,
    process::{Command, Stdio},
};

use layerlint::{
    archive::limits::Limits,
    check::{Options, check},
    input::{adhoc::AdHoc, project::Project},
    model::severity::Severity,
};
use support::{run, shapes};

/// An archiver, and how it packs the folder it stands in into `../NAME.zip`.
const ARCHIVERS: [(&str, &[&str]); 12] = [
    ("zip", &["zip", "-q", "-r", "../NAME.zip", "."]),
    ("zip without extra fields or folders", &["zip", "-q", "-X", "-D", "-r", "../NAME.zip", "."]),
    ("zip, stored", &["zip", "-q", "-0", "-r", "../NAME.zip", "."]),
    ("zip with zip64", &["zip", "-q", "-fz", "-r", "../NAME.zip", "."]),
    ("zip with a comment", &["sh", "-c", "echo 'made for release 7' | zip -q -z -r ../NAME.zip ."]),
    ("zip from a pipe", &["sh", "-c", "zip -q -r - . | cat > ../NAME.zip"]),
    ("Python's command", &["python3", "-m", "zipfile", "-c", "../NAME.zip", "python"]),
    ("Python's shutil", &["python3", "-c", "import shutil; shutil.make_archive('../NAME', 'zip', '.')"]),
    ("bsdtar", &["bsdtar", "-a", "-cf", "../NAME.zip", "python"]),
    ("7-Zip", &["7z", "a", "-bd", "-tzip", "../NAME.zip", "."]),
    ("jar", &["jar", "-cf", "../NAME.zip", "python"]),
    ("jar without a manifest", &["jar", "-cMf", "../NAME.zip", "python"]),
];

/// The tree that is packed: names beyond ASCII, an empty file, an empty folder, something that repeats and something that does not.
fn tree(root: &Path) {
    fs::create_dir_all(root.join("python/größe")).unwrap();
    fs::create_dir_all(root.join("python/empty")).unwrap();
    fs::write(root.join("python/größe/__init__.py"), "").unwrap();
    fs::write(root.join("python/app.py"), "def handler(event, context):\n    return 1\n".repeat(400))
        .unwrap();
    let data: Vec<u8> = shapes::benign().into_iter().flat_map(|(_, bytes)| bytes).collect();
    fs::write(root.join("python/data.bin"), data).unwrap();
}

/// Every rule of `archive/*` that warns of this layer, pedantic ones aside. (That `zip` does not flag UTF-8 names is told as an info.)
fn said(path: &Path) -> Vec<String> {
    let mut project = Project::default();
    let request =
        AdHoc { paths: vec![path.to_owned()], runtime: Some("python3.13".to_owned()), ..AdHoc::default() };
    request.add_to(&mut project).unwrap();
    let options = Options { verify: true, pedantic: false, limits: Limits::default(), ..run::options() };
    let report = check(&project, &options).unwrap_or_else(|error| panic!("{error}"));
    let of_archive = report
        .findings
        .iter()
        .filter(|finding| finding.page.id.starts_with("archive/") && finding.severity > Severity::Info);
    of_archive.map(|finding| format!("{}: {}", finding.page.id, finding.message)).collect()
}

/// Whether the archiver is here and has packed the folder.
fn packs(words: &[&str], name: &str, folder: &Path) -> bool {
    let words: Vec<String> = words.iter().map(|word| word.replace("NAME", name)).collect();
    let (program, arguments) = words.split_first().unwrap();
    let mut command = Command::new(program);
    command
        .args(arguments)
        .env("LC_ALL", "C.UTF-8")
        .current_dir(folder)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    let ended = command.status().is_ok_and(|status| status.success());
    ended && folder.with_file_name(format!("{name}.zip")).is_file()
}

#[test]
fn archivers_are_not_blamed() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("layer");
    tree(&root);
    let mut tried = 0;
    for (at, (archiver, words)) in ARCHIVERS.iter().enumerate() {
        let name = format!("made-{at}");
        if !packs(words, &name, &root) {
            eprintln!("{archiver}: not here");
            continue;
        }
        tried += 1;
        let found = said(&folder.path().join(format!("{name}.zip")));
        assert!(found.is_empty(), "{archiver}: {found:#?}");
    }
    eprintln!("{tried} of {} archivers", ARCHIVERS.len());
}

#[test]
fn shapes_of_archivers_that_run_elsewhere_are_not_blamed() {
    let folder = tempfile::tempdir().unwrap();
    for (at, (shape, bytes)) in shapes::benign().into_iter().enumerate() {
        let path = folder.path().join(format!("{at}.zip"));
        fs::write(&path, bytes).unwrap();
        let found = said(&path);
        assert!(found.is_empty(), "{shape}: {found:#?}");
    }
}
