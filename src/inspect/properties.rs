//! What an ELF file says of the processor it needs, of its protection, and of what only a debugger reads.

use goblin::{
    container::{Container, Ctx, Endian},
    elf::{
        Header, ProgramHeader, SectionHeader,
        header::ET_EXEC,
        program_header::{PT_GNU_RELRO, PT_NOTE},
        section_header::SHT_NOBITS,
    },
};
use serde::{Deserialize, Serialize};

/// `PT_GNU_PROPERTY`, which goblin has no name for.
const PT_GNU_PROPERTY: u32 = 0x6474_e553;

/// `NT_GNU_PROPERTY_TYPE_0`.
const NT_PROPERTIES: u32 = 5;

/// `GNU_PROPERTY_X86_ISA_1_NEEDED`.
const X86_LEVEL_NEEDED: u32 = 0xc000_8002;

/// The size of a 64-bit section header (gABI, "Section Header").
const SECTION_HEADER: usize = 64;

/// The most sections, notes and properties that are looked at; large libraries have some dozens.
const MOST: usize = 4096;

/// What is no matter of loading.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Properties {
    /// The level of x86-64 that it is marked to need: 1 to 4.
    pub x86_level: Option<u32>,
    /// Whether its tables of addresses are made read-only after they are filled (`PT_GNU_RELRO`).
    pub relro: bool,
    /// Whether it is a program that is always mapped at the same address.
    pub fixed_address: bool,
    /// Whether its code is changed while it is loaded (`DT_TEXTREL`).
    pub text_relocations: bool,
    /// Bytes of `.debug_*` sections in the file.
    pub debug_bytes: u64,
}

/// Reads what the headers say; text relocations are a matter of the dynamic section.
pub(super) fn read(bytes: &[u8], header: &Header, segments: &[ProgramHeader]) -> Properties {
    let has = |kind: u32| segments.iter().any(|one| one.p_type == kind);
    Properties {
        x86_level: x86_level(bytes, segments),
        relro: has(PT_GNU_RELRO),
        fixed_address: header.e_type == ET_EXEC,
        text_relocations: false,
        debug_bytes: debug_bytes(bytes, header),
    }
}

/// The level that the property notes ask for.
fn x86_level(bytes: &[u8], segments: &[ProgramHeader]) -> Option<u32> {
    let of_kind = |kind: u32| segments.iter().filter(move |one| one.p_type == kind);
    let notes = of_kind(PT_GNU_PROPERTY).chain(of_kind(PT_NOTE).filter(|one| one.p_align == 8)).take(MOST);
    let needed = notes.filter_map(|one| level_of_notes(within(bytes, one.p_offset, one.p_filesz)?));
    needed.max()
}

fn within(bytes: &[u8], start: u64, size: u64) -> Option<&[u8]> {
    let start = usize::try_from(start).ok()?;
    bytes.get(start..start.checked_add(usize::try_from(size).ok()?)?)
}

fn level_of_notes(mut notes: &[u8]) -> Option<u32> {
    let mut found = None;
    for _ in 0..MOST {
        let (Some(name), Some(size), Some(kind)) = (word(notes, 0), word(notes, 4), word(notes, 8)) else {
            break;
        };
        let start = 12usize.checked_add(padded(name, 4)?)?;
        let end = start.checked_add(padded(size, 8)?)?;
        if kind == NT_PROPERTIES && notes.get(12..16) == Some(b"GNU\0") {
            found = found.max(level_of_properties(notes.get(start..end.min(notes.len()))?));
        }
        let Some(rest) = notes.get(end..) else { break };
        notes = rest;
    }
    found
}

fn level_of_properties(mut properties: &[u8]) -> Option<u32> {
    for _ in 0..MOST {
        let (kind, size) = (word(properties, 0)?, word(properties, 4)?);
        if kind == X86_LEVEL_NEEDED {
            // bit 0 is the baseline, bit 3 is level 4
            let bits = word(properties, 8)?;
            return (bits != 0).then(|| bits.ilog2().saturating_add(1));
        }
        properties = properties.get(8usize.checked_add(padded(size, 8)?)?..)?;
    }
    None
}

fn padded(size: u32, to: usize) -> Option<usize> {
    usize::try_from(size).ok()?.checked_next_multiple_of(to)
}

fn word(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at.checked_add(4)?)?.try_into().ok()?))
}

/// Sections that lie outside of the file or over each other count for no more than the file.
fn debug_bytes(bytes: &[u8], header: &Header) -> u64 {
    let sections = sections(bytes, header).unwrap_or_default();
    let Some(names) = sections.get(usize::from(header.e_shstrndx)) else { return 0 };
    let Some(names) = within(bytes, names.sh_offset, names.sh_size) else { return 0 };
    let is_debug = |one: &&SectionHeader| {
        let name = names.get(one.sh_name..).unwrap_or_default();
        one.sh_type != SHT_NOBITS
            && (name.starts_with(b".debug_") || name.starts_with(b".zdebug_"))
            && within(bytes, one.sh_offset, one.sh_size).is_some()
    };
    let sum = sections.iter().filter(is_debug).fold(0u64, |sum, one| sum.saturating_add(one.sh_size));
    sum.min(u64::try_from(bytes.len()).unwrap_or(u64::MAX))
}

fn sections(bytes: &[u8], header: &Header) -> Option<Vec<SectionHeader>> {
    let count = usize::from(header.e_shnum);
    let start = usize::try_from(header.e_shoff).ok()?;
    let end = start.checked_add(count.checked_mul(SECTION_HEADER)?)?;
    if count > MOST || usize::from(header.e_shentsize) != SECTION_HEADER || end > bytes.len() {
        return None;
    }
    SectionHeader::parse(bytes, start, count, Ctx::new(Container::Big, Endian::Little)).ok()
}

#[cfg(test)]
mod tests {
    use super::super::elf::{
        maker::{self, ElfSpec},
        read,
    };

    fn properties(spec: ElfSpec<'static>) -> super::Properties {
        read(&maker::build(&ElfSpec { machine: "x86_64", ..spec })).properties
    }

    #[test]
    fn what_was_written_is_read() {
        let plain = properties(ElfSpec::default());
        assert_eq!((plain.x86_level, plain.relro, plain.debug_bytes), (None, false, 0));
        let spec = ElfSpec {
            x86_level: Some(4),
            relro: true,
            debug: 1000,
            text_relocations: true,
            ..ElfSpec::default()
        };
        let all = properties(spec);
        assert_eq!((all.x86_level, all.relro, all.debug_bytes), (Some(4), true, 1000));
        assert!(all.text_relocations && !all.fixed_address);
        assert!(properties(ElfSpec { executable: true, ..ElfSpec::default() }).fixed_address);
    }

    #[test]
    fn every_byte_can_be_wrong() {
        let spec =
            ElfSpec { machine: "x86_64", x86_level: Some(3), relro: true, debug: 40, ..ElfSpec::default() };
        let whole = maker::build(&spec);
        for at in 0..whole.len() {
            for value in [0x00, 0x7f, 0xff] {
                let mut bytes = whole.clone();
                bytes[at] = value;
                let facts = read(&bytes);
                assert!(facts.properties.debug_bytes <= whole.len() as u64, "byte {at} = {value}");
                assert!(facts.properties.x86_level.is_none_or(|level| level <= 32));
            }
        }
    }
}
