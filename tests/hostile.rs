//! Damaged packages end in a report: no panic, no hang, whatever byte is wrong. Readers that disagree are named.

#![allow(
    clippy::pedantic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a fault of a test is a panic"
)]

mod support;

use std::{
    fs,
    io::{Cursor, Read},
    path::Path,
    time::{Duration, Instant},
};

use layerlint::archive::{Scratch, anomaly::AnomalyKind, archive::Archive, limits::Limits};
use proptest::prelude::*;
use support::{recipe, run};

const SMALL: &str = r##"
[[layer]]
name = "deps"
runtimes = ["python3.12", "python3.11"]
architectures = ["x86_64"]
entries = [
  { path = "python/" },
  { path = "python/pkg/__init__.py", text = "x = 1" },
  { path = "python/pkg/_x.abi3.so", elf = { needs = { "libc.so.6" = ["GLIBC_2.17"] }, exports = ["PyInit__x"] } },
  { path = "python/pkg-1.0.dist-info/METADATA", text = "Name: pkg" },
  { path = "nodejs/node_modules/zod/package.json", text = "{\"version\": \"3.0.0\"}" },
  { path = "lib/libx.so", symlink = "libx.so.1" },
  { path = "extensions/agent", text = "#!/bin/sh", mode = "755", stored = true },
]
"##;

fn small() -> (tempfile::TempDir, Vec<u8>) {
    let folder = tempfile::tempdir().unwrap();
    recipe::lay_out(SMALL, Path::new("."), folder.path());
    let bytes = fs::read(folder.path().join("deps.zip")).unwrap();
    (folder, bytes)
}

/// Judges the project with other bytes in the place of its package.
fn judge(folder: &Path, bytes: &[u8]) -> Duration {
    fs::write(folder.join("deps.zip"), bytes).unwrap();
    let started = Instant::now();
    let report = run::report(folder);
    assert!(report.packages.len() == 1);
    started.elapsed()
}

#[test]
fn a_zip_cut_at_any_byte_is_judged() {
    let (folder, bytes) = small();
    for length in 0..bytes.len() {
        let took = judge(folder.path(), &bytes[..length]);
        assert!(took < Duration::from_secs(5), "cut at {length}: {took:?}");
    }
}

#[test]
fn every_byte_of_the_structures_can_be_wrong() {
    let (folder, bytes) = small();
    for at in 0..bytes.len() {
        for value in [0x00, 0xff, bytes[at] ^ 0x01, bytes[at] ^ 0x80] {
            let mut changed = bytes.clone();
            changed[at] = value;
            let took = judge(folder.path(), &changed);
            assert!(took < Duration::from_secs(5), "byte {at} = {value}: {took:?}");
        }
    }
}

#[test]
fn sizes_that_a_header_claims_are_not_believed() {
    let (folder, bytes) = small();
    // the uncompressed size of the first central header
    let at = bytes.windows(4).position(|window| window == b"PK\x01\x02").unwrap() + 24;
    for claim in [u32::MAX, u32::MAX - 1, 1 << 31] {
        let mut changed = bytes.clone();
        changed[at..at + 4].copy_from_slice(&claim.to_le_bytes());
        judge(folder.path(), &changed);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    #[test]
    fn random_bytes_are_judged(bytes in proptest::collection::vec(any::<u8>(), 0..2048)) {
        let (folder, _) = small();
        judge(folder.path(), &bytes);
    }

    #[test]
    fn random_bytes_behind_a_zip_signature_are_judged(bytes in proptest::collection::vec(any::<u8>(), 0..512)) {
        let (folder, whole) = small();
        let mut mixed = whole[..whole.len() / 2].to_vec();
        mixed.extend_from_slice(&bytes);
        mixed.extend_from_slice(&whole[whole.len() - 22..]);
        judge(folder.path(), &mixed);
    }

    /// What a second reader lists is what we list: names, sizes, contents.
    #[test]
    fn two_readers_agree_on_honest_zips(files in proptest::collection::btree_map("[a-z]{1,8}(/[a-z]{1,8}){0,3}\\.py", proptest::collection::vec(any::<u8>(), 0..600), 1..12), stored: bool) {
        let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
        let method = if stored { zip::CompressionMethod::Stored } else { zip::CompressionMethod::Deflated };
        for (name, content) in &files {
            writer.start_file(name, zip::write::SimpleFileOptions::default().compression_method(method)).unwrap();
            std::io::Write::write_all(&mut writer, content).unwrap();
        }
        let bytes = writer.finish().unwrap().into_inner();
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.zip");
        fs::write(&path, &bytes).unwrap();
        let ours = Archive::open(&path, &Limits::default()).unwrap();
        let mut theirs = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        prop_assert!(ours.anomalies().is_empty());
        prop_assert_eq!(ours.entries().len(), theirs.len());
        let mut scratch = Scratch::default();
        for (index, entry) in ours.entries().iter().enumerate() {
            let mut other = theirs.by_index(index).unwrap();
            prop_assert_eq!(entry.path.as_str(), other.name().unwrap());
            let mut content = Vec::new();
            other.read_to_end(&mut content).unwrap();
            prop_assert_eq!(ours.read(index, &mut scratch).unwrap(), content.as_slice());
            prop_assert_eq!(ours.read_prefix(index, 10, &mut scratch).unwrap(), &content[..content.len().min(10)]);
        }
    }
}

#[test]
fn limits_are_kept_and_named() {
    let (folder, bytes) = small();
    let path = folder.path().join("deps.zip");
    fs::write(&path, bytes).unwrap();
    let limits = Limits { entries: 3, entry_bytes: 10, ..Limits::default() };
    let archive = Archive::open(&path, &limits).unwrap();
    let breaches: Vec<&str> = archive
        .anomalies()
        .iter()
        .filter_map(|anomaly| match &anomaly.kind {
            AnomalyKind::LimitReached(breach) => Some(breach.name),
            _ => None,
        })
        .collect();
    assert_eq!(breaches, ["entries", "entry-bytes"]);
    assert!(matches!(archive.read(2, &mut Scratch::default()), Err(AnomalyKind::LimitReached(_))));
}

#[cfg(unix)]
#[test]
fn a_folder_with_a_loop_and_a_fifo_is_walked_once_and_nothing_in_it_blocks() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("layer");
    fs::create_dir_all(root.join("python/pkg")).unwrap();
    fs::write(root.join("python/pkg/__init__.py"), "x = 1").unwrap();
    std::os::unix::fs::symlink("../..", root.join("python/loop")).unwrap();
    let made = std::process::Command::new("mkfifo").arg(root.join("python/pkg/pipe.so")).status();
    let archive = Archive::open(&root, &Limits::default()).unwrap();
    let expected = if made.is_ok_and(|status| status.success()) { 5 } else { 4 };
    assert_eq!(
        archive.entries().len(),
        expected,
        "{:?}",
        archive.entries().iter().map(|entry| entry.path.clone()).collect::<Vec<_>>()
    );
    let mut scratch = Scratch::default();
    for index in 0..archive.entries().len() {
        let _ = archive.read(index, &mut scratch);
        let _ = archive.read_prefix(index, 10, &mut scratch);
    }
}
