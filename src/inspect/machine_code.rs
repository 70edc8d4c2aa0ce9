//! What a file is that is named like machine code, or that will be started.

use object::{FileKind, Object, read::macho};
use serde::{Deserialize, Serialize};

use super::elf::{self, ElfFacts};

/// How much of a file is looked at to tell what text it is.
const LONGEST_BEGINNING: usize = 4096;

/// A file that is machine code, or is named as if it were.
#[derive(Clone, Debug)]
pub struct Binary {
    /// The index of its entry.
    pub entry: usize,
    /// What it is.
    pub format: Format,
}

/// What a file turned out to be.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum Format {
    /// Linux.
    Elf(Box<ElfFacts>),
    /// macOS, with the processors it is for.
    MachO {
        /// Names of the processors.
        machines: Vec<String>,
    },
    /// Windows.
    Pe {
        /// The name of the processor.
        machine: String,
    },
    /// WebAssembly.
    Wasm,
    /// An `ar` archive of object files.
    StaticLibrary,
    /// No machine code at all.
    NotCode(NotCode),
}

/// What stands in a file's place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum NotCode {
    /// Nothing.
    Empty,
    /// A Git LFS pointer: the file itself was never fetched.
    LfsPointer,
    /// The target of a link that became a text file.
    LinkAsText(String),
    /// A script with an interpreter line.
    Script,
    /// A linker script of the GNU linker: `GROUP ( ... )`.
    LinkerScript,
    /// Other text.
    Text,
    /// Other bytes.
    Unknown,
}

/// Whether bytes begin like an ELF file or a Mach-O file of 64 bits.
pub(super) fn begins_like_code(bytes: &[u8]) -> bool {
    begins_like_elf(bytes) || bytes.starts_with(&[0xcf, 0xfa, 0xed, 0xfe])
}

fn begins_like_elf(bytes: &[u8]) -> bool {
    bytes.starts_with(b"\x7fELF")
}

/// Says what a file is.
pub fn identify(bytes: &[u8]) -> Format {
    if begins_like_elf(bytes) {
        return Format::Elf(Box::new(elf::read(bytes)));
    }
    match FileKind::parse(bytes) {
        Ok(FileKind::MachO32 | FileKind::MachO64) => {
            Format::MachO { machines: vec![architecture_name(bytes)] }
        }
        Ok(FileKind::MachOFat32 | FileKind::MachOFat64) => Format::MachO { machines: fat_names(bytes) },
        Ok(FileKind::Pe32 | FileKind::Pe64) => Format::Pe { machine: architecture_name(bytes) },
        Ok(FileKind::Archive) => Format::StaticLibrary,
        Ok(FileKind::Wasm) => Format::Wasm,
        _ if bytes.starts_with(b"MZ") => Format::Pe { machine: "unknown".to_owned() },
        _ => Format::NotCode(not_code(bytes)),
    }
}

fn architecture_name(bytes: &[u8]) -> String {
    match object::File::parse(bytes) {
        Ok(file) => format!("{:?}", file.architecture()).to_lowercase().replace("aarch64", "arm64"),
        Err(_) => "unknown".to_owned(),
    }
}

fn fat_names(bytes: &[u8]) -> Vec<String> {
    use object::read::macho::FatArch;
    let name = |one: object::Architecture| format!("{one:?}").to_lowercase().replace("aarch64", "arm64");
    if let Ok(fat) = macho::MachOFatFile32::parse(bytes) {
        return fat.arches().iter().take(8).map(|arch| name(arch.architecture())).collect();
    }
    match macho::MachOFatFile64::parse(bytes) {
        Ok(fat) => fat.arches().iter().take(8).map(|arch| name(arch.architecture())).collect(),
        Err(_) => Vec::new(),
    }
}

fn not_code(bytes: &[u8]) -> NotCode {
    if bytes.is_empty() {
        return NotCode::Empty;
    }
    if bytes.starts_with(b"version https://git-lfs") {
        return NotCode::LfsPointer;
    }
    if bytes.starts_with(b"#!") {
        return NotCode::Script;
    }
    let Some(text) = beginning_as_text(bytes) else { return NotCode::Unknown };
    if text.starts_with("/* GNU ld script")
        || text.contains("GROUP (")
        || text.trim_start().starts_with("INPUT(")
    {
        return NotCode::LinkerScript;
    }
    let one_word =
        bytes.len() <= 200 && !text.trim_end().contains(char::is_whitespace) && text.contains(".so");
    if one_word {
        return NotCode::LinkAsText(text.trim_end().to_owned());
    }
    if text.contains('\0') { NotCode::Unknown } else { NotCode::Text }
}

/// The first bytes as text; a character that the cut divides is left away.
fn beginning_as_text(bytes: &[u8]) -> Option<&str> {
    let beginning = bytes.get(..LONGEST_BEGINNING).unwrap_or(bytes);
    match std::str::from_utf8(beginning) {
        Ok(text) => Some(text),
        Err(error) if beginning.len() < bytes.len() && error.error_len().is_none() => {
            std::str::from_utf8(beginning.get(..error.valid_up_to())?).ok()
        }
        Err(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_text_though_its_beginning_ends_inside_a_character() {
        let text = "ab".to_owned() + &"文".repeat(LONGEST_BEGINNING);
        assert!(matches!(identify(text.as_bytes()), Format::NotCode(NotCode::Text)));
        let cut = &text.as_bytes()[..100];
        assert!(std::str::from_utf8(cut).is_err());
        assert!(matches!(identify(cut), Format::NotCode(NotCode::Unknown)));
    }

    #[test]
    fn files_are_told_apart() {
        assert!(matches!(identify(b""), Format::NotCode(NotCode::Empty)));
        assert!(
            matches!(identify(b"libx.so.1"), Format::NotCode(NotCode::LinkAsText(target)) if target == "libx.so.1")
        );
        assert!(matches!(
            identify(b"version https://git-lfs.github.com/spec/v1\n"),
            Format::NotCode(NotCode::LfsPointer)
        ));
        assert!(matches!(identify(b"#!/bin/sh\n"), Format::NotCode(NotCode::Script)));
        assert!(matches!(identify(b"GROUP ( libc.so.6 )"), Format::NotCode(NotCode::LinkerScript)));
        assert!(matches!(identify(&[0xff, 0xfe, 0, 1]), Format::NotCode(NotCode::Unknown)));
        let mach_o = elf::maker::mach_o("arm64");
        assert!(matches!(identify(&mach_o), Format::MachO { machines } if machines == ["arm64"]));
        let pe = elf::maker::pe("amd64");
        assert!(matches!(identify(&pe), Format::Pe { machine } if machine == "x86_64"));
    }
}
