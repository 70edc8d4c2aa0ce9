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
    /// An archive that holds a copy of itself, which holds one too, without end.
    HoldsItself,
    /// The local header of an entry contradicts what the directory says of it.
    HeaderMismatch(Vec<Difference>),
    /// The bytes of an entry are bytes of another one too.
    Overlap {
        /// The index of the other.
        with: usize,
    },
    /// Readers may take the archive for another one.
    Ambiguous(Ambiguity),
    /// Bytes that belong to no entry.
    ExtraData {
        /// Where they are.
        place: Surplus,
        /// How many.
        bytes: Bytes,
        /// What they look like.
        looks: Looks,
    },
    /// The file could not be read (a folder's file, or a zip that shrank while it was read).
    Unreadable(String),
}

/// One field in which a local header and the directory differ.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Difference {
    /// Which one.
    pub field: HeaderField,
    /// What the directory says.
    pub directory: String,
    /// What the local header, or the descriptor behind the data, says.
    pub local: String,
}

/// A field of the headers that readers rely on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum HeaderField {
    /// The name.
    Name,
    /// The Unicode path (extra field 0x7075).
    UnicodeName,
    /// The compression method.
    Method,
    /// Encryption, descriptor or UTF-8 flag.
    Flags,
    /// CRC-32.
    Crc,
    /// Size inside the zip.
    CompressedSize,
    /// Size of the content.
    Size,
    /// The zip64 extra field: twice, or missing where a size points at it.
    Zip64,
    /// The data descriptor behind the data.
    Descriptor,
}

impl HeaderField {
    /// For messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::UnicodeName => "Unicode path",
            Self::Method => "method",
            Self::Flags => "flags",
            Self::Crc => "CRC-32",
            Self::CompressedSize => "compressed size",
            Self::Size => "size",
            Self::Zip64 => "zip64 field",
            Self::Descriptor => "data descriptor",
        }
    }
}

/// Why two readers may see two archives in one file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Ambiguity {
    /// Another end record that some reader would take.
    SecondEnd {
        /// Whether it stands in the comment, or behind it.
        behind: bool,
    },
    /// The directory holds more entries than the end record says.
    Count {
        /// As the end record says.
        promised: u64,
        /// As there are.
        read: u64,
    },
    /// The count wrapped at 65,536: the zipper knows no zip64.
    CountWraps {
        /// As there are.
        read: u64,
    },
    /// The end record counts other entries on this disk than in all, or names another disk.
    Disks,
    /// The end record gives the directory another size than it has.
    DirectorySize {
        /// As the end record says.
        declared: u64,
        /// As it has.
        actual: u64,
    },
    /// The zip64 end record contradicts the classic one.
    Zip64Contradicts,
    /// The zip64 locator points elsewhere than at the record directly before it.
    Zip64Elsewhere,
    /// A zip64 end record or locator that the end record does not lead to.
    Zip64Stray,
    /// A local header that the directory does not list, with its name.
    HiddenEntry(String),
    /// An entry that lies in the directory, in a comment or behind the end.
    EntryBehindDirectory,
}

/// Where bytes lie that belong to nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Surplus {
    /// Before the first entry.
    Before,
    /// Between entries, or between them and the directory or the end record.
    Between,
    /// Behind the end record and its comment.
    Behind,
}

/// What bytes that belong to nothing look like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Looks {
    /// A script: `#!`.
    Script,
    /// A Windows program, as self-extracting archives begin with.
    WindowsProgram,
    /// An ELF program.
    LinuxProgram,
    /// Nothing that is known.
    Other,
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
