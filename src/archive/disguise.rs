//! What a file that is no zip looks like, by its first bytes.

use std::io;

use super::{anomaly::Disguise, source::PackageFile};

/// Bytes that are looked at.
const LOOK: usize = 512;

const SIGNATURES: [(&[u8], Disguise); 10] = [
    (b"PK\x03\x04", Disguise::CutZip),
    (b"\x1f\x8b", Disguise::Gzip),
    (b"BZh", Disguise::Bzip2),
    (b"\xfd7zXZ", Disguise::Xz),
    (b"\x28\xb5\x2f\xfd", Disguise::Zstd),
    (b"7z\xbc\xaf\x27\x1c", Disguise::SevenZip),
    (b"Rar!", Disguise::Rar),
    (b"UEsDB", Disguise::Base64Zip),
    (b"UEsFB", Disguise::Base64Zip),
    (b"version https://git-lfs", Disguise::LfsPointer),
];

/// The first bytes of a file.
pub(super) fn beginning(file: &PackageFile) -> io::Result<Vec<u8>> {
    file.bytes_at(0, LOOK)
}

/// What the bytes look like.
pub(super) fn of(beginning: &[u8]) -> Disguise {
    if beginning.is_empty() {
        return Disguise::EmptyFile;
    }
    if beginning.get(257..262) == Some(b"ustar") {
        return Disguise::Tar;
    }
    let trimmed = beginning.strip_prefix(b"\xef\xbb\xbf").unwrap_or(beginning).trim_ascii_start();
    match SIGNATURES.iter().find(|(signature, _)| trimmed.starts_with(signature)) {
        Some((_, disguise)) => *disguise,
        None if is_text(beginning) => of_text(trimmed),
        None => Disguise::Unknown,
    }
}

fn of_text(trimmed: &[u8]) -> Disguise {
    match trimmed.first() {
        Some(b'<') if is_html(&trimmed.to_ascii_lowercase()) => Disguise::Html,
        Some(b'<') => Disguise::Xml,
        Some(b'{' | b'[') => Disguise::Json,
        _ => Disguise::Text,
    }
}

fn is_html(lower: &[u8]) -> bool {
    [b"<!doctype html".as_slice(), b"<html"]
        .iter()
        .any(|tag| lower.windows(tag.len()).any(|window| window == *tag))
}

/// Whether it is UTF-8 as far as it goes: the last character may be cut.
fn is_text(beginning: &[u8]) -> bool {
    let cut = |error: std::str::Utf8Error| error.error_len().is_none();
    !beginning.contains(&0) && std::str::from_utf8(beginning).map_or_else(cut, |_| true)
}
