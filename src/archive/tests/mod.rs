//! What the room promises: honest packages read as they are, lies are named, nothing hostile panics or runs long.

#![allow(clippy::arithmetic_side_effects, reason = "a fault of a test is a panic")]

use std::{
    fs,
    io::{Cursor, Write},
};

use tempfile::TempDir;
use zip::{CompressionMethod, ZipWriter, write::SimpleFileOptions};

use super::{
    anomaly::{Anomaly, AnomalyKind},
    archive::Archive,
    limits::Limits,
};

mod folders;
mod honest;
mod hostile;
mod lies;
mod nested;
mod speed;
mod structure;

/// A zip of these files, deflated or stored.
fn zip_of(files: &[(&str, &[u8])], method: CompressionMethod) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        writer.start_file(*name, SimpleFileOptions::default().compression_method(method)).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// Two small deflated files: what most lies are told about.
fn two_files() -> Vec<u8> {
    let text = b"x = 1\n".repeat(200);
    zip_of(&[("python/a.py", &text), ("python/b.py", b"y = 2")], CompressionMethod::Deflated)
}

fn open_with(bytes: &[u8], limits: &Limits) -> (TempDir, Archive) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.zip");
    fs::write(&path, bytes).unwrap();
    let archive = Archive::open(&path, limits).unwrap();
    (folder, archive)
}

fn open(bytes: &[u8]) -> (TempDir, Archive) {
    open_with(bytes, &Limits::default())
}

/// What is wrong with a zip of these bytes.
fn anomalies(bytes: &[u8]) -> Vec<Anomaly> {
    open(bytes).1.anomalies().to_vec()
}

fn kinds(archive: &Archive) -> Vec<AnomalyKind> {
    archive.anomalies().iter().map(|anomaly| anomaly.kind.clone()).collect()
}

/// Where a signature stands for the `nth` time, from 0.
fn place_of(bytes: &[u8], signature: &[u8], nth: usize) -> usize {
    bytes.windows(signature.len()).enumerate().filter(|(_, at)| *at == signature).nth(nth).unwrap().0
}

const LOCAL: &[u8] = b"PK\x03\x04";
const CENTRAL: &[u8] = b"PK\x01\x02";
const END: &[u8] = b"PK\x05\x06";

/// Writes a number over the field `offset` bytes behind the `nth` signature.
fn patch<const N: usize>(bytes: &mut [u8], signature: &[u8], nth: usize, offset: usize, value: [u8; N]) {
    let at = place_of(bytes, signature, nth) + offset;
    bytes[at..at + N].copy_from_slice(&value);
}
