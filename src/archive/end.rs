//! The end record of a zip: found, or why it cannot be believed.

use std::io;

use rawzip::{ErrorKind, ZipArchive, ZipLocator};

use super::{anomaly::AnomalyKind, fields::number, source::PackageFile};

/// Signatures of an end record that are tried, from the end of the file: a comment may quote one.
const TRIES: usize = 16;

/// Bytes of an end record without its comment (APPNOTE 4.3.16).
const RECORD: usize = 22;

/// What was found at the end of a file.
pub(super) enum End {
    /// An end record that points at a directory.
    Zip(ZipArchive<PackageFile>),
    /// An end record of a zip of which something is missing.
    Broken(AnomalyKind),
    /// No end record: no zip, or one that was cut.
    Missing,
}

/// Looks for the end record. Fails only when the file system does.
pub(super) fn locate(mut file: PackageFile, window: &mut [u8], beginning: &[u8]) -> io::Result<End> {
    let length = file.length();
    let mut before = length;
    let mut refused = None;
    for _ in 0..TRIES {
        match ZipLocator::new().locate_in_reader(file, window, before) {
            Ok(zip) => return Ok(End::Zip(zip)),
            Err((back, error)) => {
                file = back;
                let Some(at) = refused_at(error)? else { break };
                refused = refused.or(Some(at));
                before = at;
            }
        }
    }
    // the signature alone may stand in any file
    let Some(at) = refused.filter(|_| beginning.starts_with(b"PK")) else { return Ok(End::Missing) };
    let record = Record(file.bytes_at(at, RECORD)?);
    Ok(End::Broken(record.complaint(at, length)))
}

/// Where the signature stands that was not followed by an end record; nothing when there is no signature.
fn refused_at(error: rawzip::Error) -> io::Result<Option<u64>> {
    let at = error.eocd_offset();
    match error.into_kind() {
        ErrorKind::IO(cause) if cause.kind() != io::ErrorKind::UnexpectedEof => Err(cause),
        _ => Ok(at),
    }
}

/// How many bytes are missing between the entries and the directory: where the end record says that the directory begins, less
/// where it does. The other way round they are bytes before the first entry, which every reader passes over.
pub(super) fn missing(zip: &ZipArchive<PackageFile>) -> io::Result<u64> {
    let record = Record(zip.get_ref().bytes_at(zip.eocd_offset(), RECORD)?);
    // a zip64 record states it instead
    let declared = record.directory_offset().filter(|offset| *offset != u64::from(u32::MAX));
    Ok(declared.unwrap_or_default().saturating_sub(zip.directory_offset()))
}

/// Whether the zip that was found is stored inside of a greater one whose end is gone.
pub(super) fn is_inner(zip: &ZipArchive<PackageFile>, first_entry: u64, beginning: &[u8]) -> bool {
    beginning.starts_with(b"PK\x03\x04") && first_entry > 0 && zip.end_offset() < zip.get_ref().length()
}

/// The bytes of an end record, as far as they are there.
struct Record(Vec<u8>);

impl Record {
    fn entries(&self) -> Option<u64> {
        number::<2>(&self.0, 10)
    }

    fn directory_size(&self) -> Option<u64> {
        number::<4>(&self.0, 12)
    }

    fn directory_offset(&self) -> Option<u64> {
        number::<4>(&self.0, 16)
    }

    fn comment(&self) -> Option<u64> {
        number::<2>(&self.0, 20)
    }

    /// What is wrong about a record at `at` that no directory can be read from.
    fn complaint(&self, at: u64, length: u64) -> AnomalyKind {
        let end = at.saturating_add(RECORD as u64).saturating_add(self.comment().unwrap_or_default());
        if end > length {
            return AnomalyKind::Truncated { needed: end, length };
        }
        let directory_end = self
            .directory_offset()
            .zip(self.directory_size())
            .map_or(0, |(offset, size)| offset.saturating_add(size));
        match directory_end.saturating_sub(at) {
            0 => AnomalyKind::BrokenDirectory { read: 0, promised: self.entries().unwrap_or_default() },
            missing => AnomalyKind::Truncated { needed: length.saturating_add(missing), length },
        }
    }
}
