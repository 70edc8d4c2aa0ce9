//! The central directory, walked once.

use std::io;

use rawzip::{ErrorKind, ZipArchive, ZipArchiveEntryWayfinder, ZipFileHeaderRecord};

use crate::model::{entry_path::EntryPath, size::Bytes};

use super::{
    anomaly::{Anomaly, AnomalyKind, LimitBreach},
    end::{self, End},
    entry::{Entry, EntryKind, Host, Method, Mode, Modified, SpecialFile, UnicodeName},
    fields,
    limits::Limits,
    source::{Opened, PackageFile, Source},
};

/// Bytes of the directory that are read at once; the largest single record (APPNOTE 4.3.12) fits.
const WINDOW: usize = 256 << 10;

/// Entries that room is made for before any is read, whatever the end record promises.
const TRUSTED_ENTRIES: u64 = 1 << 16;

/// Bytes of a local header without its name (APPNOTE 4.3.7).
const LOCAL_HEADER: u64 = 30;

/// The type bits of a Unix mode.
const TYPE_BITS: u32 = 0o170_000;

/// Reads the directory of a zip; nothing when the file has no end record of its own and so is no zip, or is one that was cut.
pub(super) fn read(file: PackageFile, beginning: &[u8], limits: &Limits) -> io::Result<Option<Opened>> {
    let zipped = Some(Bytes(file.length()));
    let mut window = vec![0; WINDOW];
    let zip = match end::locate(file, &mut window, beginning)? {
        End::Zip(zip) => zip,
        End::Missing => return Ok(None),
        End::Broken(kind) => {
            let anomalies = vec![Anomaly { entry: None, kind }];
            return Ok(Some(Opened { entries: Vec::new(), anomalies, zipped, source: Source::Nothing }));
        }
    };
    let mut walk = Walk::of(&zip, limits);
    walk.run(&zip, &mut window)?;
    if end::is_inner(&zip, walk.first_entry(&zip), beginning) {
        return Ok(None);
    }
    walk.look_for_a_cut(&zip)?;
    if walk.entries.is_empty() && walk.anomalies.is_empty() {
        walk.whole(AnomalyKind::Empty);
    }
    let Walk { entries, ways, anomalies, .. } = walk;
    Ok(Some(Opened { entries, anomalies, zipped, source: Source::Zip { zip, ways } }))
}

struct Walk<'a> {
    limits: &'a Limits,
    promised: u64,
    entries: Vec<Entry>,
    ways: Vec<ZipArchiveEntryWayfinder>,
    anomalies: Vec<Anomaly>,
}

impl<'a> Walk<'a> {
    fn of(zip: &ZipArchive<PackageFile>, limits: &'a Limits) -> Self {
        let promised = zip.entries_hint();
        let room = usize::try_from(promised.min(TRUSTED_ENTRIES).min(limits.entries)).unwrap_or_default();
        let (entries, ways) = (Vec::with_capacity(room), Vec::with_capacity(room));
        Self { limits, promised, entries, ways, anomalies: Vec::new() }
    }

    fn run(&mut self, zip: &ZipArchive<PackageFile>, window: &mut [u8]) -> io::Result<()> {
        let size = zip.eocd_offset().saturating_sub(zip.directory_offset());
        if size > self.limits.directory_bytes {
            self.reached("directory-bytes", self.limits.directory_bytes, size);
            return Ok(());
        }
        let mut records = zip.entries(window);
        loop {
            let read = u64::try_from(self.entries.len()).unwrap_or(u64::MAX);
            match records.next_entry() {
                Ok(Some(_)) if read >= self.limits.entries => {
                    let actual = self.promised.max(read.saturating_add(1));
                    self.reached("entries", self.limits.entries, actual);
                    return Ok(());
                }
                Ok(Some(record)) => {
                    self.entries.push(entry(&record));
                    self.ways.push(record.wayfinder());
                }
                Ok(None) => {
                    self.count(read);
                    return Ok(());
                }
                Err(error) => return self.broken(error, read),
            }
        }
    }

    fn whole(&mut self, kind: AnomalyKind) {
        self.anomalies.push(Anomaly { entry: None, kind });
    }

    fn reached(&mut self, name: &'static str, limit: u64, actual: u64) {
        self.whole(AnomalyKind::LimitReached(LimitBreach { name, limit, actual }));
    }

    fn broken(&mut self, error: rawzip::Error, read: u64) -> io::Result<()> {
        match error.into_kind() {
            ErrorKind::IO(cause) if cause.kind() != io::ErrorKind::UnexpectedEof => Err(cause),
            // as many as are promised: what follows them is no record, and `structure` tells
            _ if read >= self.promised => Ok(()),
            _ => {
                self.whole(AnomalyKind::BrokenDirectory { read, promised: self.promised });
                Ok(())
            }
        }
    }

    /// Compares the count. Sixteen bits of it wrap where a zipper knows no zip64, as that of macOS; the directory is right then.
    fn count(&mut self, read: u64) {
        let wrapped = self.promised == read & u64::from(u16::MAX);
        // more than are promised is no cut: the end record lies (`structure` tells)
        if read < self.promised && !wrapped {
            self.whole(AnomalyKind::BrokenDirectory { read, promised: self.promised });
        }
    }

    /// The position of the first local header; of the directory when there is no entry.
    fn first_entry(&self, zip: &ZipArchive<PackageFile>) -> u64 {
        self.entries.iter().map(|entry| entry.offset).min().unwrap_or(zip.directory_offset())
    }

    /// Bytes that are not there: between entries and directory, or where the directory says that entries lie. One cut, one anomaly.
    fn look_for_a_cut(&mut self, zip: &ZipArchive<PackageFile>) -> io::Result<()> {
        let length = zip.get_ref().length();
        let missing = end::missing(zip)?;
        if missing > 0 {
            self.whole(AnomalyKind::Truncated { needed: length.saturating_add(missing), length });
            return Ok(());
        }
        let beyond = self.entries.iter().map(least_end).enumerate().filter(|(_, end)| *end > length);
        let (first, needed) =
            beyond.fold((None, 0), |(first, needed), (index, end)| (first.or(Some(index)), end.max(needed)));
        if first.is_some() {
            let kind = AnomalyKind::Truncated { needed, length };
            self.anomalies.push(Anomaly { entry: first, kind });
        }
        Ok(())
    }
}

/// Where an entry ends at the least: its local header may be longer than the name alone makes it.
fn least_end(entry: &Entry) -> u64 {
    let name = u64::try_from(entry.name_bytes().len()).unwrap_or(u64::MAX);
    [LOCAL_HEADER, name, entry.compressed.0].into_iter().fold(entry.offset, u64::saturating_add)
}

fn entry(record: &ZipFileHeaderRecord<'_>) -> Entry {
    let name = record.file_path();
    let name = name.as_bytes();
    let host = Host((record.version_made_by().as_u16() >> 8) as u8);
    let attributes = record.external_attributes();
    let bits = if host.has_unix_mode() { attributes >> 16 } else { 0 };
    // the DOS attribute says nothing in an entry made on Unix
    let dos_folder = !host.has_unix_mode() && attributes & 0x10 != 0;
    let text = String::from_utf8_lossy(name);
    let path = EntryPath::new(&text);
    let raw_name = (path.as_str().as_bytes() != name).then(|| Box::from(name));
    let is_directory_name = name.ends_with(b"/");
    let extra = record.extra_fields().remaining_bytes();
    Entry {
        kind: kind(bits, dos_folder, is_directory_name),
        path,
        raw_name,
        size: Bytes(record.uncompressed_size_hint()),
        compressed: Bytes(record.compressed_size_hint()),
        crc: Some(record.crc32()),
        mode: Mode { host, bits },
        method: Method(record.compression_method().as_u16()),
        flags: record.flags().bits(),
        offset: record.local_header_offset(),
        modified: Some(modified(record)),
        unicode_name: fields::unicode_path(extra).map(|path| UnicodeName {
            bytes: Box::from(path),
            valid: fields::is_valid_unicode_path(extra, name),
        }),
    }
}

fn modified(record: &ZipFileHeaderRecord<'_>) -> Modified {
    let time = record.last_modified_dos();
    Modified {
        year: time.year(),
        month: time.month(),
        day: time.day(),
        hour: time.hour(),
        minute: time.minute(),
        second: time.second(),
    }
}

/// What an entry is laid down as: by its Unix type bits, else by its trailing slash, else by the DOS directory attribute.
fn kind(bits: u32, dos_folder: bool, is_directory_name: bool) -> EntryKind {
    match bits & TYPE_BITS {
        0o120_000 => EntryKind::Symlink,
        0o040_000 => EntryKind::Directory,
        0o060_000 | 0o020_000 => EntryKind::Special(SpecialFile::Device),
        0o010_000 => EntryKind::Special(SpecialFile::Fifo),
        0o140_000 => EntryKind::Special(SpecialFile::Socket),
        _ if is_directory_name || dos_folder => EntryKind::Directory,
        _ => EntryKind::File,
    }
}
