//! Where the bytes of entries come from: what a reader of zips or folders hands over.

use std::{fs::File, io, path::PathBuf};

use rawzip::{FileReader, ReaderAt, ZipArchive, ZipArchiveEntryWayfinder};

use crate::model::size::Bytes;

use super::{anomaly::Anomaly, entry::Entry};

/// Bytes that are hashed at once: what a processor keeps close.
const HASHED_AT_ONCE: usize = 256 << 10;

/// A file, or an inflated entry, read at positions; as long as it was when it was opened.
///
/// A position behind the end is an end of file and no error: positions come from headers, and one that no file system can seek to
/// must not look like a failing disk. A file that became shorter is an error of its own.
pub(super) struct PackageFile {
    content: Content,
    length: u64,
}

/// What is read at positions.
enum Content {
    /// A file of the disk.
    File(FileReader),
    /// An inflated entry that is an archive itself.
    Memory(Vec<u8>),
}

impl PackageFile {
    pub(super) fn new(file: File, length: u64) -> Self {
        Self { content: Content::File(file.into()), length }
    }

    /// An archive that was inflated out of another.
    pub(super) fn in_memory(bytes: Vec<u8>) -> Self {
        let length = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        Self { content: Content::Memory(bytes), length }
    }

    /// Its length when it was opened.
    pub(super) fn length(&self) -> u64 {
        self.length
    }

    /// BLAKE3 of all its bytes.
    pub(super) fn digest(&self) -> io::Result<[u8; 32]> {
        let mut hasher = blake3::Hasher::new();
        let mut buffer = vec![0; HASHED_AT_ONCE];
        let mut at = 0u64;
        while at < self.length {
            let read = self.read_at(&mut buffer, at)?;
            hasher.update(buffer.get(..read).unwrap_or_default());
            at = at.saturating_add(u64::try_from(read).unwrap_or(u64::MAX));
        }
        Ok(*hasher.finalize().as_bytes())
    }

    /// At most `most` bytes from a position; fewer only at the end of the file.
    pub(super) fn bytes_at(&self, offset: u64, most: usize) -> io::Result<Vec<u8>> {
        let left = usize::try_from(self.length.saturating_sub(offset)).unwrap_or(usize::MAX);
        let mut bytes = vec![0; most.min(left)];
        self.read_exact_at(&mut bytes, offset)?;
        Ok(bytes)
    }
}

impl ReaderAt for PackageFile {
    fn read_at(&self, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
        let left = usize::try_from(self.length.saturating_sub(offset)).unwrap_or(usize::MAX);
        let most = left.min(buffer.len());
        let buffer = buffer.get_mut(..most).unwrap_or_default();
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            let read = match &self.content {
                Content::File(file) => file.read_at(buffer, offset),
                Content::Memory(bytes) => bytes.read_at(buffer, offset),
            };
            match read {
                Ok(0) => return Err(io::Error::other("the file became shorter while it was read")),
                Err(cause) if cause.kind() == io::ErrorKind::Interrupted => {}
                read => return read,
            }
        }
    }
}

/// What went wrong, in words that are the same on every system.
pub(super) fn words(cause: &io::Error) -> String {
    match cause.kind() {
        io::ErrorKind::Other => cause.to_string(),
        kind => kind.to_string(),
    }
}

/// Where the bytes of entries come from.
pub(super) enum Source {
    /// A zip file, with the way to each entry in the order of the entries.
    Zip { zip: ZipArchive<PackageFile>, ways: Vec<ZipArchiveEntryWayfinder> },
    /// A folder: the paths of the files in the order of the entries.
    Folder { files: Vec<PathBuf> },
    /// Nothing can be read: the file is no zip.
    Nothing,
}

/// Entries with where they come from, before they are surveyed.
pub(super) struct Opened {
    pub(super) entries: Vec<Entry>,
    pub(super) anomalies: Vec<Anomaly>,
    pub(super) zipped: Option<Bytes>,
    pub(super) source: Source,
}
