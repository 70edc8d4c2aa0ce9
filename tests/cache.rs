//! A cache changes how long a run takes, and nothing else: not what is said, whatever lies in it, whoever writes to it.

#![allow(
    clippy::pedantic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a fault of a test is a panic"
)]

mod support;

use std::{
    fs,
    path::{Path, PathBuf},
};

use layerlint::{
    check::{Options, check},
    input::project::Project,
    output::{self, Format, Style},
};
use serde_json::Value;
use support::{case, recipe, run};
use tempfile::TempDir;

const MAGIC: &[u8] = b"layerlint cache 1\n";

fn options(cache: &Path) -> Options {
    Options { cache: Some(cache.to_owned()), ..run::options() }
}

fn said(project: &Project, options: &Options) -> String {
    let report = check(project, options).unwrap_or_else(|error| panic!("{error}"));
    output::render(Format::Json, &report, Style { color: false, width: 100, links: false })
}

fn files(cache: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(cache).into_iter().flatten().map(|one| one.unwrap().path()).collect();
    files.sort();
    files
}

/// Projects of which something is kept.
fn projects() -> Vec<(TempDir, Project)> {
    let all = case::all();
    let chosen = ["native/glibc-too-new", "secret/credential", "secret/record-mismatch", "native/node-abi"];
    let cases =
        chosen.iter().flat_map(|one| all.iter().filter(move |case| case.name().starts_with(*one)).take(3));
    let laid_out = |case: &case::Case| {
        let folder = tempfile::tempdir().unwrap();
        recipe::lay_out(&case.recipe, &case.folder, folder.path());
        let project = run::project(folder.path());
        (folder, project)
    };
    let projects: Vec<_> = cases.map(laid_out).collect();
    assert!(projects.len() > 5, "{}", projects.len());
    projects
}

#[test]
fn every_case_is_the_same_with_a_cold_and_a_warm_cache() {
    let cache = tempfile::tempdir().unwrap();
    for case in case::all() {
        let folder = tempfile::tempdir().unwrap();
        recipe::lay_out(&case.recipe, &case.folder, folder.path());
        let project = run::project(folder.path());
        let without = said(&project, &run::options());
        for state in ["cold", "warm"] {
            assert_eq!(without, said(&project, &options(cache.path())), "{state}: {}", case.name());
        }
    }
    assert!(files(cache.path()).len() > 100, "what is never written is never tried");
}

#[test]
fn nothing_is_written_that_was_not_asked_for() {
    for (folder, project) in projects() {
        let before = files(folder.path());
        said(&project, &run::options());
        assert_eq!(files(folder.path()), before);
    }
}

#[test]
fn what_is_cut_or_altered_is_looked_at_again_and_written_again() {
    for (_folder, project) in projects() {
        let cache = tempfile::tempdir().unwrap();
        let without = said(&project, &options(cache.path()));
        for file in files(cache.path()) {
            let whole = fs::read(&file).unwrap();
            let length = whole.len();
            for at in [0, 5, MAGIC.len(), MAGIC.len() + 7, MAGIC.len() + 40, length / 2, length - 1] {
                fs::write(&file, &whole[..at]).unwrap();
                assert_eq!(said(&project, &options(cache.path())), without, "cut after {at} bytes");
                assert_eq!(fs::read(&file).unwrap().len(), length, "it is whole again");
                let mut altered = whole.clone();
                altered[at] ^= 0x20;
                fs::write(&file, altered).unwrap();
                assert_eq!(said(&project, &options(cache.path())), without, "byte {at} altered");
            }
            fs::write(&file, [whole.as_slice(), b"more"].concat()).unwrap();
            assert_eq!(said(&project, &options(cache.path())), without, "bytes behind the end");
        }
    }
}

/// Whoever may write into the folder can make checksums: findings may then be wrong, but nothing panics, hangs or grows.
#[test]
fn rows_that_somebody_forged_are_survived() {
    let mut chance = 8u64;
    let mut next = move || {
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(chance >> 33).unwrap()
    };
    let (mut forged, mut believed) = (0, 0);
    for (_folder, project) in projects() {
        let cache = tempfile::tempdir().unwrap();
        let without = said(&project, &options(cache.path()));
        for file in files(cache.path()) {
            let whole = fs::read(&file).unwrap();
            let rows: Value = serde_json::from_slice(&whole[MAGIC.len() + 32..]).unwrap();
            for _ in 0..25 {
                let mut rows = rows.clone();
                for row in rows.as_array_mut().unwrap() {
                    // what tells whose row it is stays, so that it is believed
                    forge(&mut row["outcome"], &mut next);
                }
                write(&file, &serde_json::to_vec(&rows).unwrap());
                forged += 1;
                believed += usize::from(said(&project, &options(cache.path())) != without);
            }
            for body in ["", "[", "null", "[{}]", "{}", &"[".repeat(100_000)] {
                write(&file, body.as_bytes());
                assert_eq!(said(&project, &options(cache.path())), without, "{body:.20}");
            }
        }
    }
    assert!(forged > 100 && believed > 10, "{believed} of {forged} are believed: else nothing was tried");
}

/// Puts something else of the same kind in the place of some values.
fn forge(value: &mut Value, next: &mut impl FnMut() -> usize) {
    match value {
        Value::Object(members) => members.values_mut().for_each(|member| forge(member, next)),
        Value::Array(members) => {
            if next().is_multiple_of(8) {
                members.clear();
            }
            members.iter_mut().for_each(|member| forge(member, next));
        }
        Value::String(text) if next().is_multiple_of(3) => {
            let texts = ["", "/", "..", "\u{1b}[2J", "GLIBC_9.9", "GLIBC_2", "é\u{202e}", "a/../../b", "\0"];
            *text = texts[next() % texts.len()].to_owned();
        }
        Value::Number(number) if next().is_multiple_of(3) => {
            let numbers = [0u64, 1, 255, 65_535, u64::from(u32::MAX), u64::MAX >> 1];
            *number = numbers[next() % numbers.len()].into();
        }
        Value::Bool(flag) if next().is_multiple_of(3) => *flag = !*flag,
        _ => {}
    }
}

fn write(file: &Path, body: &[u8]) {
    let name = file.file_stem().unwrap().to_str().unwrap();
    let mut hasher = blake3::Hasher::new();
    hasher.update(name.as_bytes()).update(body);
    let whole = [MAGIC, hasher.finalize().as_bytes(), body].concat();
    fs::write(file, whole).unwrap();
}

#[test]
fn runs_at_once_share_a_cache() {
    let projects = projects();
    let cache = tempfile::tempdir().unwrap();
    let without: Vec<String> = projects.iter().map(|(_, project)| said(project, &run::options())).collect();
    std::thread::scope(|scope| {
        for start in 0..6 {
            let (projects, without, cache) = (&projects, &without, cache.path());
            scope.spawn(move || {
                for turn in 0..projects.len() * 2 {
                    let at = (start + turn) % projects.len();
                    assert_eq!(said(&projects[at].1, &options(cache)), without[at]);
                    if let Some(file) = files(cache).get(turn).filter(|_| start == 0) {
                        let _ = fs::remove_file(file);
                    }
                }
            });
        }
    });
    let left = files(cache.path());
    assert!(left.iter().all(|file| file.extension().is_some_and(|ending| ending == "found")), "{left:?}");
}

#[test]
fn a_folder_is_made_and_a_file_in_its_place_is_said() {
    let folder = tempfile::tempdir().unwrap();
    let (_laid_out, project) = projects().swap_remove(0);
    said(&project, &options(&folder.path().join("deep/inside")));
    assert!(!files(&folder.path().join("deep/inside")).is_empty());
    let file = folder.path().join("file");
    fs::write(&file, "mine").unwrap();
    let error = check(&project, &options(&file)).unwrap_err().to_string();
    assert!(error.starts_with("cannot keep anything in "), "{error}");
    assert_eq!(fs::read_to_string(&file).unwrap(), "mine");
}

#[cfg(unix)]
#[test]
fn only_its_owner_may_look_into_it_and_pipes_are_not_waited_for() {
    use std::os::unix::fs::PermissionsExt;
    let folder = tempfile::tempdir().unwrap();
    let cache = folder.path().join("cache");
    let (_laid_out, project) = projects().swap_remove(0);
    let without = said(&project, &options(&cache));
    assert_eq!(fs::metadata(&cache).unwrap().permissions().mode() & 0o777, 0o700);
    for file in files(&cache) {
        fs::remove_file(&file).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(&file).status().unwrap().success());
    }
    assert_eq!(said(&project, &options(&cache)), without);
}
