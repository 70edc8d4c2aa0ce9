//! Where the bytes of entries come from: what a reader of zips or folders hands over.

use std::path::PathBuf;

use rawzip::{FileReader, ZipArchive, ZipArchiveEntryWayfinder};

use crate::model::size::Bytes;

use super::{anomaly::Anomaly, entry::Entry};

/// Where the bytes of entries come from.
pub(super) enum Source {
    /// A zip file, with the way to each entry in the order of the entries.
    Zip { zip: ZipArchive<FileReader>, ways: Vec<ZipArchiveEntryWayfinder>, length: u64 },
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
