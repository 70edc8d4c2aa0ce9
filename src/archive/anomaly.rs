//! What can be wrong with a package's structure: values, collected while reading, judged by `archive/*` rules.

use crate::model::size::Bytes;

use super::entry::Method;

/// Something wrong with the archive or with one of its entries.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Anomaly {
    /// Index into the archive's entries; nothing when the archive as a whole is meant.
    pub entry: Option<usize>,
    /// What is wrong.
    pub kind: AnomalyKind,
}

/// What is wrong. Each variant carries what was expected and what was found.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AnomalyKind {
    /// No end-of-central-directory record; the file looks like something else.
    NotAZip(Disguise),
    /// A valid end record and not one entry.
    Empty,
    /// The central directory or an entry lies beyond the end of the file.
    Truncated {
        /// The first byte position that is missing.
        needed: u64,
        /// The length of the file.
        length: u64,
    },
    /// The central directory cannot be walked to its end.
    BrokenDirectory {
        /// How many entries were read before it broke.
        read: u64,
        /// How many the end record promises.
        promised: u64,
    },
    /// Another entry has the same normalised path.
    DuplicateEntry {
        /// The index of the first of them.
        first: usize,
        /// Whether size and CRC-32 of the two are equal.
        same_content: bool,
    },
    /// Flag bit 0, strong encryption, or method 99.
    Encrypted,
    /// A method other than stored and deflate.
    UnsupportedMethod(MethodNumber),
    /// Inflated bytes disagree with the declared CRC-32.
    BadCrc {
        /// Declared.
        expected: u32,
        /// Of the bytes.
        actual: u32,
    },
    /// Inflated bytes disagree with the declared size.
    BadSize {
        /// Declared.
        expected: Bytes,
    },
    /// The deflate stream is corrupt.
    CorruptStream,
    /// The local header is not where the central directory says, or is no local header.
    MissingLocalHeader,
    /// A limit of the scanner was reached.
    LimitReached(LimitBreach),
    /// More bytes are declared than deflate can hold in the compressed bytes (1032:1).
    ImpossibleRatio {
        /// Compressed size.
        compressed: Bytes,
        /// Declared size.
        declared: Bytes,
    },
    /// The file could not be read (a folder's file, or a zip that shrank while it was read).
    Unreadable(String),
}

/// A compression method by number, ordered for stable reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MethodNumber(pub u16);

impl From<Method> for MethodNumber {
    fn from(method: Method) -> Self {
        Self(method.0)
    }
}

/// What a file that is no zip looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Disguise {
    /// No bytes at all.
    EmptyFile,
    /// An HTML page, usually an error or login page saved by a download.
    Html,
    /// An XML document, usually an error of an object store.
    Xml,
    /// JSON text.
    Json,
    /// A zip encoded as base64 text.
    Base64Zip,
    /// gzip, often a tar.gz.
    Gzip,
    /// A tar archive.
    Tar,
    /// bzip2.
    Bzip2,
    /// xz.
    Xz,
    /// zstd.
    Zstd,
    /// 7-Zip.
    SevenZip,
    /// RAR.
    Rar,
    /// A zip whose end is missing: it begins with a local header.
    CutZip,
    /// A Git LFS pointer.
    LfsPointer,
    /// Other text.
    Text,
    /// Other bytes.
    Unknown,
}

/// Which limit was reached, with its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct LimitBreach {
    /// The limit's name, as `--limit` takes it.
    pub name: &'static str,
    /// Its value.
    pub limit: u64,
    /// What the package has or declares.
    pub actual: u64,
}
