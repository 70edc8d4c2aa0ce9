//! The loader model on sets of ELF files that no linker writes: circles, crowds, long lists. Each ends, soon, with an answer.

#![allow(
    clippy::pedantic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a fault of a test is a panic"
)]

mod support;

use std::{
    fs::File,
    io::Write as _,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

use proptest::prelude::*;
use serde_json::Value;
use support::elf::{self, ElfSpec};
use zip::{ZipWriter, write::SimpleFileOptions};

/// Far above what it takes, and far below what squares of these numbers would.
const PATIENCE: Duration = Duration::from_secs(60);

fn library(name: &str, needs: &[String]) -> ElfSpec<'static> {
    ElfSpec {
        machine: "x86_64",
        soname: Some(name.to_owned()),
        needs: needs.iter().map(|name| (name.clone(), Vec::new())).collect(),
        ..ElfSpec::default()
    }
}

fn module(needs: &[String]) -> ElfSpec<'static> {
    ElfSpec { exports: vec!["PyInit_x".to_owned()], ..library("x.so", needs) }
}

fn pack(path: &Path, files: impl IntoIterator<Item = (String, Vec<u8>)>) {
    let mut writer = ZipWriter::new(File::create(path).unwrap());
    for (name, bytes) in files {
        writer.start_file(name, SimpleFileOptions::default().unix_permissions(0o644)).unwrap();
        writer.write_all(&bytes).unwrap();
    }
    writer.finish().unwrap();
}

/// Runs a command over a layer of these files and gives what it printed as JSON.
fn told(files: impl IntoIterator<Item = (String, Vec<u8>)>, command: &[&str]) -> Value {
    let folder = tempfile::tempdir().unwrap();
    pack(&folder.path().join("layer.zip"), files);
    let begin = Instant::now();
    let output = Command::new(env!("CARGO_BIN_EXE_layerlint"))
        .current_dir(folder.path())
        .env_clear()
        .args(command)
        .args(["layer.zip", "--isolated", "--as", "layer"])
        .args(["--compatible-runtime", "python3.12", "--compatible-arch", "x86_64"])
        .output()
        .unwrap();
    let took = begin.elapsed();
    assert!(output.status.code().is_some_and(|code| code < 2), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(took < PATIENCE, "{took:?}");
    serde_json::from_slice(&output.stdout).unwrap()
}

fn checked(files: Vec<(String, Vec<u8>)>) -> Vec<String> {
    let report = told(files, &["check", "-f", "json"]);
    let findings = report["findings"].as_array().unwrap();
    findings.iter().map(|one| format!("{} {}", one["rule"].as_str().unwrap(), one["message"])).collect()
}

fn of(rule: &str, findings: &[String]) -> usize {
    findings.iter().filter(|one| one.starts_with(rule)).count()
}

#[test]
fn circles_and_self_reference_end() {
    let files = vec![
        ("python/x.so".to_owned(), elf::build(&module(&["liba.so".to_owned()]))),
        (
            "lib/liba.so".to_owned(),
            elf::build(&library("liba.so", &["libb.so".to_owned(), "liba.so".to_owned()])),
        ),
        (
            "lib/libb.so".to_owned(),
            elf::build(&library("libb.so", &["liba.so".to_owned(), "libgone.so".to_owned()])),
        ),
    ];
    let findings = checked(files);
    assert_eq!(of("native/missing-library", &findings), 1, "{findings:?}");
    assert!(
        findings.iter().any(|one| one.contains("x.so -> liba.so -> libb.so -> libgone.so not found")),
        "{findings:?}"
    );
}

#[test]
fn the_table_finds_what_the_run_path_of_the_module_leads_to() {
    let module = ElfSpec { rpath: Some("$ORIGIN/x.libs".to_owned()), ..module(&["liba.so".to_owned()]) };
    let files = vec![
        ("python/x.so".to_owned(), elf::build(&module)),
        ("python/x.libs/liba.so".to_owned(), elf::build(&library("liba.so", &["libb.so".to_owned()]))),
        ("python/x.libs/libb.so".to_owned(), elf::build(&library("libb.so", &["libgone.so".to_owned()]))),
        (
            "python/x.libs/libalone.so".to_owned(),
            elf::build(&library("libalone.so", &["libb.so".to_owned()])),
        ),
    ];
    let table = told(files, &["native", "--json", "--all"]);
    let found = |path: &str| {
        let rows = table["deployments"][0]["binaries"].as_array().unwrap();
        let row = rows.iter().find(|row| row["path"] == path).unwrap();
        row["needs"][0]["found"].clone()
    };
    assert_eq!(found("/opt/python/x.libs/liba.so"), "package");
    assert_eq!(found("/opt/python/x.libs/libb.so"), "missing");
    assert_eq!(found("/opt/python/x.libs/libalone.so"), "missing", "nothing with a run path loads it");
}

#[test]
fn a_hundred_thousand_needed_names_are_cut_and_answered() {
    let names: Vec<String> = (0..100_000).map(|at| format!("l{at}.so")).collect();
    let findings = checked(vec![("python/x.so".to_owned(), elf::build(&module(&names)))]);
    assert!(of("native/missing-library", &findings) > 0);
}

/// Each needs the sixty after it, in a ring, and one thing that is nowhere; every one is a root of its own too.
fn crowd(count: usize, rpath: Option<&str>) -> Vec<(String, Vec<u8>)> {
    (0..count)
        .map(|at| {
            let needs: Vec<String> = (1..=60).map(|step| format!("m{}.so", (at + step) % count)).collect();
            let name = format!("m{at}.so");
            let spec =
                ElfSpec { rpath: rpath.map(str::to_owned), soname: Some(name.clone()), ..module(&needs) };
            (format!("python/{name}"), elf::build(&spec))
        })
        .collect()
}

#[test]
fn ten_thousand_libraries_that_need_each_other_are_answered() {
    checked(crowd(10_000, Some("$ORIGIN")));
}

#[test]
fn long_run_paths_along_long_chains_are_answered_and_the_limit_is_said() {
    let long = format!("{}$ORIGIN", "$ORIGIN/nowhere:".repeat(200));
    let report = told(crowd(1_000, Some(&long)), &["check", "-f", "json"]);
    assert!(report.to_string().contains("more look-ups than any real package"), "{}", report["not_analysed"]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever needs whatever: the table has a row for each file and an answer for each need, true to what lies in `lib/`.
    #[test]
    fn any_graph_has_an_answer_for_every_edge(edges in proptest::collection::vec((0usize..12, 0usize..16), 0..60)) {
        let files: Vec<(String, Vec<u8>)> = (0..12)
            .map(|at| {
                let needs: Vec<String> = edges.iter().filter(|edge| edge.0 == at).map(|edge| format!("n{}.so", edge.1)).collect();
                (format!("lib/n{at}.so"), elf::build(&library(&format!("n{at}.so"), &needs)))
            })
            .collect();
        let table = told(files, &["native", "--json"]);
        let rows = table["deployments"][0]["binaries"].as_array().unwrap();
        prop_assert_eq!(rows.len(), 12);
        let needs: Vec<&Value> = rows.iter().flat_map(|row| row["needs"].as_array().unwrap()).collect();
        prop_assert_eq!(needs.len(), edges.len());
        for need in needs {
            let at: usize = need["library"].as_str().unwrap()[1..].trim_end_matches(".so").parse().unwrap();
            prop_assert_eq!(&need["found"], if at < 12 { "package" } else { "missing" });
        }
    }
}
