//! Packages without a lie in them.

use std::{
    collections::BTreeMap,
    io::{Cursor, Read, Write},
};

use proptest::prelude::*;
use zip::{
    CompressionMethod, System, ZipWriter,
    write::{SimpleFileOptions, StreamWriter},
};

use super::*;
use crate::archive::{
    Scratch,
    entry::{EntryKind, Host, SpecialFile},
};

#[test]
fn an_archive_is_shared_between_threads() {
    fn shared<T: Send + Sync>() {}
    shared::<Archive>();
}

#[test]
fn sizes_that_are_only_in_a_data_descriptor_are_read() {
    let mut writer = ZipWriter::new_stream(Vec::new());
    writer.start_file("a.txt", SimpleFileOptions::default()).unwrap();
    writer.write_all(&b"streamed ".repeat(100)).unwrap();
    let bytes = writer.finish().map(StreamWriter::into_inner).unwrap();
    let (_folder, archive) = open(&bytes);
    assert_eq!(kinds(&archive), []);
    assert!(archive.entries()[0].flags & 8 != 0);
    assert_eq!(archive.read(0, &mut Scratch::default()).unwrap(), b"streamed ".repeat(100));
}

#[test]
fn zip64_entries_are_read() {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file("a.txt", SimpleFileOptions::default().large_file(true)).unwrap();
    writer.write_all(b"large").unwrap();
    writer.set_raw_zip64_extensible_data_sector(Box::from(&b""[..]));
    let (_folder, archive) = open(&writer.finish().unwrap().into_inner());
    assert_eq!(kinds(&archive), []);
    assert_eq!(archive.read(0, &mut Scratch::default()).unwrap(), b"large");
}

#[test]
fn more_entries_than_sixteen_bits_count_are_all_there() {
    let names: Vec<String> = (0..65_540).map(|at| format!("f{at}")).collect();
    let files: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b""[..])).collect();
    let (_folder, archive) = open(&zip_of(&files, CompressionMethod::Stored));
    assert_eq!((archive.entries().len(), kinds(&archive)), (65_540, vec![]));
}

/// Zippers without zip64 let the count wrap, and every unzipper follows the directory.
#[test]
fn a_count_that_wrapped_at_sixteen_bits_is_no_lie() {
    let one = two_files();
    let (start, end) = (place_of(&one, CENTRAL, 1), place_of(&one, END, 0));
    let record = one[start..end].to_vec();
    let mut bytes = one[..start].to_vec();
    for at in 0..65_540_u32 {
        let mut record = record.clone();
        record[46..57].copy_from_slice(format!("py/{at:08}").as_bytes());
        bytes.extend_from_slice(&record);
    }
    let directory = u32::try_from(bytes.len() - place_of(&one, CENTRAL, 0)).unwrap();
    bytes.extend_from_slice(&one[end..]);
    patch(&mut bytes, END, 0, 10, 5_u16.to_le_bytes());
    patch(&mut bytes, END, 0, 8, 5_u16.to_le_bytes());
    patch(&mut bytes, END, 0, 12, directory.to_le_bytes());
    let (_folder, archive) = open(&bytes);
    assert_eq!((archive.entries().len(), kinds(&archive)), (65_541, vec![]));
}

#[test]
fn bytes_before_and_behind_a_zip_are_passed_over() {
    let whole = two_files();
    for bytes in [[b"#!/bin/sh\n", whole.as_slice()].concat(), [whole.as_slice(), b"\n\n"].concat()] {
        let (_folder, archive) = open(&bytes);
        assert_eq!(kinds(&archive), []);
        assert_eq!(archive.read(1, &mut Scratch::default()).unwrap(), b"y = 2");
    }
}

#[test]
fn a_comment_that_quotes_an_end_record_is_a_comment() {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file("a.txt", SimpleFileOptions::default()).unwrap();
    writer.set_raw_comment(Box::from(&b"PK\x05\x06 said the zip"[..])).unwrap();
    let (_folder, archive) = open(&writer.finish().unwrap().into_inner());
    assert_eq!((archive.entries().len(), kinds(&archive)), (1, vec![]));
}

#[test]
fn what_an_entry_is_follows_its_maker() {
    let unix = |name: &str, mode: u32| {
        let mut bytes = zip_of(&[(name, b"")], CompressionMethod::Stored);
        patch(&mut bytes, CENTRAL, 0, 38, (mode << 16 | 0x10).to_le_bytes());
        open(&bytes).1.entries()[0].kind
    };
    assert_eq!(unix("link", 0o120_777), EntryKind::Symlink);
    assert_eq!(unix("folder", 0o040_755), EntryKind::Directory);
    assert_eq!(unix("folder/", 0), EntryKind::Directory);
    assert_eq!(unix("folder/", 0o100_644), EntryKind::Directory);
    assert_eq!(unix("pipe", 0o010_644), EntryKind::Special(SpecialFile::Fifo));
    assert_eq!(unix("socket", 0o140_644), EntryKind::Special(SpecialFile::Socket));
    assert_eq!(unix("disk", 0o060_644), EntryKind::Special(SpecialFile::Device));
    // the DOS attribute of a folder says nothing in an entry made on Unix
    assert_eq!(unix("plain", 0), EntryKind::File);
    assert_eq!(unix("plain", 0o644), EntryKind::File);
}

#[test]
fn an_entry_from_windows_is_a_folder_by_its_attribute() {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file("folder", SimpleFileOptions::default().system(System::Dos)).unwrap();
    let mut bytes = writer.finish().unwrap().into_inner();
    patch(&mut bytes, CENTRAL, 0, 38, 0x10_u32.to_le_bytes());
    let (_folder, archive) = open(&bytes);
    let entry = &archive.entries()[0];
    assert_eq!((entry.mode.host, entry.kind, entry.mode.bits), (Host::FAT, EntryKind::Directory, 0));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    /// Whatever tree is zipped, the archive is that tree, and another reader agrees.
    #[test]
    fn a_tree_comes_back(
        files in proptest::collection::btree_map(
            "[a-zà-ü]{1,6}(/[a-z]{1,6}){0,3}",
            (proptest::collection::vec(any::<u8>(), 0..2000), any::<bool>(), 0..0o1000_u32),
            1..10,
        )
    ) {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        for (name, (content, stored, mode)) in &files {
            let method = if *stored { CompressionMethod::Stored } else { CompressionMethod::Deflated };
            let options = SimpleFileOptions::default().compression_method(method).unix_permissions(*mode);
            writer.start_file(name, options).unwrap();
            writer.write_all(content).unwrap();
        }
        let bytes = writer.finish().unwrap().into_inner();
        let (_folder, archive) = open(&bytes);
        let mut theirs = zip::ZipArchive::new(Cursor::new(&bytes)).unwrap();
        let mut scratch = Scratch::default();
        let mut ours = BTreeMap::new();
        for (index, entry) in archive.entries().iter().enumerate() {
            let mut other = theirs.by_index(index).unwrap();
            prop_assert_eq!(entry.size.0, other.size());
            prop_assert_eq!(entry.crc, Some(other.crc32()));
            let mut content = Vec::new();
            other.read_to_end(&mut content).unwrap();
            let half = content.len() / 2;
            prop_assert_eq!(archive.read_prefix(index, half, &mut scratch).unwrap(), &content[..half]);
            let whole = archive.read(index, &mut scratch).unwrap().to_vec();
            prop_assert_eq!(&whole, &content);
            ours.insert(entry.path.as_str().to_owned(), (whole, entry.mode.permissions()));
        }
        let expected: BTreeMap<_, _> =
            files.into_iter().map(|(name, (content, _, mode))| (name, (content, mode))).collect();
        prop_assert_eq!(ours, expected);
        prop_assert!(archive.anomalies().is_empty());
    }
}
