//! A package opened for reading.

use std::{collections::HashMap, fmt, fs::File, path::Path, sync::Arc};

use crate::model::{entry_path::EntryPath, size::Bytes};

use super::{
    anomaly::{Anomaly, AnomalyKind, LimitBreach},
    budget::Budget,
    bytes::{self, Scratch},
    directory, disguise,
    entry::Entry,
    folder,
    limits::Limits,
    source::{Opened, PackageFile, Source, words},
    structure, survey,
};

/// A zip or a folder.
pub struct Archive {
    entries: Vec<Entry>,
    anomalies: Vec<Anomaly>,
    by_path: HashMap<EntryPath, usize>,
    zipped: Option<Bytes>,
    limits: Limits,
    /// The package declares more than is looked at: nothing of it is inflated.
    too_much: Option<LimitBreach>,
    /// How many archives it is inside of.
    depth: u64,
    budget: Arc<Budget>,
    source: Source,
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
    /// The path is a device, a FIFO or a socket.
    #[error("cannot read {path}: neither a file nor a folder")]
    Special {
        /// The path as the user wrote it.
        path: String,
    },
}

impl Archive {
    /// Opens a zip or a folder. Fails only when the file system refuses; anything wrong with the content is an anomaly.
    pub fn open(path: &Path, limits: &Limits) -> Result<Self, ArchiveError> {
        let io = |cause| ArchiveError::Io { path: path.display().to_string(), cause };
        let metadata = std::fs::metadata(path).map_err(io)?;
        let opened = if metadata.is_dir() {
            folder::walk(path, limits).map_err(io)?
        } else if metadata.is_file() {
            let file = PackageFile::new(File::open(path).map_err(io)?, metadata.len());
            open_content(file, limits).map_err(io)?
        } else {
            return Err(ArchiveError::Special { path: path.display().to_string() });
        };
        Ok(Self::surveyed(opened, limits, 0, Arc::default()))
    }

    /// What a file will be as the one file of a zip.
    pub fn of_file(path: &Path, limits: &Limits) -> Result<Self, ArchiveError> {
        let io = |cause| ArchiveError::Io { path: path.display().to_string(), cause };
        let opened = folder::single(path, limits).map_err(io)?;
        Ok(Self::surveyed(opened, limits, 0, Arc::default()))
    }

    /// Opens a zip that is at hand as bytes; nothing when they cannot be read as a file can.
    pub(crate) fn in_memory(bytes: Vec<u8>, limits: &Limits) -> Option<Self> {
        let opened = open_content(PackageFile::in_memory(bytes), limits).ok()?;
        Some(Self::surveyed(opened, limits, 0, Arc::default()))
    }

    pub(super) fn surveyed(opened: Opened, limits: &Limits, depth: u64, budget: Arc<Budget>) -> Self {
        let Opened { entries, mut anomalies, zipped, source } = opened;
        let mut by_path = HashMap::with_capacity(entries.len());
        for (index, entry) in entries.iter().enumerate() {
            by_path.insert(entry.path.clone(), index);
        }
        anomalies.extend(survey::anomalies(&entries, limits));
        anomalies.sort();
        let too_much = survey::too_much(&entries, limits);
        Self { entries, anomalies, by_path, zipped, limits: *limits, too_much, depth, budget, source }
    }

    /// The limits it was opened with.
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    pub(super) fn depth(&self) -> u64 {
        self.depth
    }

    pub(super) fn budget(&self) -> &Arc<Budget> {
        &self.budget
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

    /// Reads a whole entry by its index, checks its size and CRC-32, and lends the bytes until the next read.
    pub fn read<'s>(&self, index: usize, scratch: &'s mut Scratch) -> Result<&'s [u8], AnomalyKind> {
        let entry = self.entry(index)?;
        survey::refusal(entry, &self.limits).map_or(Ok(()), Err)?;
        self.spend(entry.size.max(entry.compressed).0, scratch)?;
        bytes::read(&self.source, entry, index, scratch)
    }

    /// Reads a whole entry as [`Self::read`] does, and keeps the bytes.
    pub(super) fn read_owned(&self, index: usize, scratch: &mut Scratch) -> Result<Vec<u8>, AnomalyKind> {
        let length = self.read(index, scratch)?.len();
        Ok(scratch.take(&self.source, self.entry(index)?, length))
    }

    /// Reads at most `most` bytes from the beginning of an entry, unchecked.
    pub fn read_prefix<'s>(
        &self,
        index: usize,
        most: usize,
        scratch: &'s mut Scratch,
    ) -> Result<&'s [u8], AnomalyKind> {
        let entry = self.entry(index)?;
        survey::unreadable(entry).map_or(Ok(()), Err)?;
        self.spend(u64::try_from(most).unwrap_or(u64::MAX).min(entry.size.0), scratch)?;
        bytes::read_prefix(&self.source, entry, index, most, scratch)
    }

    /// The entry, unless nothing of the package is inflated.
    fn entry(&self, index: usize) -> Result<&Entry, AnomalyKind> {
        match self.too_much {
            Some(breach) => Err(AnomalyKind::LimitReached(breach)),
            None => self.entries.get(index).ok_or(AnomalyKind::MissingLocalHeader),
        }
    }

    /// Whether a directory of a zip was read.
    pub fn is_zip(&self) -> bool {
        matches!(self.source, Source::Zip { .. })
    }

    /// The same without the bytes behind it: nothing can be read any more.
    #[must_use]
    pub fn without_bytes(self) -> Self {
        Self { source: Source::Nothing, ..self }
    }

    /// What local headers, end records and the bytes between entries show to be wrong. It reads as many headers as there are
    /// entries, and so is asked for by itself; of a folder there is nothing to tell.
    pub fn structure(&self) -> Vec<Anomaly> {
        let Source::Zip { zip, .. } = &self.source else { return Vec::new() };
        structure::anomalies(zip, &self.entries, &self.limits).unwrap_or_else(|cause| {
            vec![Anomaly { entry: None, kind: AnomalyKind::Unreadable(words(&cause)) }]
        })
    }

    /// BLAKE3 of the whole file; nothing for a folder, or when it cannot be read.
    pub fn digest(&self) -> Option<[u8; 32]> {
        let Source::Zip { zip, .. } = &self.source else { return None };
        zip.get_ref().digest().ok()
    }

    /// Counts bytes against the limits that were read in an earlier run, so that what is read now meets them where it did then.
    pub fn count_as_read(&self, bytes: u64) {
        self.budget.count(bytes);
    }

    /// Bytes that were counted so far.
    #[cfg(test)]
    pub(crate) fn read_so_far(&self) -> u64 {
        self.budget.inflated()
    }

    fn spend(&self, bytes: u64, scratch: &mut Scratch) -> Result<(), AnomalyKind> {
        self.budget.spend(bytes, &self.limits, &mut scratch.watch).map_err(AnomalyKind::LimitReached)
    }
}

impl fmt::Debug for Archive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Archive")
            .field("entries", &self.entries.len())
            .field("anomalies", &self.anomalies)
            .finish_non_exhaustive()
    }
}

pub(super) fn open_content(file: PackageFile, limits: &Limits) -> std::io::Result<Opened> {
    let length = file.length();
    let beginning = disguise::beginning(&file)?;
    match directory::read(file, &beginning, limits)? {
        Some(opened) => Ok(opened),
        None => Ok(Opened {
            entries: Vec::new(),
            anomalies: vec![Anomaly { entry: None, kind: AnomalyKind::NotAZip(disguise::of(&beginning)) }],
            zipped: Some(Bytes(length)),
            source: Source::Nothing,
        }),
    }
}
