//! Directory, end records and what follows them: everything that could be taken for the end of another archive.

use std::sync::LazyLock;

use aho_corasick::AhoCorasick;

use crate::archive::{
    anomaly::{Ambiguity, AnomalyKind, Surplus},
    fields::{Header, number},
};

use super::{LOOK, surplus};

const LOCAL: usize = 0;
const END: usize = 1;
const END64: usize = 2;
const LOCATOR: usize = 3;

static SIGNATURES: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| AhoCorasick::new([b"PK\x03\x04", b"PK\x05\x06", b"PK\x06\x06", b"PK\x06\x07"]).ok());

/// Bytes of an end record, of a zip64 end record and of its locator (APPNOTE 4.3.14 to 4.3.16).
const RECORD: u64 = 22;
const RECORD64: u64 = 56;
const LOCATOR64: u64 = 20;

/// The bytes from the directory on, with where the parts are that were believed.
pub(super) struct Tail<'a> {
    /// From the directory on, as far as it was read.
    pub(super) bytes: &'a [u8],
    /// Where they begin in the file: at the directory.
    pub(super) start: u64,
    /// Where the records of the directory end.
    pub(super) records_end: u64,
    /// Where the end record is.
    pub(super) eocd: u64,
    /// The length of the file.
    pub(super) length: u64,
    /// Entries as they were read.
    pub(super) entries: u64,
}

impl Tail<'_> {
    fn from(&self, at: u64) -> &[u8] {
        let at = at.checked_sub(self.start).and_then(|at| usize::try_from(at).ok());
        at.and_then(|at| self.bytes.get(at..)).unwrap_or_default()
    }

    fn record(&self) -> &[u8] {
        self.from(self.eocd)
    }

    fn comment_end(&self) -> u64 {
        let comment = number::<2>(self.record(), 20).unwrap_or_default();
        self.eocd.saturating_add(RECORD).saturating_add(comment)
    }

    /// Everything that is wrong from the directory on.
    pub(super) fn anomalies(&self) -> Vec<AnomalyKind> {
        let zip64 = self.zip64();
        let mut found: Vec<Ambiguity> = zip64.found.clone();
        found.extend(self.count(&zip64));
        found.extend(self.disks());
        found.extend(self.strangers(&zip64));
        let declared = zip64.size.or(number::<4>(self.record(), 12)).unwrap_or_default();
        let actual = self.records_end.saturating_sub(self.start);
        if declared != actual {
            found.push(Ambiguity::DirectorySize { declared, actual });
        }
        let mut kinds: Vec<AnomalyKind> = found.into_iter().map(AnomalyKind::Ambiguous).collect();
        kinds.extend(self.gap(&zip64, declared == actual));
        kinds.extend(self.behind());
        kinds
    }

    /// Bytes between the directory and the end record: a digital signature may stand there.
    fn gap(&self, zip64: &Zip64, size_is_right: bool) -> Option<AnomalyKind> {
        let bytes = zip64.head.unwrap_or(self.eocd).saturating_sub(self.records_end);
        let rest = self.from(self.records_end);
        (bytes > 0 && size_is_right && !rest.starts_with(b"PK\x05\x05"))
            .then(|| surplus(Surplus::Between, bytes, rest))
    }

    fn behind(&self) -> Option<AnomalyKind> {
        let bytes = self.length.saturating_sub(self.comment_end());
        let rest = self.from(self.comment_end());
        // bsdtar fills its last block with zeros when it writes into a pipe
        let is_padding = rest.iter().all(|byte| *byte == 0) && bytes <= LOOK;
        (bytes > 0 && !is_padding).then(|| surplus(Surplus::Behind, bytes, rest))
    }

    fn count(&self, zip64: &Zip64) -> Option<Ambiguity> {
        let promised = zip64.entries.or(number::<2>(self.record(), 10))?;
        let read = self.entries;
        if promised < read && zip64.entries.is_none() && promised == read & 0xffff {
            return Some(Ambiguity::CountWraps { read });
        }
        (promised < read).then_some(Ambiguity::Count { promised, read })
    }

    fn disks(&self) -> Option<Ambiguity> {
        let field = |at| number::<2>(self.record(), at).unwrap_or_default();
        let other_disk = [4, 6].iter().any(|at| !matches!(field(*at), 0 | 0xffff));
        (other_disk || field(8) != field(10)).then_some(Ambiguity::Disks)
    }

    fn zip64(&self) -> Zip64 {
        let mut zip64 = Zip64::default();
        let Some(at) = self.eocd.checked_sub(LOCATOR64).filter(|at| *at >= self.start) else { return zip64 };
        let locator = self.from(at);
        if !locator.starts_with(b"PK\x06\x07") {
            return zip64;
        }
        zip64.locator = Some(at);
        let pointed = number::<8>(locator, 8).unwrap_or_default();
        let is_record = |at: u64| self.from(at).starts_with(b"PK\x06\x06");
        let before = at.saturating_sub(RECORD64);
        let Some(record_at) = [pointed, before].into_iter().find(|at| is_record(*at)) else {
            zip64.found.push(Ambiguity::Zip64Elsewhere);
            return zip64;
        };
        let record = self.from(record_at);
        let record_end =
            number::<8>(record, 4).map_or(0, |size| record_at.saturating_add(12).saturating_add(size));
        if record_at != pointed || record_end != at {
            zip64.found.push(Ambiguity::Zip64Elsewhere);
        }
        zip64.head = Some(record_at);
        zip64.entries = number::<8>(record, 32);
        zip64.size = number::<8>(record, 40);
        if self.contradicts(record) {
            zip64.found.push(Ambiguity::Zip64Contradicts);
        }
        zip64
    }

    /// Whether the classic record states a number that the zip64 record does not.
    fn contradicts(&self, record: &[u8]) -> bool {
        let classic = self.record();
        let rows = [
            (number::<2>(classic, 4), number::<4>(record, 16), 0xffff),
            (number::<2>(classic, 6), number::<4>(record, 20), 0xffff),
            (number::<2>(classic, 8), number::<8>(record, 24), 0xffff),
            (number::<2>(classic, 10), number::<8>(record, 32), 0xffff),
            (number::<4>(classic, 12), number::<8>(record, 40), 0xffff_ffff),
            (number::<4>(classic, 16), number::<8>(record, 48), 0xffff_ffff),
        ];
        let entries = number::<8>(record, 24) == number::<8>(record, 32);
        !entries || rows.iter().any(|(narrow, wide, elsewhere)| narrow != wide && *narrow != Some(*elsewhere))
    }

    /// Signatures that nothing leads to.
    fn strangers(&self, zip64: &Zip64) -> Vec<Ambiguity> {
        let mut found = Vec::new();
        let Some(signatures) = SIGNATURES.as_ref() else { return found };
        for hit in signatures.find_iter(self.bytes) {
            let at = self.start.saturating_add(u64::try_from(hit.start()).unwrap_or(u64::MAX));
            let bytes = self.bytes.get(hit.start()..).unwrap_or_default();
            found.extend(match hit.pattern().as_usize() {
                END if at != self.eocd && self.is_end(at, bytes) => {
                    Some(Ambiguity::SecondEnd { behind: at > self.eocd })
                }
                END64 if zip64.head != Some(at) => Some(Ambiguity::Zip64Stray),
                LOCATOR if zip64.locator != Some(at) => Some(Ambiguity::Zip64Stray),
                LOCAL => hidden(bytes).map(Ambiguity::HiddenEntry),
                _ => None,
            });
        }
        found.sort();
        found.dedup();
        found
    }

    /// Whether a reader would follow this end record: it has a directory, or says that it needs none.
    fn is_end(&self, at: u64, bytes: &[u8]) -> bool {
        let (Some(size), Some(offset)) = (number::<4>(bytes, 12), number::<4>(bytes, 16)) else {
            return false;
        };
        let complete = bytes.len() >= usize::try_from(RECORD).unwrap_or(usize::MAX);
        let places = [at.saturating_sub(size), offset];
        let has_directory = places.iter().any(|at| self.from(*at).starts_with(b"PK\x01\x02"));
        let is_empty = number::<8>(bytes, 4) == Some(0) && number::<8>(bytes, 12) == Some(0);
        complete && (has_directory || is_empty)
    }
}

/// What the zip64 records say, and where they are.
#[derive(Default)]
struct Zip64 {
    locator: Option<u64>,
    head: Option<u64>,
    entries: Option<u64>,
    size: Option<u64>,
    found: Vec<Ambiguity>,
}

/// The name of a local header, if these bytes are likely to be one: a program that reads zips holds the signature too.
pub(super) fn hidden(bytes: &[u8]) -> Option<String> {
    let header = Header::local(bytes)?;
    let name = std::str::from_utf8(header.name).ok()?;
    let known = matches!(header.method, 0 | 8 | 9 | 12 | 14 | 93 | 95 | 99);
    (known && !name.is_empty() && !name.chars().any(char::is_control)).then(|| name.to_owned())
}

/// The first local header in bytes that belong to no entry.
pub(super) fn first_hidden(bytes: &[u8]) -> Option<String> {
    let signatures = SIGNATURES.as_ref()?;
    signatures
        .find_iter(bytes)
        .filter(|hit| hit.pattern().as_usize() == LOCAL)
        .find_map(|hit| hidden(bytes.get(hit.start()..)?))
}
