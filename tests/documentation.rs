//! What the documents say is there is there.

#![allow(
    clippy::pedantic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a fault of a test is a panic"
)]

use std::{fs, path::PathBuf, process::Command};

use pulldown_cmark::{Event, Parser, Tag};

fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every file below a folder of the repository, in order.
fn files_below(folder: &str) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let mut folders = vec![root().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.sort();
    files
}

fn documents() -> Vec<PathBuf> {
    let mut found = Vec::new();
    for folder in ["", "docs", "rules", "fixtures"] {
        for entry in fs::read_dir(root().join(folder)).unwrap() {
            let path = entry.unwrap().path();
            if path.extension().is_some_and(|extension| extension == "md") {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Every relative link of every document leads to a file.
#[test]
fn links_resolve() {
    let mut dead = Vec::new();
    for document in documents() {
        let text = fs::read_to_string(&document).unwrap();
        for event in Parser::new(&text) {
            let Event::Start(Tag::Link { dest_url, .. }) = event else { continue };
            let target = dest_url.split('#').next().unwrap_or_default().to_owned();
            if !target.is_empty()
                && !target.contains("://")
                && !document.parent().unwrap().join(&target).exists()
            {
                dead.push(format!("{}: {target}", document.display()));
            }
        }
    }
    assert!(dead.is_empty(), "{}", dead.join("\n"));
}

/// The report that the README shows is the one that the example gives.
#[test]
fn the_readme_shows_the_true_report() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    let shown =
        readme.split("$ layerlint fixtures/example\n\n").nth(1).unwrap().split("\n```").next().unwrap();
    let run = Command::new(env!("CARGO_BIN_EXE_layerlint"))
        .current_dir(root())
        .args(["fixtures/example", "--as-of", "2026-11-20", "--color", "never"])
        .output()
        .unwrap();
    let printed = String::from_utf8(run.stdout).unwrap();
    let printed: Vec<&str> = printed.lines().map(str::trim_end).collect();
    assert_eq!(shown, printed.join("\n"), "the README has to show what the example prints");
}

/// The README links every category of rules.
#[test]
fn the_readme_names_every_category() {
    let readme = fs::read_to_string(root().join("README.md")).unwrap();
    for page in layerlint::rules::pages::ALL {
        assert!(readme.contains(&format!("[{0}](rules/{0})", page.category)), "{}", page.category);
    }
}

/// Every file of the sources stays small enough to be read in one go, and says first what lives in it.
#[test]
fn sources_are_small_and_begin_with_what_they_are() {
    let mut files = files_below("src");
    files.retain(|file| file.extension().is_some_and(|extension| extension == "rs"));
    for file in files {
        let text = fs::read_to_string(&file).unwrap();
        assert!(text.starts_with("//!"), "{} says first what lives in it", file.display());
        assert!(text.lines().count() <= 450, "{} wants to be two files", file.display());
    }
}

/// Rooms import only rooms that stand before them in the flow of data; `check` and `cli` know the whole line.
#[test]
fn imports_point_one_way() {
    const LINE: [&str; 9] =
        ["model", "data", "input", "archive", "inspect", "environment", "rules", "triage", "output"];
    // triage and output stand on the ground and on each other alone: they know neither rules nor zips
    const APART: [(&str, &[&str]); 2] =
        [("triage", &["model", "data"]), ("output", &["model", "data", "triage"])];
    let mut wrong = Vec::new();
    for (at, room) in LINE.iter().enumerate() {
        let allowed: &[&str] =
            APART.iter().find(|(apart, _)| apart == room).map_or(&LINE[..at], |(_, allowed)| allowed);
        for file in files_below(&format!("src/{room}")) {
            let text = fs::read_to_string(&file).unwrap();
            for other in LINE.iter().chain(&["cli", "check"]) {
                let named = text.contains(&format!("crate::{other}::"))
                    || text.contains(&format!("    {other}::")) && text.contains("use crate::{");
                let imported = text.split("use crate::{").skip(1).any(|block| {
                    let block = block.split("};").next().unwrap_or_default();
                    block.lines().any(|line| {
                        line.starts_with(&format!("    {other}::"))
                            || line.starts_with(&format!("    {other},"))
                    })
                }) || text.contains(&format!("crate::{other}::"));
                if named && imported && other != room && !allowed.contains(other) {
                    wrong.push(format!("{} imports {other}", file.strip_prefix(root()).unwrap().display()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// The schema that editors fetch is the one that the program prints, and it admits the example.
#[test]
fn the_published_schema_is_the_true_one() {
    let published = fs::read_to_string(root().join("docs/layerlint.schema.json")).unwrap();
    let printed = Command::new(env!("CARGO_BIN_EXE_layerlint")).args(["config", "schema"]).output().unwrap();
    assert_eq!(
        published,
        String::from_utf8(printed.stdout).unwrap(),
        "layerlint config schema > docs/layerlint.schema.json"
    );
    let schema = serde_json::from_str(&published).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let example = fs::read_to_string(root().join("fixtures/example/layerlint.toml")).unwrap();
    let example: serde_json::Value =
        serde_json::to_value(toml::from_str::<toml::Table>(&example).unwrap()).unwrap();
    let faults: Vec<String> = validator.iter_errors(&example).map(|error| error.to_string()).collect();
    assert!(faults.is_empty(), "{faults:?}");
    assert!(!validator.is_valid(&serde_json::json!({"selct": []})), "unknown keys are faults");
}

/// SECURITY.md names every limit with its default.
#[test]
fn the_promised_limits_are_the_true_ones() {
    let promised = fs::read_to_string(root().join("SECURITY.md")).unwrap();
    let mut limits = layerlint::archive::limits::Limits::default();
    for name in layerlint::archive::limits::Limits::names() {
        let row = format!("| `{name}` | ");
        let line = promised
            .lines()
            .find_map(|line| line.trim_start().strip_prefix(&row))
            .unwrap_or_else(|| panic!("{name}"));
        let default = line.split(" |").next().unwrap().parse().unwrap();
        let before = limits;
        assert!(limits.set(name, default), "{name}");
        assert_eq!(before, limits, "SECURITY.md promises another default of {name}");
    }
}

/// Nothing starts a program or talks to anyone: neither the sources nor what they are built with.
#[test]
fn no_program_is_started_and_nobody_is_called() {
    for file in files_below("src") {
        let text = fs::read_to_string(&file).unwrap();
        for word in
            ["process::Command", "Command::new(\"", "std::net", "TcpStream", "UdpSocket", "UnixStream"]
        {
            assert!(!text.contains(word), "{} names {word}", file.display());
        }
    }
    let normal = ["tree", "--edges", "normal", "--prefix", "none", "--locked", "--offline"];
    let tree = Command::new(env!("CARGO")).current_dir(root()).args(normal).output().unwrap();
    let tree = String::from_utf8(tree.stdout).unwrap();
    assert!(tree.lines().count() > 20, "cargo tree lists what the program is built with");
    for line in tree.lines() {
        let name = line.split(' ').next().unwrap_or_default();
        let calls = [
            "reqwest",
            "ureq",
            "hyper",
            "curl",
            "tokio",
            "socket2",
            "mio",
            "rustls",
            "native-tls",
            "openssl",
            "isahc",
        ];
        assert!(!calls.contains(&name), "{name} talks to others");
    }
}
