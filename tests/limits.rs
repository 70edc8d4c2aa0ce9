//! How much is looked at: limits of the command line and of the configuration, and `--verify`.

#![allow(
    clippy::pedantic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a fault of a test is a panic"
)]

mod support;

use std::{fs, path::Path, process::Command};

use support::recipe;

const TWO: &str = r#"
[[layer]]
name = "deps"
runtimes = ["python3.12"]
architectures = ["x86_64"]
entries = [
  { path = "python/pkg/__init__.py", text = "x = 1" },
  { path = "python/pkg/a.bin", zeros = 100000 },
  { path = "python/pkg/b.zip", zip = [{ path = "c.bin", zeros = 100000 }] },
]
"#;

fn folder(recipe: &str, more: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join(".git")).unwrap();
    recipe::lay_out(recipe, Path::new("."), folder.path());
    let manifest = folder.path().join("layerlint.toml");
    fs::write(&manifest, fs::read_to_string(&manifest).unwrap() + more).unwrap();
    folder
}

/// The exit status, and everything that was printed.
fn layerlint(folder: &Path, args: &[&str]) -> (i32, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_layerlint"))
        .current_dir(folder)
        .env_clear()
        .env("NO_COLOR", "1")
        .args(args)
        .output()
        .unwrap();
    let text = [output.stdout, output.stderr].concat();
    (output.status.code().unwrap(), String::from_utf8(text).unwrap())
}

/// Every limit, set so low that it is reached, is a finding that names it and says how to raise it.
#[test]
fn every_limit_that_is_reached_is_a_finding() {
    let folder = folder(TWO, "");
    for limit in [
        "entries=2",
        "directory-bytes=100",
        "entry-bytes=99999",
        "bytes=150000",
        "real-bytes=100",
        "ratio=10",
        "name-length=17",
    ] {
        let name = limit.split('=').next().unwrap();
        let (status, said) = layerlint(folder.path(), &["--limit", limit]);
        assert!(status < 2 && said.contains(&format!("--limit {name}=")), "{limit}: {said}");
    }
    let (_, said) = layerlint(folder.path(), &[]);
    assert!(!said.contains("--limit"), "{said}");
}

#[test]
fn folders_deeper_than_the_limit_are_told() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("layer/python/a/b")).unwrap();
    fs::write(folder.path().join("layer/python/a/b/c.py"), "x = 1").unwrap();
    let (_, said) = layerlint(folder.path(), &["layer", "--limit", "folder-depth=2"]);
    assert!(said.contains("--limit folder-depth=4"), "{said}");
}

#[test]
fn archives_deeper_than_the_limit_are_told() {
    let folder = folder(TWO, "");
    let (_, said) = layerlint(folder.path(), &["--limit", "nesting-depth=0"]);
    assert!(said.contains("--limit nesting-depth"), "{said}");
}

#[test]
fn the_configuration_sets_limits_and_the_command_line_wins() {
    let folder = folder(TWO, "[limits]\nentry-bytes = \"10 kB\"\n");
    let (status, said) = layerlint(folder.path(), &[]);
    assert_eq!(status, 1, "{said}");
    assert!(said.contains("over the limit of 10.0 kB"), "{said}");
    let (status, said) = layerlint(folder.path(), &["--limit", "entry-bytes=1MB"]);
    assert_eq!(status, 0, "{said}");
    let (_, shown) = layerlint(folder.path(), &["config", "show"]);
    assert!(shown.contains("entry-bytes = 10000"), "{shown}");
}

#[test]
fn a_limit_that_is_none_points_at_its_line() {
    let folder = folder(TWO, "[limits]\nentires = 5\n");
    let (status, said) = layerlint(folder.path(), &[]);
    assert_eq!(status, 2, "{said}");
    assert!(said.contains("no limit `entires`") && said.contains("layerlint.toml:"), "{said}");
}

/// Nothing reads a data file; with `--verify` its checksum is compared all the same.
#[test]
fn verify_inflates_what_no_rule_looks_at() {
    let broken = TWO.replace("zeros = 100000 },", "zeros = 100000, lie = { crc = 1 } },");
    let folder = folder(&broken, "");
    let (status, said) = layerlint(folder.path(), &["--select", "archive"]);
    assert_eq!(status, 0, "{said}");
    let (status, said) = layerlint(folder.path(), &["--select", "archive", "--verify"]);
    assert_eq!(status, 1, "{said}");
    assert!(said.contains("archive/bad-crc") && said.contains("python/pkg/a.bin"), "{said}");
}
