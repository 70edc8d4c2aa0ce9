//! What a file that is no zip looks like, by its first bytes.

use std::{fs::File, io};

use rawzip::ReaderAt;

use super::anomaly::Disguise;

/// Bytes that are looked at.
const LOOK: usize = 512;

const SIGNATURES: [(&[u8], Disguise); 12] = [
    (b"PK\x03\x04", Disguise::CutZip),
    (b"\x1f\x8b", Disguise::Gzip),
    (b"BZh", Disguise::Bzip2),
    (b"\xfd7zXZ", Disguise::Xz),
    (b"\x28\xb5\x2f\xfd", Disguise::Zstd),
    (b"7z\xbc\xaf\x27\x1c", Disguise::SevenZip),
    (b"Rar!", Disguise::Rar),
    (b"UEsDB", Disguise::Base64Zip),
    (b"version https://git-lfs", Disguise::LfsPointer),
    (b"<?xml", Disguise::Xml),
    (b"{", Disguise::Json),
    (b"[", Disguise::Json),
];

/// The first bytes of a file, read without moving its position.
pub(super) fn beginning(file: &File) -> io::Result<Vec<u8>> {
    let mut bytes = vec![0; LOOK];
    let reader = rawzip::FileReader::from(file.try_clone()?);
    let mut length = 0usize;
    while length < LOOK {
        let offset = u64::try_from(length).unwrap_or(u64::MAX);
        match reader.read_at(bytes.get_mut(length..).unwrap_or_default(), offset)? {
            0 => break,
            more => length = length.saturating_add(more),
        }
    }
    bytes.truncate(length);
    Ok(bytes)
}

/// What the bytes look like.
pub(super) fn of(beginning: &[u8]) -> Disguise {
    if beginning.is_empty() {
        return Disguise::EmptyFile;
    }
    if beginning.get(257..262) == Some(b"ustar") {
        return Disguise::Tar;
    }
    let trimmed = beginning.trim_ascii_start();
    let lower = trimmed.to_ascii_lowercase();
    if lower.starts_with(b"<!doctype html") || lower.starts_with(b"<html") {
        return Disguise::Html;
    }
    if let Some((_, disguise)) = SIGNATURES.iter().find(|(signature, _)| trimmed.starts_with(signature)) {
        return *disguise;
    }
    let text = std::str::from_utf8(beginning).is_ok_and(|text| !text.contains('\0'));
    if text { Disguise::Text } else { Disguise::Unknown }
}
