//! Zips that would exhaust whoever believes them.

use std::io::Write;

use super::{
    raw_zip::{Raw, end, honest, raw, zip_from},
    shapes::Shape,
};

/// Bytes of the largest entry that is read at the default limits.
const ENTRY: usize = 256 << 20;

/// An entry of `size` bytes that repeat `unit`, deflated.
fn deflated(name: &'static str, unit: &[u8], size: usize) -> Raw {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    let mut crc = crc32fast::Hasher::new();
    let block = unit.repeat((1 << 16) / unit.len());
    for _ in 0..size / block.len() {
        encoder.write_all(&block).unwrap();
        crc.update(&block);
    }
    let data = encoder.finish().unwrap();
    let length = |bytes: usize| u32::try_from(bytes).unwrap();
    let compressed = length(data.len());
    let size = length(size / block.len() * block.len());
    Raw { name, method: 8, crc: crc.finalize(), compressed, size, data, ..Raw::default() }
}

/// Bombs of bytes, `large` as large as the limits let be read, or smaller.
pub fn bombs(large: bool) -> Vec<Shape> {
    let size = if large { ENTRY } else { ENTRY / 16 };
    let zeros = |name| deflated(name, b"\0", size);
    let jar = deflated("bomb.jar", b"\0", size);
    let copies = |count: usize| (0..count).map(|_| zeros("data/a.bin")).collect::<Vec<_>>();
    let nested = |levels: usize| {
        (0..levels).fold(honest(&[zeros("a.bin")]), |inner, _| {
            honest(&[raw("1.zip", &inner), raw("2.zip", &inner), raw("3.zip", &inner), raw("4.zip", &inner)])
        })
    };
    vec![
        ("one entry as large as the limit", honest(&[zeros("data/a.bin")])),
        ("more than is inflated in all", honest(&copies(if large { 9 } else { 3 }))),
        ("a library of zeros", honest(&[zeros("lib/a.so"), zeros("lib/b.so")])),
        ("sources of zeros", honest(&[zeros("app.py"), zeros("b.py"), zeros("c.js")])),
        ("a jar of zeros", honest(&[jar])),
        ("zips in zips", nested(4)),
        (
            "a size that no stream can hold",
            honest(&[Raw { size: u32::MAX - 1, ..raw("data/a.bin", b"one") }]),
        ),
        ("a package.json of numbers", honest(&[list("node_modules/a/package.json", size)])),
        ("a RECORD of rows", honest(&[rows("python/a-1.dist-info/RECORD", size)])),
        ("a WHEEL of tags", honest(&[deflated("python/a-1.dist-info/WHEEL", b"Tag: py3-none-any\n", size)])),
        ("lines of imports", honest(&[deflated("x.pth", b"import os; print(1)\n", size.min(16 << 20))])),
        ("keys in a text", honest(&[deflated("a.txt", b"AKIA2E3KQ7VB5NRWXDTP key='", size.min(16 << 20))])),
        (
            "a class of constants",
            honest(&[deflated("A.class", b"\xca\xfe\xba\xbe\0\0\0\x3d\xff\xff\x01\0", size)]),
        ),
        ("entries over one another", overlapping(if large { 20_000 } else { 2_000 })),
        ("a zip that holds itself", quine()),
    ]
}

/// `{"os": [1,1,1,...]}`, deflated by hand to keep its beginning and its end.
fn list(name: &'static str, size: usize) -> Raw {
    framed(name, b"{\"version\": \"1\", \"os\": [1", b",1", b"]}", size)
}

fn rows(name: &'static str, size: usize) -> Raw {
    let row = b"a.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\n";
    framed(name, row, row, row, size)
}

fn framed(name: &'static str, first: &[u8], unit: &[u8], last: &[u8], size: usize) -> Raw {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::best());
    let block = unit.repeat((1 << 16) / unit.len());
    let mut crc = crc32fast::Hasher::new();
    let blocks = (size - first.len() - last.len()) / block.len();
    let parts = std::iter::once(first).chain(std::iter::repeat_n(&block[..], blocks)).chain([last]);
    let mut all = 0;
    for part in parts {
        encoder.write_all(part).unwrap();
        crc.update(part);
        all += part.len();
    }
    let data = encoder.finish().unwrap();
    let length = |bytes: usize| u32::try_from(bytes).unwrap();
    let compressed = length(data.len());
    Raw { name, method: 8, crc: crc.finalize(), compressed, size: length(all), data, ..Raw::default() }
}

/// Many records of the directory that all name the bytes of one entry.
fn overlapping(count: usize) -> Vec<u8> {
    let one = deflated("data/a.bin", b"\0", 1 << 20);
    let local = one.local();
    let mut directory = Vec::new();
    for at in 0..count {
        let mut record = one.central(0);
        let name = format!("data/{at:05x}");
        record[46..56].copy_from_slice(name.as_bytes());
        directory.extend(record);
    }
    let end = end(u16::try_from(count).unwrap(), directory.len(), local.len(), b"");
    [local, directory, end].concat()
}

/// An entry that claims to be what it is inside of, by size and checksum.
fn quine() -> Vec<u8> {
    let inner = Raw { size: 7, crc: 7, ..raw("a.zip", b"one") };
    let bytes = honest(&[inner]);
    let mut outer = raw("a.zip", &bytes);
    let claim = u32::try_from(bytes.len()).unwrap();
    let again = honest(&[Raw { size: claim, crc: outer.crc, ..raw("a.zip", b"one") }]);
    outer = Raw { crc: crc32fast::hash(&again), ..raw("a.zip", &again) };
    zip_from(0, &[(outer.clone(), outer)], b"")
}

/// Directories that are long: many entries, long names, and as many bytes as are read.
pub fn many(large: bool) -> Vec<Shape> {
    let count = if large { 1_000_000 } else { 60_000 };
    vec![
        ("many empty entries", listed(count, |at| format!("data/{at}"))),
        ("many folders in one another", listed(count / 100, |at| format!("{}{at}", "a/".repeat(100)))),
        ("long names", listed(count / 1_000, |at| format!("{at}{}", "n".repeat(60_000)))),
        ("one name many times", listed(count / 10, |_| "data/a".to_owned())),
        ("many libraries that are none", listed(count / 10, |at| format!("lib/lib{at}.so"))),
        ("many modules", listed(count / 10, |at| format!("python/m{at}/__init__.py"))),
        ("many distributions", listed(count / 10, |at| format!("python/d{at}-1.0.dist-info/METADATA"))),
        ("many npm packages", listed(count / 10, |at| format!("nodejs/node_modules/p{at}/package.json"))),
        ("many jars", listed(count / 10, |at| format!("java/lib/j{at}.jar"))),
        ("names that differ in case alone", listed(count / 10, |at| format!("data/{}", in_cases(at)))),
    ]
}

fn in_cases(at: usize) -> String {
    (0..20).map(|bit| if at >> bit & 1 == 1 { 'A' } else { 'a' }).collect()
}

/// Empty entries with these names, behind zip64 records where there are many.
fn listed(count: usize, name: impl Fn(usize) -> String) -> Vec<u8> {
    let (mut entries, mut directory) = (Vec::new(), Vec::new());
    for at in 0..count {
        let name = name(at);
        let start = entries.len();
        let mut one = raw("", b"");
        one.crc = 0;
        let length = u16::try_from(name.len()).unwrap().to_le_bytes();
        let mut local = one.local();
        local[26..28].copy_from_slice(&length);
        entries.extend(local);
        entries.extend(name.as_bytes());
        let mut central = one.central(start);
        central[28..30].copy_from_slice(&length);
        directory.extend(central);
        directory.extend(name.as_bytes());
    }
    let record = super::raw_zip::zip64(count as u64, directory.len(), entries.len());
    let pointed = entries.len() + directory.len();
    let classic = end(u16::MAX, u32::MAX as usize, u32::MAX as usize, b"");
    [entries, directory, record, super::raw_zip::locator(pointed), classic].concat()
}
