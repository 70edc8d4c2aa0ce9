//! The central directory, walked once.

use std::{fs::File, io};

use rawzip::{ErrorKind, FileReader, ZipArchive, ZipArchiveEntryWayfinder, ZipFileHeaderRecord};

use crate::model::{entry_path::EntryPath, size::Bytes};

use super::{
    anomaly::{Anomaly, AnomalyKind, LimitBreach},
    archive::{Opened, Source},
    entry::{Entry, EntryKind, Host, Method, Mode, SpecialFile},
    limits::Limits,
};

/// Bytes of the directory that are read at once; the largest single record (APPNOTE 4.3.12) fits.
const WINDOW: usize = 256 << 10;

/// Entries that room is made for before any is read, whatever the end record promises.
const TRUSTED_ENTRIES: u64 = 1 << 16;

/// The type bits of a Unix mode.
const TYPE_BITS: u32 = 0o170_000;

/// Reads the directory of a zip; nothing when the file has no end record and so is no zip.
pub(super) fn read(file: File, length: u64, limits: &Limits) -> io::Result<Option<Opened>> {
    let mut window = vec![0; WINDOW];
    let zip = match ZipArchive::from_file(file, &mut window) {
        Ok(zip) => zip,
        Err(error) => return no_zip(&error, length),
    };
    let promised = zip.entries_hint();
    let mut walk = Walk { promised, ..Walk::with_room_for(promised) };
    walk.run(&zip, &mut window, length, limits);
    if walk.entries.is_empty() && walk.anomalies.is_empty() {
        walk.anomalies.push(Anomaly { entry: None, kind: AnomalyKind::Empty });
    }
    Ok(Some(Opened {
        entries: walk.entries,
        anomalies: walk.anomalies,
        zipped: Some(Bytes(length)),
        source: Source::Zip { zip, ways: walk.ways, length },
    }))
}

fn no_zip(error: &rawzip::Error, length: u64) -> io::Result<Option<Opened>> {
    let kind = match error.kind() {
        ErrorKind::IO(cause) if cause.kind() != io::ErrorKind::UnexpectedEof => {
            return Err(io::Error::new(cause.kind(), cause.to_string()));
        }
        ErrorKind::MissingEndOfCentralDirectory => return Ok(None),
        _ => AnomalyKind::BrokenDirectory { read: 0, promised: 0 },
    };
    Ok(Some(Opened {
        entries: Vec::new(),
        anomalies: vec![Anomaly { entry: None, kind }],
        zipped: Some(Bytes(length)),
        source: Source::Nothing,
    }))
}

#[derive(Default)]
struct Walk {
    promised: u64,
    entries: Vec<Entry>,
    ways: Vec<ZipArchiveEntryWayfinder>,
    anomalies: Vec<Anomaly>,
}

impl Walk {
    fn with_room_for(promised: u64) -> Self {
        let room = usize::try_from(promised.min(TRUSTED_ENTRIES)).unwrap_or_default();
        Self { entries: Vec::with_capacity(room), ways: Vec::with_capacity(room), ..Self::default() }
    }

    fn run(&mut self, zip: &ZipArchive<FileReader>, window: &mut [u8], length: u64, limits: &Limits) {
        let mut records = zip.entries(window);
        let mut read: u64 = 0;
        loop {
            match records.next_entry() {
                Ok(Some(record)) => self.take(&record, length),
                Ok(None) => break,
                Err(_) => {
                    self.whole(AnomalyKind::BrokenDirectory { read, promised: self.promised });
                    return;
                }
            }
            read = read.saturating_add(1);
            if read > limits.entries {
                let breach =
                    LimitBreach { name: "entries", limit: limits.entries, actual: self.promised.max(read) };
                self.whole(AnomalyKind::LimitReached(breach));
                return;
            }
        }
        if read != self.promised {
            self.whole(AnomalyKind::BrokenDirectory { read, promised: self.promised });
        }
    }

    fn whole(&mut self, kind: AnomalyKind) {
        self.anomalies.push(Anomaly { entry: None, kind });
    }

    fn take(&mut self, record: &ZipFileHeaderRecord<'_>, length: u64) {
        let entry = entry(record);
        let end = entry.offset.saturating_add(entry.compressed.0);
        if end > length {
            let kind = AnomalyKind::Truncated { needed: end, length };
            self.anomalies.push(Anomaly { entry: Some(self.entries.len()), kind });
        }
        self.entries.push(entry);
        self.ways.push(record.wayfinder());
    }
}

fn entry(record: &ZipFileHeaderRecord<'_>) -> Entry {
    let name = record.file_path();
    let name = name.as_bytes();
    let host = Host((record.version_made_by().as_u16() >> 8) as u8);
    let attributes = record.external_attributes();
    let bits = if host.has_unix_mode() { attributes >> 16 } else { 0 };
    let text = String::from_utf8_lossy(name);
    let path = EntryPath::new(&text);
    let raw_name = (path.as_str().as_bytes() != name).then(|| Box::from(name));
    let is_directory_name = name.ends_with(b"/");
    Entry {
        kind: kind(bits, attributes, is_directory_name),
        path,
        raw_name,
        size: Bytes(record.uncompressed_size_hint()),
        compressed: Bytes(record.compressed_size_hint()),
        crc: Some(record.crc32()),
        mode: Mode { host, bits },
        method: Method(record.compression_method().as_u16()),
        flags: record.flags().bits(),
        offset: record.local_header_offset(),
    }
}

/// What an entry is laid down as: by its Unix type bits, else by its trailing slash, else by the DOS directory attribute.
fn kind(bits: u32, attributes: u32, is_directory_name: bool) -> EntryKind {
    match bits & TYPE_BITS {
        0o120_000 => EntryKind::Symlink,
        0o040_000 => EntryKind::Directory,
        0o060_000 | 0o020_000 => EntryKind::Special(SpecialFile::Device),
        0o010_000 => EntryKind::Special(SpecialFile::Fifo),
        0o140_000 => EntryKind::Special(SpecialFile::Socket),
        _ if is_directory_name || (bits == 0 && attributes & 0x10 != 0) => EntryKind::Directory,
        _ => EntryKind::File,
    }
}
