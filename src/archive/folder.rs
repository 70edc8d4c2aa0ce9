//! A folder as a package: walked without following links, special files never opened.

use std::{
    fs::{self, Metadata},
    io,
    path::{Path, PathBuf},
};

use crate::model::{entry_path::EntryPath, size::Bytes};

use super::{
    anomaly::{Anomaly, AnomalyKind, LimitBreach},
    entry::{Entry, EntryKind, Host, Method, Mode, SpecialFile},
    limits::Limits,
    source::{Opened, Source, words},
};

/// Walks a folder. Only the folder itself being unreadable is an error; what is unreadable inside it is an anomaly.
pub(super) fn walk(root: &Path, limits: &Limits) -> io::Result<Opened> {
    let mut walk = Walk { root, limits, found: Vec::new(), anomalies: Vec::new() };
    walk.enter(root, "", limits.folder_depth)?;
    walk.found.sort_by(|(one, _), (two, _)| (&one.path, &one.raw_name).cmp(&(&two.path, &two.raw_name)));
    let (entries, files): (Vec<Entry>, Vec<PathBuf>) = walk.found.into_iter().unzip();
    let mut anomalies = walk.anomalies;
    if entries.is_empty() && anomalies.is_empty() {
        anomalies.push(Anomaly { entry: None, kind: AnomalyKind::Empty });
    }
    Ok(Opened { entries, anomalies, zipped: None, source: Source::Folder { files } })
}

/// A file as the only one of its folder.
pub(super) fn single(file: &Path, limits: &Limits) -> io::Result<Opened> {
    let root = file.parent().unwrap_or(Path::new(""));
    let mut walk = Walk { root, limits, found: Vec::new(), anomalies: Vec::new() };
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    walk.take(file, &name, &fs::metadata(file)?, 0);
    let (entries, files): (Vec<Entry>, Vec<PathBuf>) = walk.found.into_iter().unzip();
    Ok(Opened { entries, anomalies: walk.anomalies, zipped: None, source: Source::Folder { files } })
}

struct Walk<'a> {
    root: &'a Path,
    limits: &'a Limits,
    found: Vec<(Entry, PathBuf)>,
    anomalies: Vec<Anomaly>,
}

impl Walk<'_> {
    fn enter(&mut self, folder: &Path, below: &str, left: u64) -> io::Result<()> {
        let Some(left) = left.checked_sub(1) else {
            let most = self.limits.folder_depth;
            return Err(io::Error::other(format!(
                "folders are nested deeper than {most} (--limit folder-depth={})",
                most.saturating_mul(2)
            )));
        };
        for child in fs::read_dir(folder)? {
            let child = child?;
            if self.is_full() {
                return Ok(());
            }
            let name = child.file_name().to_string_lossy().into_owned();
            let path = if below.is_empty() { name } else { format!("{below}/{name}") };
            match child.path().symlink_metadata() {
                Ok(metadata) => self.take(&child.path(), &path, &metadata, left),
                Err(cause) => self.unreadable(&path, &cause),
            }
        }
        Ok(())
    }

    fn is_full(&mut self) -> bool {
        let count = u64::try_from(self.found.len()).unwrap_or(u64::MAX);
        if count < self.limits.entries {
            return false;
        }
        let breach =
            LimitBreach { name: "entries", limit: self.limits.entries, actual: count.saturating_add(1) };
        let anomaly = Anomaly { entry: None, kind: AnomalyKind::LimitReached(breach) };
        if !self.anomalies.contains(&anomaly) {
            self.anomalies.push(anomaly);
        }
        true
    }

    fn take(&mut self, file: &Path, path: &str, metadata: &Metadata, left: u64) {
        let kind = kind_of(metadata);
        let size = if kind == EntryKind::Directory { Bytes(0) } else { Bytes(metadata.len()) };
        let entry = Entry {
            path: EntryPath::new(path),
            raw_name: self.raw_name(file),
            size,
            compressed: size,
            crc: None,
            mode: mode_of(metadata),
            kind,
            method: Method::STORED,
            flags: 0,
            offset: 0,
            modified: None,
            unicode_name: None,
        };
        self.found.push((entry, file.to_owned()));
        if kind == EntryKind::Directory
            && let Err(cause) = self.enter(file, path, left)
        {
            self.unreadable(path, &cause);
        }
    }

    /// The bytes of a name that is not UTF-8.
    fn raw_name(&self, file: &Path) -> Option<Box<[u8]>> {
        let below = file.strip_prefix(self.root).ok()?.as_os_str();
        below.to_str().is_none().then(|| Box::from(below.as_encoded_bytes()))
    }

    fn unreadable(&mut self, path: &str, cause: &io::Error) {
        let kind = AnomalyKind::Unreadable(format!("{path}: {}", words(cause)));
        self.anomalies.push(Anomaly { entry: None, kind });
    }
}

#[cfg(unix)]
fn kind_of(metadata: &Metadata) -> EntryKind {
    use std::os::unix::fs::FileTypeExt;
    let kind = metadata.file_type();
    match kind {
        _ if kind.is_dir() => EntryKind::Directory,
        _ if kind.is_symlink() => EntryKind::Symlink,
        _ if kind.is_fifo() => EntryKind::Special(SpecialFile::Fifo),
        _ if kind.is_socket() => EntryKind::Special(SpecialFile::Socket),
        _ if kind.is_file() => EntryKind::File,
        _ => EntryKind::Special(SpecialFile::Device),
    }
}

#[cfg(not(unix))]
fn kind_of(metadata: &Metadata) -> EntryKind {
    match metadata.file_type() {
        kind if kind.is_dir() => EntryKind::Directory,
        kind if kind.is_symlink() => EntryKind::Symlink,
        kind if kind.is_file() => EntryKind::File,
        _ => EntryKind::Special(SpecialFile::Device),
    }
}

#[cfg(unix)]
fn mode_of(metadata: &Metadata) -> Mode {
    use std::os::unix::fs::PermissionsExt;
    Mode { host: Host::UNIX, bits: metadata.permissions().mode() }
}

#[cfg(not(unix))]
fn mode_of(_: &Metadata) -> Mode {
    Mode { host: Host::NTFS, bits: 0 }
}
