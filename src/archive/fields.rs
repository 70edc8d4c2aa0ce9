//! Headers as they are written, without anything resolved or believed (APPNOTE 4.3.7 and 4.3.12).

use rawzip::extra_fields::{ExtraFieldId, ExtraFields};

/// Stands where the true number is in the zip64 extra field.
const ELSEWHERE: u64 = 0xffff_ffff;

/// The Info-ZIP Unicode path (APPNOTE 4.6.9).
const UNICODE_PATH: u16 = 0x7075;

/// A little-endian number of `N` bytes at a position.
pub(super) fn number<const N: usize>(bytes: &[u8], at: usize) -> Option<u64> {
    let bytes: &[u8; N] = bytes.get(at..)?.first_chunk()?;
    Some(bytes.iter().rev().fold(0, |number, byte| (number << 8) | u64::from(*byte)))
}

/// A local or a central header.
pub(super) struct Header<'a> {
    pub(super) flags: u64,
    pub(super) method: u64,
    pub(super) crc: u64,
    compressed: u64,
    size: u64,
    pub(super) name: &'a [u8],
    pub(super) extra: &'a [u8],
    /// Bytes of the header with name, extra fields and comment.
    pub(super) length: usize,
}

/// Sizes with the zip64 extra field resolved.
#[derive(Clone, Copy)]
pub(super) struct Sizes {
    pub(super) compressed: u64,
    pub(super) size: u64,
}

impl<'a> Header<'a> {
    /// Bytes of a local header without name and extra fields.
    pub(super) const LOCAL: usize = 30;
    /// Bytes of a central header without name, extra fields and comment.
    pub(super) const CENTRAL: usize = 46;

    /// A local header; nothing where there is none, or not all of it.
    pub(super) fn local(bytes: &'a [u8]) -> Option<Self> {
        bytes.starts_with(b"PK\x03\x04").then(|| Self::at(bytes, 6, 26, Self::LOCAL, 0))?
    }

    /// A central header; nothing where there is none, or not all of it.
    pub(super) fn central(bytes: &'a [u8]) -> Option<Self> {
        let comment = usize::try_from(number::<2>(bytes, 32)?).ok()?;
        bytes.starts_with(b"PK\x01\x02").then(|| Self::at(bytes, 8, 28, Self::CENTRAL, comment))?
    }

    /// How long the local header that begins so is, if it is one.
    pub(super) fn local_length(bytes: &[u8]) -> Option<usize> {
        let (name, extra) = (number::<2>(bytes, 26)?, number::<2>(bytes, 28)?);
        let variable = usize::try_from(name.saturating_add(extra)).ok()?;
        bytes.starts_with(b"PK\x03\x04").then_some(Self::LOCAL.saturating_add(variable))
    }

    fn at(bytes: &'a [u8], flags: usize, lengths: usize, fixed: usize, comment: usize) -> Option<Self> {
        let field = |offset: usize| flags.saturating_add(offset);
        let name = usize::try_from(number::<2>(bytes, lengths)?).ok()?;
        let extra = usize::try_from(number::<2>(bytes, lengths.saturating_add(2))?).ok()?;
        let name_end = fixed.saturating_add(name);
        let extra_end = name_end.saturating_add(extra);
        Some(Self {
            flags: number::<2>(bytes, flags)?,
            method: number::<2>(bytes, field(2))?,
            crc: number::<4>(bytes, field(8))?,
            compressed: number::<4>(bytes, field(12))?,
            size: number::<4>(bytes, field(16))?,
            name: bytes.get(fixed..name_end)?,
            extra: bytes.get(name_end..extra_end)?,
            length: extra_end.saturating_add(comment),
        })
    }

    /// The sizes; nothing where one of them points at a zip64 field that does not have it.
    pub(super) fn sizes(&self) -> Option<Sizes> {
        let mut wide = self.zip64().next().unwrap_or_default();
        let mut resolve = |narrow: u64| {
            if narrow != ELSEWHERE {
                return Some(narrow);
            }
            let number = number::<8>(wide, 0)?;
            wide = wide.get(8..).unwrap_or_default();
            Some(number)
        };
        let size = resolve(self.size)?;
        Some(Sizes { size, compressed: resolve(self.compressed)? })
    }

    /// The zip64 extra fields: one at the most.
    pub(super) fn zip64(&self) -> impl Iterator<Item = &'a [u8]> {
        fields(self.extra, ExtraFieldId::ZIP64.as_u16())
    }

    /// Whether it says that the true numbers follow the data.
    pub(super) fn has_descriptor(&self) -> bool {
        self.flags & 8 != 0
    }

    /// The path in UTF-8 that an extra field gives it.
    pub(super) fn unicode_path(&self) -> Option<&'a [u8]> {
        unicode_path(self.extra)
    }
}

/// The path in UTF-8 that the extra fields of an entry give it: behind its version and the checksum of the name.
pub(super) fn unicode_path(extra: &[u8]) -> Option<&[u8]> {
    fields(extra, UNICODE_PATH).next()?.get(5..)
}

/// How many Unicode paths there are, and whether the first one is for this name: by version and checksum.
pub(super) fn is_valid_unicode_path(extra: &[u8], name: &[u8]) -> bool {
    let mut all = fields(extra, UNICODE_PATH);
    let first = all.next().unwrap_or_default();
    let crc = number::<4>(first, 1).and_then(|crc| u32::try_from(crc).ok());
    first.first() == Some(&1) && crc == Some(crc32fast::hash(name)) && all.next().is_none()
}

fn fields(extra: &[u8], id: u16) -> impl Iterator<Item = &[u8]> {
    ExtraFields::new(extra).filter(move |(one, _)| one.as_u16() == id).map(|(_, data)| data)
}
