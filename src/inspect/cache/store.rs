//! Files of a cache: written whole or not at all, believed only when their checksum is right, bounded in size.

use std::{
    fs::{self, DirBuilder, File, Metadata, OpenOptions},
    hash::{BuildHasher, RandomState},
    io::{self, Read, Write},
    path::{Path, PathBuf},
    time::SystemTime,
};

/// What each file begins with, before its checksum.
const MAGIC: &[u8] = b"layerlint cache 1\n";

/// Bytes of a checksum.
const CHECKSUM: usize = 32;

/// Bytes of the largest file; the rows of a layer of 400 MB take about four million.
const MOST: u64 = 16 << 20;

/// Bytes of all files together, above which the oldest go.
pub(super) const MOST_OF_ALL: u64 = 512 << 20;

/// The ending of whole files, and of those that are being written.
const ENDINGS: [&str; 2] = [".found", ".found-new"];

/// Makes the folder where it is not there; only its owner may look into it.
pub(super) fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// What was kept under a name; nothing when it is not there, cut, altered, too large or no file at all.
pub(super) fn read(folder: &Path, name: &str) -> Option<Vec<u8>> {
    let path = folder.join(format!("{name}{}", ENDINGS[0]));
    // a pipe would be waited for
    let metadata = fs::symlink_metadata(&path).ok().filter(Metadata::is_file)?;
    if metadata.len() > MOST {
        return None;
    }
    let mut bytes = Vec::new();
    File::open(&path).ok()?.take(MOST).read_to_end(&mut bytes).ok()?;
    let (sum, body) = bytes.strip_prefix(MAGIC)?.split_at_checked(CHECKSUM)?;
    (checksum(name, body) == sum).then(|| body.to_vec())
}

/// Keeps a body under a name. Readers meet the old file or the new one, never a part of it.
pub(super) fn write(folder: &Path, name: &str, body: &[u8]) -> io::Result<()> {
    let length = u64::try_from(body.len()).unwrap_or(u64::MAX);
    if length > MOST / 2 {
        return Err(io::ErrorKind::FileTooLarge.into());
    }
    // two runs, also those of two containers on one disk, do not meet under this name
    let new = folder.join(format!("{:016x}{}", RandomState::new().hash_one(name), ENDINGS[1]));
    let mut file = OpenOptions::new().write(true).create_new(true).open(&new)?;
    let done = file
        .write_all(MAGIC)
        .and_then(|()| file.write_all(&checksum(name, body)))
        .and_then(|()| file.write_all(body))
        .and_then(|()| fs::rename(&new, folder.join(format!("{name}{}", ENDINGS[0]))));
    if done.is_err() {
        let _ = fs::remove_file(&new);
    }
    done
}

fn checksum(name: &str, body: &[u8]) -> [u8; CHECKSUM] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(name.as_bytes()).update(body);
    *hasher.finalize().as_bytes()
}

/// Takes the oldest files away until no more than `most` bytes are left, leftovers of killed runs among them. Nothing else is touched.
pub(super) fn prune(folder: &Path, most: u64) {
    let mut files = files(folder);
    files.sort();
    let mut sum = files.iter().fold(0u64, |sum, (_, _, length)| sum.saturating_add(*length));
    for (_, path, length) in &files {
        if sum <= most {
            return;
        }
        // another run may have been faster
        let _ = fs::remove_file(path);
        sum = sum.saturating_sub(*length);
    }
}

/// The files of a cache by their age.
fn files(folder: &Path) -> Vec<(SystemTime, PathBuf, u64)> {
    let one = |entry: fs::DirEntry| {
        let name = entry.file_name();
        let is_ours = ENDINGS.iter().any(|ending| {
            let stem = name.to_str().and_then(|name| name.strip_suffix(ending));
            stem.is_some_and(|stem| stem.len() >= 16 && stem.bytes().all(|byte| byte.is_ascii_hexdigit()))
        });
        let metadata = entry.metadata().ok().filter(|metadata| is_ours && metadata.is_file())?;
        Some((metadata.modified().ok()?, entry.path(), metadata.len()))
    };
    fs::read_dir(folder).into_iter().flatten().flatten().filter_map(one).collect()
}
