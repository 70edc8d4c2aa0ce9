//! Bounded reading: whole entries, checked, or their beginnings.

use std::io::{self, Read};

use flate2::bufread::DeflateDecoder;
use libdeflater::{DecompressionError, Decompressor};
use rawzip::{FileReader, ReaderAt, ZipArchive, ZipArchiveEntryWayfinder};

use super::{
    anomaly::{AnomalyKind, LimitBreach},
    archive::Source,
    entry::{Entry, EntryKind, Method},
    limits::Limits,
    survey,
};

/// Compressed bytes that are read at once when only a beginning is wanted.
const WINDOW: usize = 16 << 10;

/// Buffers of one thread, reused from entry to entry.
pub struct Scratch {
    compressed: Vec<u8>,
    inflated: Vec<u8>,
    decompressor: Decompressor,
}

impl Default for Scratch {
    fn default() -> Self {
        Self { compressed: Vec::new(), inflated: Vec::new(), decompressor: Decompressor::new() }
    }
}

/// Reads and checks a whole entry.
pub(super) fn read<'s>(
    source: &Source,
    entry: &Entry,
    index: usize,
    limits: &Limits,
    scratch: &'s mut Scratch,
) -> Result<&'s [u8], AnomalyKind> {
    within_limits(entry, limits)?;
    match source {
        Source::Zip { zip, ways, length } => {
            read_compressed(zip, ways.get(index), *length, &mut scratch.compressed)?;
            inflate(entry, scratch)
        }
        Source::Folder { files } => read_file(files.get(index), entry, scratch),
        Source::Nothing => Err(AnomalyKind::MissingLocalHeader),
    }
}

fn within_limits(entry: &Entry, limits: &Limits) -> Result<(), AnomalyKind> {
    if entry.is_encrypted() {
        return Err(AnomalyKind::Encrypted);
    }
    if !entry.method.is_supported() {
        return Err(AnomalyKind::UnsupportedMethod(entry.method.into()));
    }
    if survey::is_impossible(entry) {
        return Err(AnomalyKind::ImpossibleRatio { compressed: entry.compressed, declared: entry.size });
    }
    if entry.size.0 > limits.entry_bytes {
        let breach = LimitBreach { name: "entry-bytes", limit: limits.entry_bytes, actual: entry.size.0 };
        return Err(AnomalyKind::LimitReached(breach));
    }
    Ok(())
}

/// The bytes of an entry as they lie in the zip. The file's length bounds what is allocated.
fn read_compressed(
    zip: &ZipArchive<FileReader>,
    way: Option<&ZipArchiveEntryWayfinder>,
    length: u64,
    into: &mut Vec<u8>,
) -> Result<(), AnomalyKind> {
    let (start, end) = range(zip, way)?;
    if end > length {
        return Err(AnomalyKind::Truncated { needed: end, length });
    }
    let size = usize::try_from(end.saturating_sub(start)).map_err(|_| AnomalyKind::CorruptStream)?;
    into.resize(size, 0);
    zip.get_ref().read_exact_at(into, start).map_err(|cause| unreadable(&cause))
}

fn range(
    zip: &ZipArchive<FileReader>,
    way: Option<&ZipArchiveEntryWayfinder>,
) -> Result<(u64, u64), AnomalyKind> {
    let way = way.ok_or(AnomalyKind::MissingLocalHeader)?;
    let entry = zip.get_entry(*way).map_err(|_| AnomalyKind::MissingLocalHeader)?;
    Ok(entry.compressed_data_range())
}

fn inflate<'s>(entry: &Entry, scratch: &'s mut Scratch) -> Result<&'s [u8], AnomalyKind> {
    let bytes = if entry.method == Method::STORED {
        scratch.compressed.as_slice()
    } else {
        let size =
            usize::try_from(entry.size.0).map_err(|_| AnomalyKind::BadSize { expected: entry.size })?;
        scratch.inflated.resize(size, 0);
        let done = scratch.decompressor.deflate_decompress(&scratch.compressed, &mut scratch.inflated);
        let length = done.map_err(|error| match error {
            DecompressionError::BadData => AnomalyKind::CorruptStream,
            DecompressionError::InsufficientSpace => AnomalyKind::BadSize { expected: entry.size },
        })?;
        scratch.inflated.get(..length).unwrap_or_default()
    };
    checked(entry, bytes)
}

fn checked<'s>(entry: &Entry, bytes: &'s [u8]) -> Result<&'s [u8], AnomalyKind> {
    if u64::try_from(bytes.len()).ok() != Some(entry.size.0) {
        return Err(AnomalyKind::BadSize { expected: entry.size });
    }
    match entry.crc {
        Some(expected) => {
            let actual = crc32fast::hash(bytes);
            if actual == expected { Ok(bytes) } else { Err(AnomalyKind::BadCrc { expected, actual }) }
        }
        None => Ok(bytes),
    }
}

/// Reads a file of a folder; one that grew or shrank since the walk is told apart from one that cannot be read.
fn read_file<'s>(
    path: Option<&std::path::PathBuf>,
    entry: &Entry,
    scratch: &'s mut Scratch,
) -> Result<&'s [u8], AnomalyKind> {
    let path = path.ok_or(AnomalyKind::MissingLocalHeader)?;
    if entry.kind == EntryKind::Symlink {
        let target = std::fs::read_link(path).map_err(|cause| unreadable(&cause))?;
        scratch.inflated.clear();
        scratch.inflated.extend_from_slice(target.to_string_lossy().as_bytes());
        return Ok(&scratch.inflated);
    }
    // a FIFO would block, a device would never end
    if entry.kind != EntryKind::File {
        return Err(AnomalyKind::Unreadable("not a regular file".to_owned()));
    }
    let file = std::fs::File::open(path).map_err(|cause| unreadable(&cause))?;
    scratch.inflated.clear();
    file.take(entry.size.0.saturating_add(1))
        .read_to_end(&mut scratch.inflated)
        .map_err(|cause| unreadable(&cause))?;
    checked(entry, &scratch.inflated)
}

/// Reads at most `most` bytes from the beginning of an entry.
pub(super) fn read_prefix<'s>(
    source: &Source,
    entry: &Entry,
    index: usize,
    most: usize,
    scratch: &'s mut Scratch,
) -> Result<&'s [u8], AnomalyKind> {
    if entry.is_encrypted() {
        return Err(AnomalyKind::Encrypted);
    }
    if !entry.method.is_supported() {
        return Err(AnomalyKind::UnsupportedMethod(entry.method.into()));
    }
    scratch.inflated.clear();
    let most = u64::try_from(most).unwrap_or(u64::MAX);
    let read = match source {
        Source::Zip { zip, ways, .. } => {
            let (start, end) = range(zip, ways.get(index))?;
            let window = Window { zip, at: start, end };
            let buffered = io::BufReader::with_capacity(WINDOW, window);
            if entry.method == Method::STORED {
                buffered.take(most).read_to_end(&mut scratch.inflated)
            } else {
                DeflateDecoder::new(buffered).take(most).read_to_end(&mut scratch.inflated)
            }
        }
        Source::Folder { .. } if entry.kind != EntryKind::File => {
            return Err(AnomalyKind::Unreadable("not a regular file".to_owned()));
        }
        Source::Folder { files } => match files.get(index).map(std::fs::File::open) {
            Some(Ok(file)) => file.take(most).read_to_end(&mut scratch.inflated),
            Some(Err(cause)) => Err(cause),
            None => return Err(AnomalyKind::MissingLocalHeader),
        },
        Source::Nothing => return Err(AnomalyKind::MissingLocalHeader),
    };
    match read {
        Ok(_) => Ok(&scratch.inflated),
        Err(cause) if cause.kind() == io::ErrorKind::InvalidInput => Err(AnomalyKind::CorruptStream),
        Err(cause) => Err(unreadable(&cause)),
    }
}

fn unreadable(cause: &io::Error) -> AnomalyKind {
    AnomalyKind::Unreadable(cause.kind().to_string())
}

/// A range of the zip file as a reader.
struct Window<'a> {
    zip: &'a ZipArchive<FileReader>,
    at: u64,
    end: u64,
}

impl Read for Window<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.end.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let most = left.min(buffer.len());
        let read = self.zip.get_ref().read_at(buffer.get_mut(..most).unwrap_or_default(), self.at)?;
        self.at = self.at.saturating_add(u64::try_from(read).unwrap_or_default());
        Ok(read)
    }
}
