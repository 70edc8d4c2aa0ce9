//! One lie each, told by changing bytes of an honest zip, and the name it is given.

use super::*;
use crate::{
    archive::{
        Scratch,
        anomaly::{Disguise, LimitBreach, MethodNumber},
    },
    model::size::Bytes,
};

fn of_archive(kind: AnomalyKind) -> Vec<Anomaly> {
    vec![Anomaly { entry: None, kind }]
}

fn of_entry(entry: usize, kind: AnomalyKind) -> Vec<Anomaly> {
    vec![Anomaly { entry: Some(entry), kind }]
}

/// What reading the first entry of a changed zip comes to.
fn read_first(change: impl FnOnce(&mut Vec<u8>)) -> AnomalyKind {
    let mut bytes = two_files();
    change(&mut bytes);
    let (_folder, archive) = open(&bytes);
    archive.read(0, &mut Scratch::default()).unwrap_err()
}

fn length(bytes: &[u8]) -> u64 {
    u64::try_from(bytes.len()).unwrap()
}

#[test]
fn other_files_are_told_by_their_beginning() {
    let mut tar = vec![b'a'; 512];
    tar[257..262].copy_from_slice(b"ustar");
    let long = "ä".repeat(400).into_bytes();
    for (bytes, disguise) in [
        (&b""[..], Disguise::EmptyFile),
        (b"\n<!DOCTYPE html><p>Sign in", Disguise::Html),
        (b"\xef\xbb\xbf<html>", Disguise::Html),
        (b"<!-- proxy --><HTML><body>no", Disguise::Html),
        (b"<?xml version='1.0'?><Error>", Disguise::Xml),
        (b"<Error><Code>AccessDenied", Disguise::Xml),
        (b"{\"Code\": {}}", Disguise::Json),
        (b"\xef\xbb\xbf[]", Disguise::Json),
        (b"UEsDBBQAAAAI", Disguise::Base64Zip),
        (b"UEsFBgAAAAAA", Disguise::Base64Zip),
        (b"\x1f\x8b\x08\x00", Disguise::Gzip),
        (&tar, Disguise::Tar),
        (b"BZh91AY", Disguise::Bzip2),
        (b"\xfd7zXZ\x00", Disguise::Xz),
        (b"\x28\xb5\x2f\xfd\x24", Disguise::Zstd),
        (b"7z\xbc\xaf\x27\x1c", Disguise::SevenZip),
        (b"Rar!\x1a\x07", Disguise::Rar),
        (b"PK\x03\x04 and no more", Disguise::CutZip),
        (b"version https://git-lfs.github.com/spec/v1", Disguise::LfsPointer),
        (b"dist/layer.zip", Disguise::Text),
        (&long[..511], Disguise::Text),
        (b"x\xffy\x00", Disguise::Unknown),
        (b"\x00\x01\x02", Disguise::Unknown),
        (b"a PK\x05\x06 in a letter", Disguise::Text),
    ] {
        assert_eq!(anomalies(bytes), of_archive(AnomalyKind::NotAZip(disguise)), "{bytes:?}");
    }
}

#[test]
fn a_zip_without_entries_is_empty() {
    assert_eq!(anomalies(&zip_of(&[], CompressionMethod::Stored)), of_archive(AnomalyKind::Empty));
}

#[test]
fn a_cut_in_the_end_record_says_how_much_is_missing() {
    let whole = two_files();
    let cut = &whole[..whole.len() - 3];
    let kind = AnomalyKind::Truncated { needed: length(&whole), length: length(cut) };
    assert_eq!(anomalies(cut), of_archive(kind));
}

#[test]
fn bytes_missing_before_the_directory_are_missed() {
    let whole = two_files();
    let at = place_of(&whole, CENTRAL, 0);
    let cut = [&whole[..30], &whole[at..]].concat();
    let found = anomalies(&cut);
    assert!(
        matches!(
            found[..],
            [Anomaly { kind: AnomalyKind::Truncated { .. } | AnomalyKind::BrokenDirectory { .. }, .. }]
        ),
        "{found:?}"
    );
}

#[test]
fn a_cut_zip_is_not_taken_for_a_zip_that_is_stored_in_it() {
    let inner = two_files();
    let outer = zip_of(&[("lib/x.jar", &inner), ("z", b"last")], CompressionMethod::Stored);
    let cut = &outer[..place_of(&outer, CENTRAL, 2) - 2];
    assert_eq!(anomalies(cut), of_archive(AnomalyKind::NotAZip(Disguise::CutZip)));
}

#[test]
fn entries_beyond_the_end_are_one_anomaly() {
    let mut bytes = two_files();
    patch(&mut bytes, CENTRAL, 0, 20, 900_000_u32.to_le_bytes());
    patch(&mut bytes, CENTRAL, 1, 20, 800_000_u32.to_le_bytes());
    let needed = 30 + 11 + 900_000;
    assert_eq!(anomalies(&bytes), of_entry(0, AnomalyKind::Truncated { needed, length: length(&bytes) }));
    let truncated = AnomalyKind::Truncated { needed, length: length(&bytes) };
    assert_eq!(open(&bytes).1.read(0, &mut Scratch::default()), Err(truncated));
}

#[test]
fn a_directory_that_breaks_off_keeps_what_was_read() {
    let mut bytes = two_files();
    patch(&mut bytes, CENTRAL, 1, 0, *b"PK\x00\x00");
    let (_folder, archive) = open(&bytes);
    assert_eq!(archive.entries().len(), 1);
    assert_eq!(kinds(&archive), [AnomalyKind::BrokenDirectory { read: 1, promised: 2 }]);
}

#[test]
fn a_wrong_count_of_entries_is_named() {
    let mut bytes = two_files();
    patch(&mut bytes, END, 0, 10, 9_u16.to_le_bytes());
    assert_eq!(anomalies(&bytes), of_archive(AnomalyKind::BrokenDirectory { read: 2, promised: 9 }));
}

/// Positions that no file system can seek to are content, not a failing disk.
#[test]
fn a_zip64_locator_that_points_nowhere_is_no_error_of_the_disk() {
    let whole = two_files();
    let at = place_of(&whole, END, 0);
    for offset in [u64::MAX, u64::MAX - 60, 1 << 63, (1 << 63) - 1] {
        let locator = [&b"PK\x06\x07\0\0\0\0"[..], &offset.to_le_bytes(), &[1, 0, 0, 0]].concat();
        let bytes = [&whole[..at], &locator, &whole[at..]].concat();
        assert_eq!(open(&bytes).1.entries().len(), 2, "{offset:x}");
    }
}

#[test]
fn duplicates_point_at_the_first_and_the_last_wins() {
    let mut bytes = zip_of(&[("a/x", b"one"), ("a/y", b"two"), ("b", b"b")], CompressionMethod::Stored);
    patch(&mut bytes, CENTRAL, 1, 46, *b"a/x");
    let (_folder, archive) = open(&bytes);
    let kind = AnomalyKind::DuplicateEntry { first: 0, same_content: false };
    assert_eq!(archive.anomalies(), of_entry(1, kind));
    assert_eq!(archive.position("a/x"), Some(1));
}

#[test]
fn names_that_only_look_alike_after_decoding_are_no_duplicates() {
    let mut bytes = zip_of(&[("a1", b"one"), ("a2", b"two")], CompressionMethod::Stored);
    patch(&mut bytes, CENTRAL, 0, 46, *b"a\xfe");
    patch(&mut bytes, CENTRAL, 1, 46, *b"a\xff");
    let (_folder, archive) = open(&bytes);
    assert_eq!(kinds(&archive), []);
    assert_eq!(archive.entries()[1].name_bytes(), b"a\xff");
}

#[test]
fn encryption_and_odd_methods_are_named_once() {
    let mut bytes = two_files();
    patch(&mut bytes, CENTRAL, 0, 8, 1_u16.to_le_bytes());
    patch(&mut bytes, CENTRAL, 1, 10, 99_u16.to_le_bytes());
    assert_eq!(kinds(&open(&bytes).1), [AnomalyKind::Encrypted, AnomalyKind::Encrypted]);
    let mut bytes = two_files();
    patch(&mut bytes, CENTRAL, 0, 10, 14_u16.to_le_bytes());
    let kind = AnomalyKind::UnsupportedMethod(MethodNumber(14));
    assert_eq!(anomalies(&bytes), of_entry(0, kind.clone()));
    let mut scratch = Scratch::default();
    assert_eq!(open(&bytes).1.read_prefix(0, 9, &mut scratch), Err(kind));
}

#[test]
fn contents_that_disagree_with_the_directory_are_refused() {
    let wrong = read_first(|bytes| patch(bytes, CENTRAL, 0, 16, 7_u32.to_le_bytes()));
    assert!(matches!(wrong, AnomalyKind::BadCrc { expected: 7, .. }), "{wrong:?}");
    for size in [1_199_u32, 1_201] {
        let wrong = read_first(|bytes| patch(bytes, CENTRAL, 0, 24, size.to_le_bytes()));
        assert_eq!(wrong, AnomalyKind::BadSize { expected: Bytes(size.into()) });
    }
    let wrong = read_first(|bytes| patch(bytes, LOCAL, 0, 41, [0x07; 4]));
    assert_eq!(wrong, AnomalyKind::CorruptStream);
    let wrong = read_first(|bytes| patch(bytes, LOCAL, 0, 0, *b"PK\x09\x09"));
    assert_eq!(wrong, AnomalyKind::MissingLocalHeader);
}

#[test]
fn a_stored_entry_of_another_size_is_refused() {
    let mut bytes = zip_of(&[("a", b"abcdef")], CompressionMethod::Stored);
    patch(&mut bytes, CENTRAL, 0, 24, 5_u32.to_le_bytes());
    let (_folder, archive) = open(&bytes);
    let mut scratch = Scratch::default();
    let wrong = archive.read(0, &mut scratch);
    assert_eq!(wrong, Err(AnomalyKind::BadSize { expected: Bytes(5) }));
}

#[test]
fn the_beginning_of_a_corrupt_stream_is_a_corrupt_stream() {
    let mut bytes = two_files();
    patch(&mut bytes, LOCAL, 0, 41, [0x07; 4]);
    let mut scratch = Scratch::default();
    assert_eq!(open(&bytes).1.read_prefix(0, 100, &mut scratch), Err(AnomalyKind::CorruptStream));
    let mut bytes = two_files();
    patch(&mut bytes, CENTRAL, 0, 20, 4_u32.to_le_bytes());
    assert_eq!(open(&bytes).1.read_prefix(0, 900, &mut scratch), Err(AnomalyKind::CorruptStream));
}

#[test]
fn more_than_deflate_can_hold_is_not_made_room_for() {
    let mut bytes = two_files();
    patch(&mut bytes, CENTRAL, 1, 24, 400_000_000_u32.to_le_bytes());
    let (_folder, archive) = open(&bytes);
    let kind = AnomalyKind::ImpossibleRatio {
        compressed: archive.entries()[1].compressed,
        declared: Bytes(400_000_000),
    };
    assert_eq!(archive.anomalies(), of_entry(1, kind.clone()));
    assert_eq!(archive.read(1, &mut Scratch::default()), Err(kind));
}

#[test]
fn every_limit_is_kept_and_named() {
    let bytes = two_files();
    let reached = |limits: &Limits| kinds(&open_with(&bytes, limits).1);
    let breach = |name, limit, actual| vec![AnomalyKind::LimitReached(LimitBreach { name, limit, actual })];
    let defaults = Limits::default();
    assert_eq!(reached(&Limits { entries: 1, ..defaults }), breach("entries", 1, 2));
    assert_eq!(reached(&Limits { entries: 2, ..defaults }), []);
    assert_eq!(reached(&Limits { entry_bytes: 1_000, ..defaults }), breach("entry-bytes", 1_000, 1_200));
    assert_eq!(reached(&Limits { bytes: 1_204, ..defaults }), breach("bytes", 1_204, 1_205));
    assert_eq!(reached(&Limits { bytes: 1_205, ..defaults }), []);
    let directory = length(&bytes[place_of(&bytes, CENTRAL, 0)..place_of(&bytes, END, 0)]);
    let limits = Limits { directory_bytes: directory - 1, ..defaults };
    assert_eq!(reached(&limits), breach("directory-bytes", directory - 1, directory));
    assert_eq!(reached(&Limits { directory_bytes: directory, ..defaults }), []);
}

#[test]
fn nothing_is_inflated_of_a_package_that_declares_too_much() {
    let limits = Limits { bytes: 1_204, ..Limits::default() };
    let (_folder, archive) = open_with(&two_files(), &limits);
    let mut scratch = Scratch::default();
    assert!(matches!(archive.read(1, &mut scratch), Err(AnomalyKind::LimitReached(_))));
    assert!(matches!(archive.read_prefix(1, 2, &mut scratch), Err(AnomalyKind::LimitReached(_))));
}

/// Entries that share bytes cost their compressed size each: it counts as much as what they declare.
#[test]
fn compressed_bytes_count_against_the_limit_too() {
    let mut bytes = zip_of(&[("a", &[7; 3_000]), ("b", b"")], CompressionMethod::Stored);
    patch(&mut bytes, CENTRAL, 0, 24, 1_u32.to_le_bytes());
    let limits = Limits { bytes: 2_999, ..Limits::default() };
    let breach = LimitBreach { name: "bytes", limit: 2_999, actual: 3_000 };
    assert_eq!(kinds(&open_with(&bytes, &limits).1), [AnomalyKind::LimitReached(breach)]);
}

#[test]
fn a_zip_that_shrinks_while_it_is_read_is_unreadable() {
    let (folder, archive) = open(&two_files());
    fs::write(folder.path().join("x.zip"), b"").unwrap();
    let mut scratch = Scratch::default();
    assert!(matches!(archive.read(0, &mut scratch), Err(AnomalyKind::Unreadable(_))));
    assert!(matches!(archive.read_prefix(0, 10, &mut scratch), Err(AnomalyKind::Unreadable(_))));
}

#[test]
fn the_time_in_which_nobody_reads_does_not_count() {
    let limits = Limits { seconds: 1, ..Limits::default() };
    let (_folder, archive) = open_with(&two_files(), &limits);
    let (mut busy, mut late) = (Scratch::default(), Scratch::default());
    assert!(archive.read(0, &mut busy).is_ok());
    std::thread::sleep(std::time::Duration::from_millis(1_010));
    assert!(archive.read(1, &mut late).is_ok(), "it has waited for other packages");
    let breach = LimitBreach { name: "seconds", limit: 1, actual: 2 };
    assert_eq!(
        archive.read(1, &mut busy),
        Err(AnomalyKind::LimitReached(breach)),
        "a thread has worked on what it read"
    );
}
