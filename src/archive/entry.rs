//! One entry of a package, as the central directory (or the file system) describes it.

use crate::model::{entry_path::EntryPath, size::Bytes};

/// What an entry is laid down as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum EntryKind {
    /// A regular file.
    File,
    /// A folder.
    Directory,
    /// A symbolic link; its content is the target.
    Symlink,
    /// A device, FIFO or socket.
    Special(SpecialFile),
}

/// Kinds of file that no package should hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SpecialFile {
    /// A block or character device.
    Device,
    /// A named pipe.
    Fifo,
    /// A socket.
    Socket,
}

/// Who made the entry, by the upper byte of "version made by" (APPNOTE 4.4.2). Unknown hosts keep their number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Host(pub u8);

impl Host {
    /// MS-DOS, OS/2, FAT: what Windows zippers write.
    pub const FAT: Self = Self(0);
    /// Unix.
    pub const UNIX: Self = Self(3);
    /// Windows NTFS.
    pub const NTFS: Self = Self(10);
    /// OS X (Darwin).
    pub const DARWIN: Self = Self(19);

    /// Whether the external attributes carry Unix permission bits.
    pub fn has_unix_mode(self) -> bool {
        self == Self::UNIX || self == Self::DARWIN
    }
}

/// Permissions of an entry as Lambda will lay it down.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Mode {
    /// Who made the entry.
    pub host: Host,
    /// The Unix mode with its file type bits, 0 where the maker stored none.
    pub bits: u32,
}

impl Mode {
    /// The twelve permission bits.
    pub fn permissions(self) -> u32 {
        self.bits & 0o7777
    }

    /// Whether a process that is neither owner nor group may read it. Entries without Unix bits are laid down readable.
    pub fn others_read(self) -> bool {
        !self.host.has_unix_mode() || self.bits & 0o004 != 0
    }

    /// Whether others may execute it (or enter the folder). Entries without Unix bits never are.
    pub fn others_execute(self) -> bool {
        self.host.has_unix_mode() && self.bits & 0o001 != 0
    }

    /// Whether its owner may read it: what the unpacking of a layer needs.
    pub fn owner_read(self) -> bool {
        !self.host.has_unix_mode() || self.bits & 0o400 != 0
    }

    /// Whether its owner may write it: what a later layer over it needs.
    pub fn owner_write(self) -> bool {
        !self.host.has_unix_mode() || self.bits & 0o200 != 0
    }
}

/// The compression method, never a closed list on hostile input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Method(pub u16);

impl Method {
    /// No compression.
    pub const STORED: Self = Self(0);
    /// Deflate.
    pub const DEFLATED: Self = Self(8);
    /// `WinZip` AES encryption in disguise.
    pub const AES: Self = Self(99);

    /// Whether Lambda is known to unpack it.
    pub fn is_supported(self) -> bool {
        self == Self::STORED || self == Self::DEFLATED
    }

    /// The name people know it by (APPNOTE 4.4.5).
    pub fn name(self) -> &'static str {
        match self.0 {
            0 => "stored",
            1 => "shrink",
            6 => "implode",
            8 => "deflate",
            9 => "deflate64",
            12 => "bzip2",
            14 => "lzma",
            20 | 93 => "zstd",
            94 => "mp3",
            95 => "xz",
            96 => "jpeg",
            97 => "wavpack",
            98 => "ppmd",
            99 => "AES encryption",
            _ => "unknown",
        }
    }
}

/// When an entry was changed last, as MS-DOS counts: in steps of two seconds, in nobody's time zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Modified {
    /// From 1980.
    pub year: u16,
    /// From 1; a zipper may have written anything.
    pub month: u8,
    /// From 1.
    pub day: u8,
    /// Hour of the day.
    pub hour: u8,
    /// Minute of the hour.
    pub minute: u8,
    /// Second of the minute, an even number.
    pub second: u8,
}

/// The path that the extra field 0x7075 gives an entry (APPNOTE 4.6.9).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnicodeName {
    /// Its bytes.
    pub bytes: Box<[u8]>,
    /// Whether its version and checksum are right, and it is the only one.
    pub valid: bool,
}

/// One entry. Its position in [`super::archive::Archive::entries`] is the order of the central directory.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The normalised path.
    pub path: EntryPath,
    /// The name as stored, where it differs from the path (a `./`, a trailing `/`, bytes that are not UTF-8).
    pub raw_name: Option<Box<[u8]>>,
    /// Size after inflating, as declared by the central directory.
    pub size: Bytes,
    /// Size inside the zip; equal to `size` in a folder.
    pub compressed: Bytes,
    /// CRC-32 of the content as declared; nothing in a folder.
    pub crc: Option<u32>,
    /// Permissions.
    pub mode: Mode,
    /// What it is.
    pub kind: EntryKind,
    /// Compression method.
    pub method: Method,
    /// General purpose flags of the central header; 0 in a folder.
    pub flags: u16,
    /// Where its bytes begin: the local header's offset in the zip. 0 in a folder.
    pub offset: u64,
    /// When it was changed last; nothing in a folder.
    pub modified: Option<Modified>,
    /// Another name that an extra field gives it.
    pub unicode_name: Option<UnicodeName>,
}

impl Entry {
    /// Whether it is a regular file.
    pub fn is_file(&self) -> bool {
        self.kind == EntryKind::File
    }

    /// Whether its content is encrypted (flag bit 0, strong encryption, or AES).
    pub fn is_encrypted(&self) -> bool {
        self.flags & 0b0100_0001 != 0 || self.method == Method::AES
    }

    /// The stored name's bytes.
    pub fn name_bytes(&self) -> &[u8] {
        self.raw_name.as_deref().unwrap_or(self.path.as_str().as_bytes())
    }
}
