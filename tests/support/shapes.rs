//! Zips by name: what readers disagree about (the classes of docs/zip-ambiguities.md), what exhausts them, and what honest tools write.

use super::raw_zip::{CENTRAL, END, LOCAL, Raw, end, extra, honest, locator, raw, zip_from, zip64};

/// A zip and what it is.
pub type Shape = (&'static str, Vec<u8>);

/// Writes a number over the field `offset` bytes behind the `nth` signature.
pub fn patched<const N: usize>(
    mut bytes: Vec<u8>,
    signature: &[u8],
    nth: usize,
    offset: usize,
    value: [u8; N],
) -> Vec<u8> {
    let mut places = bytes.windows(signature.len()).enumerate().filter(|(_, at)| *at == signature);
    let at = places.nth(nth).unwrap().0 + offset;
    bytes[at..at + N].copy_from_slice(&value);
    bytes
}

fn one_lie(lie: impl Fn(&mut Raw)) -> Vec<u8> {
    let truth = raw("test.txt", b"test");
    let mut local = truth.clone();
    lie(&mut local);
    zip_from(0, &[(local, truth)], b"")
}

fn both(one: &Raw) -> (Raw, Raw) {
    (one.clone(), one.clone())
}

/// What two readers may take for two archives.
pub fn ambiguous() -> Vec<Shape> {
    [headers(), names(), records(), zip64_records()].concat()
}

fn headers() -> Vec<Shape> {
    let wide = [9_u64.to_le_bytes(), 9_u64.to_le_bytes()].concat();
    let (a, b) = (raw("a.txt", b"one"), raw("b.txt", b"two"));
    let long = Raw { compressed: 41, size: 41, ..a.clone() };
    let streamed = Raw { flags: 8, ..raw("test.txt", b"test") };
    let zeros = Raw { crc: 0, compressed: 0, size: 0, ..streamed.clone() };
    vec![
        ("another method at the entry", one_lie(|local| local.method = 8)),
        ("another compressed size at the entry", one_lie(|local| local.compressed = 0)),
        ("another size at the entry", one_lie(|local| local.size = 0)),
        ("another CRC-32 at the entry", one_lie(|local| local.crc = 0)),
        ("encrypted at the entry alone", one_lie(|local| local.flags = 1)),
        ("a size that points at a missing zip64 field", one_lie(|local| local.size = u32::MAX)),
        ("a zip64 field twice", one_lie(|local| local.extra = [extra(1, &wide), extra(1, &wide)].concat())),
        ("a descriptor that is none", zip_from(0, &[(zeros, streamed)], b"")),
        (
            "entries that share bytes",
            zip_from(0, &[(Raw { data: a.data.clone(), ..long.clone() }, long), both(&b)], b""),
        ),
        (
            "encrypted in the directory alone",
            patched(honest(std::slice::from_ref(&a)), CENTRAL, 0, 8, [1, 0]),
        ),
        ("a CRC-32 that is wrong twice", zip_from(0, &[both(&Raw { crc: 7, ..a.clone() })], b"")),
        ("no local header", patched(honest(&[a.clone(), b.clone()]), LOCAL, 1, 0, *b"PK\x09\x09")),
    ]
}

fn names() -> Vec<Shape> {
    let path =
        |name: &[u8]| extra(0x7075, &[&[1], &crc32fast::hash(b"test.txt").to_le_bytes()[..], name].concat());
    let unicode = |name: &[u8]| Raw { extra: path(name), ..raw("test.txt", b"test") };
    let two = |one, other| honest(&[raw(one, b"one"), raw(other, b"two")]);
    vec![
        ("another name at the entry", one_lie(|local| local.name = "evil.txt")),
        (
            "another Unicode path at the entry",
            zip_from(0, &[(unicode(b"evil.txt"), unicode(b"good.txt"))], b""),
        ),
        ("a Unicode path that is another name", honest(&[unicode(b"evil.txt")])),
        ("a path twice", two("a.txt", "a.txt")),
        ("a path in two spellings", two("a.txt", "./a.txt")),
        ("a path with two slashes", two("a/b.txt", "a//b.txt")),
        ("a path that goes up", honest(&[raw("../a.txt", b"one")])),
        ("a path that goes down and up", honest(&[raw("b/../a.txt", b"one")])),
        ("an absolute path", honest(&[raw("/etc/a.txt", b"one")])),
        ("a drive", honest(&[raw("C:/a.txt", b"one")])),
        ("backslashes", honest(&[raw("a\\b.txt", b"one")])),
        ("a file that is a folder too", two("a", "a/b.txt")),
        ("a folder with content", honest(&[raw("a/", b"one")])),
        ("a NUL in a name", honest(&[raw("a.txt\0.png", b"one")])),
        ("an escape in a name", honest(&[raw("a\x1b[31m.txt", b"one")])),
        ("no name", honest(&[raw("", b"one")])),
    ]
}

fn records() -> Vec<Shape> {
    let (a, b) = (raw("a.txt", b"one"), raw("b.txt", b"two"));
    let both_local = [a.local(), b.local()].concat();
    let one = honest(std::slice::from_ref(&a));
    let second = zip_from(one.len(), &[both(&b)], b"");
    let comment = u16::try_from(second.len()).unwrap().to_le_bytes();
    let counted = honest(&[a.clone(), b.clone()]);
    let first = [a.local(), a.central(0)].concat();
    let other = [b.local(), b.central(first.len())].concat();
    let size = a.central(0).len();
    vec![
        (
            "an entry that the directory does not list",
            [&both_local[..], &a.central(0), &end(1, size, both_local.len(), b"")].concat(),
        ),
        ("a zip in the comment of a zip", [&patched(one.clone(), END, 0, 20, comment)[..], &second].concat()),
        ("a zip behind a zip", [&one[..], &second].concat()),
        ("two zips, each with offsets of its own", [&one[..], &honest(std::slice::from_ref(&b))].concat()),
        ("an end record in a comment", honest(&[Raw { comment: end(0, 0, 0, b""), ..a.clone() }])),
        ("fewer entries promised", patched(patched(counted.clone(), END, 0, 10, [1, 0]), END, 0, 8, [1, 0])),
        ("more entries promised", patched(counted.clone(), END, 0, 10, [9, 0])),
        ("fewer entries on this disk", patched(counted.clone(), END, 0, 8, [1, 0])),
        ("another disk", patched(counted.clone(), END, 0, 4, [1, 0])),
        ("another size of the directory", patched(counted.clone(), END, 0, 12, 55_u32.to_le_bytes())),
        ("two directories", [&first[..], &other, &end(1, b.central(0).len(), a.local().len(), b"")].concat()),
        ("bytes before", [b"#!/bin/sh\n", &counted[..]].concat()),
        ("bytes behind", [&counted[..], b"more"].concat()),
        (
            "a comment that is a byte too short",
            [&patched(counted.clone(), END, 0, 20, [3, 0])[..], b"more"].concat(),
        ),
        ("a comment that is a byte too long", [&patched(counted, END, 0, 20, [5, 0])[..], b"more"].concat()),
    ]
}

fn zip64_records() -> Vec<Shape> {
    let (a, b) = (raw("a.txt", b"one"), raw("b.txt", b"two"));
    let entries = [a.local(), b.local()].concat();
    let directory = [a.central(0), b.central(a.local().len())].concat();
    let at = entries.len() + directory.len();
    let build = |record: Vec<u8>, pointed: usize, gap: &[u8], classic: Vec<u8>| {
        [&entries[..], &directory, &record, &locator(pointed), gap, &classic].concat()
    };
    let record = |count| zip64(count, directory.len(), entries.len());
    let classic = |count| end(count, directory.len(), entries.len(), b"");
    let elsewhere = || end(u16::MAX, u32::MAX as usize, u32::MAX as usize, b"");
    vec![
        ("a zip64 record that contradicts", build(record(1), at, b"", classic(2))),
        ("a zip64 record that counts one", build(record(1), at, b"", elsewhere())),
        ("two zip64 records", build([record(2), record(2)].concat(), at, b"", classic(2))),
        ("a zip64 locator to nowhere", build(record(2), 1 << 40, b"", elsewhere())),
        ("a byte behind the zip64 locator", build(record(1), at, b"\0", classic(2))),
        (
            "a zip64 record of another place",
            build(zip64(1, a.central(0).len(), entries.len()), at, b"", classic(2)),
        ),
    ]
}

/// What honest tools write, by hand.
pub fn benign() -> Vec<Shape> {
    let two = [raw("a.txt", b"one"), raw("b/c.txt", b"two")];
    let fat = |bytes: Vec<u8>, nth| {
        let bytes = patched(bytes, CENTRAL, nth, 5, [0]);
        patched(bytes, CENTRAL, nth, 38, 0x20_u32.to_le_bytes())
    };
    let utf8 = Raw { flags: 0x800, ..raw("python/größe.py", b"one") };
    let explorer = Raw { flags: 0, ..raw("python/readme.txt", b"one") };
    let folders = honest(&[raw("python/", b""), raw("python/a.py", b"x = 1"), raw("python/empty/", b"")]);
    let folders = patched(folders, CENTRAL, 0, 38, 0o040_755_u32.wrapping_shl(16).to_le_bytes());
    let folders = patched(folders, CENTRAL, 2, 38, 0o040_755_u32.wrapping_shl(16).to_le_bytes());
    vec![
        ("stored entries", honest(&two)),
        ("a comment", zip_from(0, &[both(&two[0])], b"made by hand")),
        ("a comment of an entry", honest(&[Raw { comment: b"first".to_vec(), ..two[0].clone() }])),
        ("UTF-8 names", honest(&[utf8])),
        ("empty folders", folders),
        ("Windows Explorer: FAT, no modes", fat(fat(honest(&[explorer, two[1].clone()]), 0), 1)),
        (".NET: FAT, UTF-8 flag", fat(honest(&[Raw { flags: 0x800, ..two[0].clone() }]), 0)),
        ("macOS: streamed, with times of its own", streamed(&extra(0x5855, &[0; 8]), false)),
        ("streamed with zip64", streamed(&extra(1, &[0; 16]), true)),
        ("java: the marker of a jar", jar()),
        ("zip64 records", {
            let entries = two[0].local();
            let directory = two[0].central(0);
            let record = zip64(1, directory.len(), entries.len());
            let pointed = entries.len() + directory.len();
            let classic = end(u16::MAX, u32::MAX as usize, u32::MAX as usize, b"");
            [entries, directory, record, locator(pointed), classic].concat()
        }),
        ("times of Info-ZIP", honest(&[Raw { extra: extra(0x5455, &[1, 0, 0, 0, 0]), ..two[0].clone() }])),
        ("a zip in a zip", honest(&[raw("inner.zip", &honest(&two)), raw("z.txt", b"2")])),
        ("zeros between entries", {
            let aligned = Raw { extra: extra(0xd935, &[4, 0, 0, 0]), ..two[0].clone() };
            honest(&[aligned, two[1].clone()])
        }),
    ]
}

/// A streamed entry: sizes follow the data.
fn streamed(more: &[u8], wide: bool) -> Vec<u8> {
    let truth = Raw { flags: 8, ..raw("python/a.py", b"x = 1") };
    let sizes = if wide { u32::MAX } else { 0 };
    let mut local = Raw { crc: 0, compressed: sizes, size: sizes, extra: more.to_vec(), ..truth.clone() };
    local.data.extend_from_slice(b"PK\x07\x08");
    local.data.extend_from_slice(&truth.crc.to_le_bytes());
    for _ in 0..2 {
        let size = u64::from(truth.size).to_le_bytes();
        local.data.extend_from_slice(if wide { &size } else { &size[..4] });
    }
    zip_from(0, &[(local, truth)], b"")
}

fn jar() -> Vec<u8> {
    let marker =
        Raw { extra: extra(0xcafe, b""), ..raw("META-INF/MANIFEST.MF", b"Manifest-Version: 1.0\r\n\r\n") };
    honest(&[marker, raw("com/example/a.txt", b"one")])
}
