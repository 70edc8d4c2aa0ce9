//! A package opened for reading.

use std::{collections::HashMap, path::Path};

use crate::model::{entry_path::EntryPath, size::Bytes};

use super::{
    anomaly::{Anomaly, AnomalyKind},
    entry::Entry,
    limits::Limits,
};

/// A zip or a folder.
#[derive(Debug)]
pub struct Archive {
    entries: Vec<Entry>,
    anomalies: Vec<Anomaly>,
    by_path: HashMap<EntryPath, usize>,
    zipped: Option<Bytes>,
}

/// The file system did not let the package be opened or read: the person's to mend, not the package's fault.
#[derive(Debug, thiserror::Error)]
pub enum ArchiveError {
    /// The path is not there or not readable.
    #[error("cannot read {path}: {cause}")]
    Io {
        /// The path as the user wrote it.
        path: String,
        /// The system's words.
        cause: std::io::Error,
    },
}

/// Buffers of one thread, reused from entry to entry.
#[derive(Default)]
pub struct Scratch {}

impl Archive {
    /// Opens a zip or a folder. Fails only when the file system refuses; anything wrong with the content is an anomaly.
    pub fn open(_path: &Path, _limits: &Limits) -> Result<Self, ArchiveError> {
        Ok(Self { entries: Vec::new(), anomalies: Vec::new(), by_path: HashMap::new(), zipped: None })
    }

    /// All entries, in the order of the central directory (sorted by path in a folder).
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// What is wrong with the structure, found while opening.
    pub fn anomalies(&self) -> &[Anomaly] {
        &self.anomalies
    }

    /// The index of the entry that an unzipper leaves at this path: the last of its name.
    pub fn position(&self, path: &str) -> Option<usize> {
        self.by_path.get(path).copied()
    }

    /// The entry that an unzipper leaves at this path.
    pub fn find(&self, path: &str) -> Option<&Entry> {
        self.entries.get(self.position(path)?)
    }

    /// The size of the zip file; nothing for a folder.
    pub fn zipped(&self) -> Option<Bytes> {
        self.zipped
    }

    /// The sum of the declared sizes of all entries: what Lambda counts against the limit.
    pub fn unzipped(&self) -> Bytes {
        self.entries.iter().map(|entry| entry.size).sum()
    }

    /// Reads a whole entry, checks its size and CRC-32, and lends the bytes until the next read.
    pub fn read<'s>(&self, _entry: &Entry, _scratch: &'s mut Scratch) -> Result<&'s [u8], AnomalyKind> {
        Ok(&[])
    }

    /// Reads at most `most` bytes from the beginning of an entry, unchecked.
    pub fn read_prefix<'s>(&self, _entry: &Entry, _most: usize, _scratch: &'s mut Scratch) -> Result<&'s [u8], AnomalyKind> {
        Ok(&[])
    }
}
