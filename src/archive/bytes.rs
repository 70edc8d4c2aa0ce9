//! Bounded reading: whole entries, checked, or their beginnings.

use std::{
    fs::File,
    io::{self, Read},
    path::{Path, PathBuf},
};

use flate2::bufread::DeflateDecoder;
use libdeflater::{DecompressionError, Decompressor};
use rawzip::{ErrorKind, ReaderAt, ZipArchive, ZipArchiveEntryWayfinder};

use super::{
    anomaly::AnomalyKind,
    budget::Watch,
    entry::{Entry, EntryKind, Method},
    source::{PackageFile, Source, words},
};

/// Compressed bytes that are read at once when only a beginning is wanted.
const WINDOW: usize = 16 << 10;

/// Compressed bytes that are held as a whole.
const LARGE: u64 = 64 << 20;

/// Buffers of one thread, reused from entry to entry.
pub struct Scratch {
    compressed: Vec<u8>,
    inflated: Vec<u8>,
    /// Beginnings, and files of a folder: as long as what was read.
    read: Vec<u8>,
    decompressor: Decompressor,
    pub(super) watch: Watch,
}

impl Default for Scratch {
    fn default() -> Self {
        Self {
            compressed: Vec::new(),
            inflated: Vec::new(),
            read: Vec::new(),
            decompressor: Decompressor::new(),
            watch: Watch::default(),
        }
    }
}

impl Scratch {
    /// Hands over the bytes that were read last as a whole, instead of a copy of them.
    pub(super) fn take(&mut self, source: &Source, entry: &Entry, length: usize) -> Vec<u8> {
        let buffer = match source {
            Source::Zip { .. } if entry.method == Method::STORED => &mut self.compressed,
            Source::Zip { .. } | Source::Nothing => &mut self.inflated,
            Source::Folder { .. } => &mut self.read,
        };
        let mut bytes = std::mem::take(buffer);
        bytes.truncate(length);
        bytes
    }
}

/// Reads and checks a whole entry, which the survey has let through.
pub(super) fn read<'s>(
    source: &Source,
    entry: &Entry,
    index: usize,
    scratch: &'s mut Scratch,
) -> Result<&'s [u8], AnomalyKind> {
    match source {
        Source::Zip { zip, ways } => {
            let range = range(zip, ways.get(index))?;
            if entry.method == Method::DEFLATED && entry.compressed.0 > LARGE {
                return inflate_streamed(Window::over(zip, range), entry, scratch);
            }
            read_compressed(zip, range, &mut scratch.compressed)?;
            inflate(entry, scratch)
        }
        Source::Folder { files } => read_file(file_at(files, index)?, entry, scratch),
        Source::Nothing => Err(AnomalyKind::MissingLocalHeader),
    }
}

/// The bytes of an entry as they lie in the zip. The file's length bounds what is allocated.
fn read_compressed(
    zip: &ZipArchive<PackageFile>,
    (start, end): (u64, u64),
    into: &mut Vec<u8>,
) -> Result<(), AnomalyKind> {
    let size = usize::try_from(end.saturating_sub(start)).map_err(|_| AnomalyKind::CorruptStream)?;
    into.resize(size, 0);
    zip.get_ref().read_exact_at(into, start).map_err(|cause| unreadable(&cause))
}

/// Where the compressed bytes of an entry lie; the local header says it, and the file holds them all.
fn range(
    zip: &ZipArchive<PackageFile>,
    way: Option<&ZipArchiveEntryWayfinder>,
) -> Result<(u64, u64), AnomalyKind> {
    let way = way.ok_or(AnomalyKind::MissingLocalHeader)?;
    let entry = zip.get_entry(*way).map_err(|error| match error.kind() {
        ErrorKind::IO(cause) if cause.kind() != io::ErrorKind::UnexpectedEof => unreadable(cause),
        _ => AnomalyKind::MissingLocalHeader,
    })?;
    let (start, end) = entry.compressed_data_range();
    let length = zip.get_ref().length();
    if end > length { Err(AnomalyKind::Truncated { needed: end, length }) } else { Ok((start, end)) }
}

fn inflate<'s>(entry: &Entry, scratch: &'s mut Scratch) -> Result<&'s [u8], AnomalyKind> {
    let bytes = if entry.method == Method::STORED {
        scratch.compressed.as_slice()
    } else {
        let into = room(&mut scratch.inflated, entry)?;
        let done = scratch.decompressor.deflate_decompress(&scratch.compressed, into);
        let length = done.map_err(|error| match error {
            DecompressionError::BadData => AnomalyKind::CorruptStream,
            DecompressionError::InsufficientSpace => AnomalyKind::BadSize { expected: entry.size },
        })?;
        scratch.inflated.get(..length).unwrap_or_default()
    };
    checked(entry, bytes)
}

/// Room for the content of an entry. New room is given by the system untouched: what is not written to takes no memory, so that an
/// entry costs what it inflates to and not what it declares.
fn room<'b>(buffer: &'b mut Vec<u8>, entry: &Entry) -> Result<&'b mut [u8], AnomalyKind> {
    let bad = AnomalyKind::BadSize { expected: entry.size };
    let size = usize::try_from(entry.size.0).map_err(|_| bad.clone())?;
    if buffer.len() < size {
        *buffer = Vec::new();
        *buffer = vec![0; size];
    }
    buffer.get_mut(..size).ok_or(bad)
}

/// Inflates an entry whose compressed bytes are too many to be held beside what they become.
fn inflate_streamed<'s>(
    window: Window<'_>,
    entry: &Entry,
    scratch: &'s mut Scratch,
) -> Result<&'s [u8], AnomalyKind> {
    scratch.compressed = Vec::new();
    let into = room(&mut scratch.inflated, entry)?;
    let mut stream = DeflateDecoder::new(io::BufReader::with_capacity(WINDOW, window));
    let done = stream.read_exact(into).and_then(|()| stream.read(&mut [0]));
    match done {
        Ok(0) => checked(entry, into),
        Ok(_) => Err(AnomalyKind::BadSize { expected: entry.size }),
        Err(cause) if is_corrupt(cause.kind()) => Err(AnomalyKind::CorruptStream),
        Err(cause) => Err(unreadable(&cause)),
    }
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

fn file_at(files: &[PathBuf], index: usize) -> Result<&Path, AnomalyKind> {
    files.get(index).map(PathBuf::as_path).ok_or(AnomalyKind::MissingLocalHeader)
}

/// Reads a whole file of a folder. One that grew or shrank since the walk is not what was surveyed.
fn read_file<'s>(path: &Path, entry: &Entry, scratch: &'s mut Scratch) -> Result<&'s [u8], AnomalyKind> {
    read_most(path, entry, entry.size.0.saturating_add(1), scratch)?;
    if entry.is_file() && u64::try_from(scratch.read.len()).ok() != Some(entry.size.0) {
        return Err(AnomalyKind::Unreadable("the file changed while it was read".to_owned()));
    }
    Ok(&scratch.read)
}

/// Reads at most `most` bytes of a file of a folder; of a link, its target.
fn read_most(path: &Path, entry: &Entry, most: u64, scratch: &mut Scratch) -> Result<(), AnomalyKind> {
    let into = &mut scratch.read;
    into.clear();
    let done = match entry.kind {
        EntryKind::Symlink => std::fs::read_link(path).map(|target| {
            let target = target.to_string_lossy();
            let most = usize::try_from(most).unwrap_or(usize::MAX);
            into.extend_from_slice(target.as_bytes().get(..most).unwrap_or(target.as_bytes()));
        }),
        EntryKind::File => open_regular(path).and_then(|file| file.take(most).read_to_end(into)).map(|_| ()),
        EntryKind::Directory | EntryKind::Special(_) => Err(irregular()),
    };
    done.map_err(|cause| unreadable(&cause))
}

/// Opens what is still a regular file: a link that took its place would lead out, a FIFO would block, a device would never end.
fn open_regular(path: &Path) -> io::Result<File> {
    if !path.symlink_metadata()?.is_file() {
        return Err(irregular());
    }
    let file = File::open(path)?;
    if file.metadata()?.is_file() { Ok(file) } else { Err(irregular()) }
}

fn irregular() -> io::Error {
    io::Error::other("not a regular file")
}

/// Reads at most `most` bytes from the beginning of an entry.
pub(super) fn read_prefix<'s>(
    source: &Source,
    entry: &Entry,
    index: usize,
    most: usize,
    scratch: &'s mut Scratch,
) -> Result<&'s [u8], AnomalyKind> {
    let most = u64::try_from(most).unwrap_or(u64::MAX);
    match source {
        Source::Zip { zip, ways } => {
            let window = Window::over(zip, range(zip, ways.get(index))?);
            inflate_prefix(window, entry.method, most, scratch)?;
        }
        Source::Folder { files } => read_most(file_at(files, index)?, entry, most, scratch)?,
        Source::Nothing => return Err(AnomalyKind::MissingLocalHeader),
    }
    Ok(&scratch.read)
}

fn inflate_prefix(
    window: Window<'_>,
    method: Method,
    most: u64,
    scratch: &mut Scratch,
) -> Result<(), AnomalyKind> {
    let into = &mut scratch.read;
    into.clear();
    let buffered = io::BufReader::with_capacity(WINDOW, window);
    let read = if method == Method::STORED {
        buffered.take(most).read_to_end(into)
    } else {
        DeflateDecoder::new(buffered).take(most).read_to_end(into)
    };
    match read {
        Ok(_) => Ok(()),
        Err(cause) if is_corrupt(cause.kind()) => Err(AnomalyKind::CorruptStream),
        Err(cause) => Err(unreadable(&cause)),
    }
}

/// How a decoder says that the stream is wrong, or ends where it should go on.
fn is_corrupt(kind: io::ErrorKind) -> bool {
    matches!(kind, io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData | io::ErrorKind::UnexpectedEof)
}

fn unreadable(cause: &io::Error) -> AnomalyKind {
    AnomalyKind::Unreadable(words(cause))
}

/// A range of the zip file as a reader.
struct Window<'a> {
    file: &'a PackageFile,
    at: u64,
    end: u64,
}

impl<'a> Window<'a> {
    fn over(zip: &'a ZipArchive<PackageFile>, (at, end): (u64, u64)) -> Self {
        Self { file: zip.get_ref(), at, end }
    }
}

impl Read for Window<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.end.saturating_sub(self.at)).unwrap_or(usize::MAX);
        let most = left.min(buffer.len());
        let read = self.file.read_at(buffer.get_mut(..most).unwrap_or_default(), self.at)?;
        self.at = self.at.saturating_add(u64::try_from(read).unwrap_or_default());
        Ok(read)
    }
}
