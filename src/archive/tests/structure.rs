//! Each way in which two readers can see two archives in one file, by the classes of docs/zip-ambiguities.md.

#[path = "../../../tests/support/raw_zip.rs"]
#[allow(unreachable_pub, reason = "shared with the tests of the whole program")]
mod raw_zip;

use raw_zip::{Raw, end, extra, honest, locator, raw, zip_from, zip64};

use super::*;
use crate::archive::anomaly::{Ambiguity, HeaderField, Looks, Surplus};

fn found(bytes: &[u8]) -> Vec<AnomalyKind> {
    open(bytes).1.structure().into_iter().map(|anomaly| anomaly.kind).collect()
}

fn fields(bytes: &[u8]) -> Vec<HeaderField> {
    found(bytes)
        .into_iter()
        .filter_map(|kind| match kind {
            AnomalyKind::HeaderMismatch(differences) => Some(differences),
            _ => None,
        })
        .flatten()
        .map(|difference| difference.field)
        .collect()
}

fn ambiguities(bytes: &[u8]) -> Vec<Ambiguity> {
    found(bytes)
        .into_iter()
        .filter_map(|kind| match kind {
            AnomalyKind::Ambiguous(ambiguity) => Some(ambiguity),
            _ => None,
        })
        .collect()
}

fn one_lie(lie: impl Fn(&mut Raw)) -> Vec<u8> {
    let truth = raw("test", b"test");
    let mut local = truth.clone();
    lie(&mut local);
    zip_from(0, &[(local, truth)], b"")
}

#[test]
fn honest_archives_are_silent() {
    let two = [raw("a", b"1"), raw("b/", b"")];
    assert_eq!(found(&honest(&two)), []);
    assert_eq!(found(&two_files()), []);
    let commented = zip_from(0, &[(raw("a", b"1"), raw("a", b"1"))], b"made by hand");
    assert_eq!(found(&commented), []);
    // a zip is content like any other, stored or not
    let outer = honest(&[raw("inner.zip", &honest(&two)), raw("z", b"2")]);
    assert_eq!(found(&outer), []);
}

#[test]
fn descriptors_of_all_four_shapes_are_honest() {
    let zeros = Raw { flags: 8, crc: 0, compressed: 0, size: 0, ..raw("a", b"test") };
    let truth = Raw { flags: 8, ..raw("a", b"test") };
    for signed in [true, false] {
        for wide in [true, false] {
            let mut local = zeros.clone();
            if wide {
                local.extra = extra(1, &[0; 16]);
                (local.compressed, local.size) = (u32::MAX, u32::MAX);
            }
            if signed {
                local.data.extend_from_slice(b"PK\x07\x08");
            }
            local.data.extend_from_slice(&truth.crc.to_le_bytes());
            for _ in 0..2 {
                if wide {
                    local.data.extend_from_slice(&4_u64.to_le_bytes());
                } else {
                    local.data.extend_from_slice(&4_u32.to_le_bytes());
                }
            }
            let next = raw("b", b"2");
            let bytes = zip_from(0, &[(local, truth.clone()), (next.clone(), next)], b"");
            assert_eq!(found(&bytes), [], "signed {signed}, wide {wide}");
        }
    }
}

#[test]
fn a1_methods() {
    assert_eq!(fields(&one_lie(|local| local.method = 8)), [HeaderField::Method]);
}

#[test]
fn a2_sizes() {
    assert_eq!(fields(&one_lie(|local| local.compressed = 0)), [HeaderField::CompressedSize]);
    assert_eq!(fields(&one_lie(|local| local.size = 0)), [HeaderField::Size]);
    assert_eq!(fields(&one_lie(|local| local.crc = 0)), [HeaderField::Crc]);
    // a size that points at a zip64 field that is not there, one that says otherwise, and two of them
    assert_eq!(fields(&one_lie(|local| local.size = u32::MAX)), [HeaderField::Zip64]);
    let wide = [9_u64.to_le_bytes(), 9_u64.to_le_bytes()].concat();
    let other = one_lie(|local| {
        local.size = u32::MAX;
        local.extra = extra(1, &wide);
    });
    assert_eq!(fields(&other), [HeaderField::Size]);
    let twice = one_lie(|local| local.extra = [extra(1, &wide), extra(1, &wide)].concat());
    assert_eq!(fields(&twice), [HeaderField::Zip64]);
    // the flag asks for a descriptor, and what follows is none
    let flags = |one: Raw| Raw { flags: 8, ..one };
    let zeros = Raw { crc: 0, compressed: 0, size: 0, ..flags(raw("test", b"test")) };
    let none = zip_from(0, &[(zeros, flags(raw("test", b"test")))], b"");
    assert_eq!(fields(&none), [HeaderField::Descriptor]);
}

#[test]
fn a3_names() {
    assert_eq!(fields(&one_lie(|local| local.name = "evil")), [HeaderField::Name]);
    let path =
        |name: &[u8]| extra(0x7075, &[&[1], &crc32fast::hash(b"test").to_le_bytes()[..], name].concat());
    let (mut local, mut central) = (raw("test", b"test"), raw("test", b"test"));
    (local.extra, central.extra) = (path(b"evil"), path(b"good"));
    let bytes = zip_from(0, &[(local, central)], b"");
    assert_eq!(fields(&bytes), [HeaderField::UnicodeName]);
    let (_folder, archive) = open(&bytes);
    let other = archive.entries()[0].unicode_name.as_ref().unwrap();
    assert_eq!((&*other.bytes, other.valid), (&b"good"[..], true));
}

#[test]
fn a5_encryption() {
    assert_eq!(fields(&one_lie(|local| local.flags = 1)), [HeaderField::Flags]);
}

#[test]
fn c1_entries_that_the_directory_does_not_list() {
    let (a, hidden) = (raw("a", b"1"), raw("hidden", b"2"));
    let local = [a.local(), hidden.local()].concat();
    let central = a.central(0);
    let bytes = [&local[..], &central, &end(1, central.len(), local.len(), b"")].concat();
    assert_eq!(ambiguities(&bytes), [Ambiguity::HiddenEntry("hidden".to_owned())]);
    // the other way round: an entry that lies in the comment of the archive
    let bytes = [&a.local()[..], &{
        let start = a.local().len();
        let directory = [a.central(0), hidden.central(start + 2 * 46 + 1 + 6 + 22)].concat();
        [directory.clone(), end(2, directory.len(), start, &hidden.local())].concat()
    }]
    .concat();
    assert!(ambiguities(&bytes).contains(&Ambiguity::EntryBehindDirectory));
}

#[test]
fn c2_several_end_records() {
    let one = honest(&[raw("a", b"1")]);
    // the second one in the comment of the first, which is what readers that search from the end take
    let second = zip_from(one.len(), &[(raw("b", b"2"), raw("b", b"2"))], b"");
    let mut bytes = one.clone();
    let at = bytes.len() - 2;
    bytes[at..].copy_from_slice(&u16::try_from(second.len()).unwrap().to_le_bytes());
    let bytes = [bytes, second].concat();
    assert_eq!(ambiguities(&bytes), [Ambiguity::HiddenEntry("a".to_owned())]);
    // one that is hidden in the comment of an entry
    let commented = Raw { comment: end(0, 0, 0, b""), ..raw("a", b"1") };
    assert_eq!(ambiguities(&honest(&[commented])), [Ambiguity::SecondEnd { behind: false }]);
}

#[test]
fn c3_counts_and_sizes() {
    let mut bytes = honest(&[raw("a", b"1"), raw("b", b"2")]);
    patch(&mut bytes, END, 0, 10, 1_u16.to_le_bytes());
    assert_eq!(ambiguities(&bytes), [Ambiguity::Count { promised: 1, read: 2 }, Ambiguity::Disks]);
    patch(&mut bytes, END, 0, 10, 2_u16.to_le_bytes());
    assert_eq!(ambiguities(&bytes), []);
    patch(&mut bytes, END, 0, 8, 1_u16.to_le_bytes());
    assert_eq!(ambiguities(&bytes), [Ambiguity::Disks]);
    patch(&mut bytes, END, 0, 8, 2_u16.to_le_bytes());
    patch(&mut bytes, END, 0, 12, 47_u32.to_le_bytes());
    assert_eq!(ambiguities(&bytes), [Ambiguity::DirectorySize { declared: 47, actual: 94 }]);
}

#[test]
fn c4_two_directories() {
    let (a, b) = (raw("a", b"1"), raw("b", b"2"));
    let first = [a.local(), a.central(0)].concat();
    let second = [b.local(), b.central(first.len())].concat();
    // the offset leads to the first directory, and the second one stands before the end record
    let bytes = [&first[..], &second, &end(1, b.central(0).len(), a.local().len(), b"")].concat();
    assert_ne!(found(&bytes), []);
    assert!(ambiguities(&bytes).iter().any(|one| matches!(one, Ambiguity::HiddenEntry(name) if name == "b")));
}

#[test]
fn c5_zip64() {
    let a = raw("a", b"1");
    let (local, central) = (a.local(), a.central(0));
    let at = local.len() + central.len();
    let build = |record: Vec<u8>, gap: &[u8], pointed: usize, classic: Vec<u8>| {
        [&local[..], &central, &record, gap, &locator(pointed), &classic].concat()
    };
    let classic = || end(1, central.len(), local.len(), b"");
    let record = || zip64(1, central.len(), local.len());
    assert_eq!(found(&build(record(), b"", at, classic())), []);
    let elsewhere = end(u16::MAX, u32::MAX as usize, u32::MAX as usize, b"");
    assert_eq!(found(&build(record(), b"", at, elsewhere)), []);
    let contradicting = build(record(), b"", at, end(2, central.len(), local.len(), b""));
    assert_eq!(ambiguities(&contradicting), [Ambiguity::Zip64Contradicts]);
    let two = build([record(), record()].concat(), b"", at, classic());
    assert!(ambiguities(&two).contains(&Ambiguity::Zip64Elsewhere));
    assert!(ambiguities(&two).contains(&Ambiguity::Zip64Stray));
    // a byte between locator and end record hides the locator from readers that look directly before it
    let hidden = [&local[..], &central, &record(), &locator(at), b"\0", &classic()].concat();
    assert!(ambiguities(&hidden).contains(&Ambiguity::Zip64Stray));
}

#[test]
fn bytes_of_nobody_are_told_by_their_place() {
    let whole = honest(&[raw("a", b"1")]);
    let surplus = |place, bytes, looks| AnomalyKind::ExtraData {
        place,
        bytes: crate::model::size::Bytes(bytes),
        looks,
    };
    let before = [b"#!/bin/sh\n", &whole[..]].concat();
    assert_eq!(found(&before), [surplus(Surplus::Before, 10, Looks::Script)]);
    let behind = [&whole[..], b"more"].concat();
    assert_eq!(found(&behind), [surplus(Surplus::Behind, 4, Looks::Other)]);
}

#[test]
fn entries_that_share_bytes() {
    let (a, b) = (raw("a", b"1"), raw("b", b"2"));
    let long = Raw { compressed: 20, size: 20, ..a.clone() };
    let bytes = zip_from(0, &[(Raw { data: a.data.clone(), ..long.clone() }, long), (b.clone(), b)], b"");
    assert!(found(&bytes).contains(&AnomalyKind::Overlap { with: 0 }), "{:?}", found(&bytes));
}
