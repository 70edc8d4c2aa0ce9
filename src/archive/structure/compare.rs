//! A local header against the directory, field by field.

use crate::archive::{
    anomaly::{Difference, HeaderField},
    entry::Entry,
    fields::{Header, Sizes, number},
};

/// Flags that change what is read: encryption, descriptor, strong encryption, UTF-8, masked headers.
const MEANT: u64 = 0b0010_1000_0100_1001;

/// The name is UTF-8.
const UTF8: u64 = 1 << 11;

/// Local headers are masked: they are meant to say nothing.
const MASKED: u64 = 1 << 13;

/// The data descriptor behind the data of an entry, if it should have one.
#[derive(Clone, Copy, PartialEq)]
pub(super) enum Descriptor {
    /// No flag asks for one.
    None,
    /// There is one, of so many bytes, that says what the directory says.
    Agrees(u64),
    /// What is there says otherwise, or the numbers are as wide as nothing tells.
    Differs,
}

impl Descriptor {
    /// How many bytes it takes.
    pub(super) fn length(self) -> u64 {
        match self {
            Self::Agrees(length) => length,
            Self::None | Self::Differs => 0,
        }
    }
}

/// Most bytes of a descriptor: signature, checksum, two wide sizes.
pub(super) const LONGEST_DESCRIPTOR: usize = 24;

/// The descriptor in the bytes behind the data, in any of its four shapes.
pub(super) fn descriptor(bytes: &[u8], entry: &Entry, local: &Header<'_>) -> Descriptor {
    if !local.has_descriptor() {
        return Descriptor::None;
    }
    let wide_is_told = local.zip64().next().is_some() || entry.size.max(entry.compressed).0 > 0xffff_fffe;
    let signature = bytes.starts_with(b"PK\x07\x08").then_some(4);
    let shapes = [(signature, true), (signature, false), (Some(0), true), (Some(0), false)];
    shapes
        .into_iter()
        .filter_map(|(start, wide)| Some((start?, wide)))
        .filter(|(_, wide)| !wide || wide_is_told)
        .find(|(start, wide)| agrees(bytes, *start, *wide, entry))
        .map_or(Descriptor::Differs, |(start, wide)| {
            Descriptor::Agrees(if wide { 20 } else { 12_u64 }.saturating_add(u64::from(start)))
        })
}

fn agrees(bytes: &[u8], start: u8, wide: bool, entry: &Entry) -> bool {
    let bytes = bytes.get(usize::from(start)..).unwrap_or_default();
    let sizes = if wide {
        number::<8>(bytes, 4).zip(number::<8>(bytes, 12))
    } else {
        number::<4>(bytes, 4).zip(number::<4>(bytes, 8))
    };
    number::<4>(bytes, 0) == entry.crc.map(u64::from) && sizes == Some((entry.compressed.0, entry.size.0))
}

/// Everything in which the two differ.
pub(super) fn differences(
    central: &Header<'_>,
    local: &Header<'_>,
    entry: &Entry,
    descriptor: Descriptor,
) -> Vec<Difference> {
    let mut found = Vec::new();
    if local.flags & MASKED != 0 && central.flags & MASKED != 0 {
        return found;
    }
    let same = (central.name, central.method, central.flags, central.unicode_path())
        == (local.name, local.method, local.flags, local.unicode_path());
    let mut differ = |field, one: String, other: String| {
        if one != other {
            found.push(Difference { field, directory: one, local: other });
        }
    };
    // nearly always: nothing is made into text
    if !same {
        differ(HeaderField::Name, text(central.name), text(local.name));
        if let (Some(one), Some(other)) = (central.unicode_path(), local.unicode_path()) {
            differ(HeaderField::UnicodeName, text(one), text(other));
        }
        differ(HeaderField::Method, central.method.to_string(), local.method.to_string());
        differ(HeaderField::Flags, flags(central), flags(local));
    }
    found.extend(zip64(central, local));
    if let Some(sizes) = local.sizes() {
        found.extend(numbers(entry, local, sizes, descriptor));
    }
    found
}

/// Checksum and sizes. Zeros are legal where a descriptor follows.
fn numbers(entry: &Entry, local: &Header<'_>, sizes: Sizes, descriptor: Descriptor) -> Vec<Difference> {
    let rows = [
        (HeaderField::Crc, u64::from(entry.crc.unwrap_or_default()), local.crc),
        (HeaderField::CompressedSize, entry.compressed.0, sizes.compressed),
        (HeaderField::Size, entry.size.0, sizes.size),
    ];
    let differing = || rows.into_iter().filter(|(_, one, other)| one != other);
    let mut found: Vec<Difference> = differing()
        .filter(|(_, _, other)| *other != 0 || !local.has_descriptor())
        .map(|(field, one, other)| Difference {
            field,
            directory: shown(field, one),
            local: shown(field, other),
        })
        .collect();
    if found.is_empty() && descriptor == Descriptor::Differs && differing().next().is_some() {
        found.push(Difference {
            field: HeaderField::Descriptor,
            directory: format!("{} bytes", entry.size.0),
            local: "something else".to_owned(),
        });
    }
    found
}

fn shown(field: HeaderField, number: u64) -> String {
    if field == HeaderField::Crc { format!("{number:08x}") } else { number.to_string() }
}

/// A zip64 field that is there twice, or not there where a size points at it.
fn zip64(central: &Header<'_>, local: &Header<'_>) -> Option<Difference> {
    let odd = |header: &Header<'_>| match (header.zip64().count(), header.sizes()) {
        (2.., _) => Some("several zip64 fields"),
        (_, None) => Some("a size that points at no zip64 field"),
        _ => None,
    };
    let (one, other) = (odd(central), odd(local));
    let words = |odd: Option<&str>| odd.unwrap_or("none of that").to_owned();
    (one.is_some() || other.is_some()).then(|| Difference {
        field: HeaderField::Zip64,
        directory: words(one),
        local: words(other),
    })
}

/// The flags that count. UTF-8 says nothing about a name in ASCII.
fn flags(header: &Header<'_>) -> String {
    let counted = if header.name.is_ascii() { MEANT & !UTF8 } else { MEANT };
    format!("{:#06x}", header.flags & counted)
}

fn text(bytes: &[u8]) -> String {
    crate::model::text::SafeText::from_bytes(bytes).shortened(80).to_string()
}
