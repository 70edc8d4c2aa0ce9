//! The dynamic linking view of an ELF file: what ld.so reads before it maps anything.
//!
//! goblin reads the headers and the dynamic section; strings and version needs are walked here with bounds of their own, through
//! program headers only, because shipped libraries are stripped of sections and hostile ones lie about them.

use goblin::{
    container::Ctx,
    elf::{
        Elf, Header, ProgramHeader,
        dynamic::{self, Dynamic},
        header, program_header,
    },
};

use crate::{data::versions::SymbolVersion, model::architecture::Architecture};

#[cfg(test)]
#[path = "../../tests/support/elf.rs"]
#[allow(
    clippy::pedantic,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "a maker of test files"
)]
pub(super) mod maker;

/// The longest name that is read: SONAMEs, run paths, versions.
const LONGEST: usize = 4096;

/// The most libraries, and versions of one library, that are followed.
const MOST: usize = 1024;

/// `e_machine`, never a closed list on hostile input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Machine(pub u16);

impl Machine {
    /// The name that people know.
    pub fn name(self) -> String {
        let known = match self.0 {
            header::EM_X86_64 => "x86_64",
            header::EM_AARCH64 => "arm64",
            header::EM_386 => "32-bit x86",
            header::EM_ARM => "32-bit Arm",
            header::EM_RISCV => "RISC-V",
            header::EM_PPC64 => "POWER",
            header::EM_S390 => "s390x",
            header::EM_MIPS => "MIPS",
            258 => "LoongArch",
            other => return format!("machine {other}"),
        };
        known.to_owned()
    }

    /// The architecture of Lambda that runs it.
    pub fn architecture(self) -> Option<Architecture> {
        match self.0 {
            header::EM_X86_64 => Some(Architecture::X86_64),
            header::EM_AARCH64 => Some(Architecture::Arm64),
            _ => None,
        }
    }
}

/// Versions that are needed of one library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionNeed {
    /// The library: `libc.so.6`.
    pub library: String,
    /// The versions: `GLIBC_2.34`.
    pub versions: Vec<String>,
}

/// What the loader reads.
#[derive(Clone, Debug)]
pub struct ElfFacts {
    /// The processor.
    pub machine: Machine,
    /// 64-bit.
    pub is_64: bool,
    /// Little endian.
    pub little_endian: bool,
    /// `PT_INTERP`: programs that are linked dynamically have one.
    pub interpreter: Option<String>,
    /// `DT_SONAME`.
    pub soname: Option<String>,
    /// `DT_NEEDED`, in order.
    pub needed: Vec<String>,
    /// `DT_RPATH`, split.
    pub rpath: Vec<String>,
    /// `DT_RUNPATH`, split.
    pub runpath: Vec<String>,
    /// Versions needed, by library.
    pub version_needs: Vec<VersionNeed>,
    /// Names of the form `PyInit_*` among the dynamic symbols.
    pub module_inits: Vec<String>,
    /// Why the loader would refuse it, when the file is cut or contradicts itself.
    pub problem: Option<&'static str>,
}

impl ElfFacts {
    /// The highest version needed of a set: `highest("GLIBC_")` gives 2.34.
    pub fn highest(&self, prefix: &str) -> Option<SymbolVersion> {
        self.version_needs
            .iter()
            .flat_map(|need| &need.versions)
            .filter_map(|version| SymbolVersion::parse(version.strip_prefix(prefix)?))
            .max()
    }

    /// Whether it is linked with musl.
    pub fn needs_musl(&self) -> bool {
        self.needed.iter().any(|name| name.starts_with("libc.musl-"))
            || self.interpreter.as_deref().is_some_and(|path| path.contains("ld-musl-"))
    }

    fn unread(machine: Machine, is_64: bool, little_endian: bool, problem: Option<&'static str>) -> Self {
        Self {
            machine,
            is_64,
            little_endian,
            interpreter: None,
            soname: None,
            needed: Vec::new(),
            rpath: Vec::new(),
            runpath: Vec::new(),
            version_needs: Vec::new(),
            module_inits: Vec::new(),
            problem,
        }
    }
}

/// Reads an ELF file as the loader would. Never fails: what is wrong is said in `problem`.
pub fn read(bytes: &[u8]) -> ElfFacts {
    let Ok(header) = Elf::parse_header(bytes) else {
        return ElfFacts::unread(Machine(0), true, true, Some("the file ends inside its ELF header"));
    };
    let is_64 = header.e_ident.get(header::EI_CLASS) == Some(&header::ELFCLASS64);
    let little_endian = header.e_ident.get(header::EI_DATA) == Some(&header::ELFDATA2LSB);
    let mut facts = ElfFacts::unread(Machine(header.e_machine), is_64, little_endian, None);
    // another class, byte order or machine is refused before anything else is read
    if !is_64 || !little_endian || facts.machine.architecture().is_none() {
        return facts;
    }
    let Some(segments) = segments(bytes, &header) else {
        facts.problem = Some("its program headers lie outside the file");
        return facts;
    };
    let file = File { bytes, segments: &segments };
    facts.problem = file.problem();
    facts.interpreter = file.interpreter();
    file.read_dynamic(&mut facts);
    facts
}

fn segments(bytes: &[u8], header: &Header) -> Option<Vec<ProgramHeader>> {
    let start = usize::try_from(header.e_phoff).ok()?;
    let count = usize::from(header.e_phnum);
    let end = start.checked_add(count.checked_mul(usize::from(header.e_phentsize))?)?;
    if end > bytes.len() || (count > 0 && usize::from(header.e_phentsize) != 56) {
        return None;
    }
    ProgramHeader::parse(
        bytes,
        start,
        count,
        Ctx::new(goblin::container::Container::Big, goblin::container::Endian::Little),
    )
    .ok()
}

struct File<'a> {
    bytes: &'a [u8],
    segments: &'a [ProgramHeader],
}

impl File<'_> {
    fn problem(&self) -> Option<&'static str> {
        let length = u64::try_from(self.bytes.len()).unwrap_or(u64::MAX);
        let cut = |one: &ProgramHeader| {
            one.p_type == program_header::PT_LOAD && one.p_offset.saturating_add(one.p_filesz) > length
        };
        if self.segments.iter().any(cut) {
            return Some("a segment reaches beyond the end of the file: it was cut");
        }
        let dynamic = self.segments.iter().find(|one| one.p_type == program_header::PT_DYNAMIC)?;
        (dynamic.p_offset.saturating_add(dynamic.p_filesz) > length)
            .then_some("its dynamic section lies outside the file")
    }

    fn interpreter(&self) -> Option<String> {
        let segment = self.segments.iter().find(|one| one.p_type == program_header::PT_INTERP)?;
        self.text_at(usize::try_from(segment.p_offset).ok()?)
    }

    fn read_dynamic(&self, facts: &mut ElfFacts) {
        let ctx = Ctx::new(goblin::container::Container::Big, goblin::container::Endian::Little);
        let Ok(Some(dynamic)) = Dynamic::parse(self.bytes, self.segments, ctx) else { return };
        let value = |tag: u64| dynamic.dyns.iter().find(|one| one.d_tag == tag).map(|one| one.d_val);
        let Some(strings) = value(dynamic::DT_STRTAB).and_then(|address| self.offset_of(address)) else {
            return;
        };
        let text = |offset: u64| self.text_at(strings.checked_add(usize::try_from(offset).ok()?)?);
        let all = |tag: u64| dynamic.dyns.iter().filter(move |one| one.d_tag == tag).take(MOST);
        facts.soname = all(dynamic::DT_SONAME).find_map(|one| text(one.d_val));
        facts.needed = all(dynamic::DT_NEEDED).filter_map(|one| text(one.d_val)).collect();
        let paths =
            |tag: u64| all(tag).filter_map(|one| text(one.d_val)).flat_map(|paths| split(&paths)).collect();
        facts.rpath = paths(dynamic::DT_RPATH);
        facts.runpath = paths(dynamic::DT_RUNPATH);
        if let Some(at) = value(dynamic::DT_VERNEED).and_then(|address| self.offset_of(address)) {
            facts.version_needs = self.version_needs(at, &text);
        }
        let length = value(dynamic::DT_STRSZ).and_then(|size| usize::try_from(size).ok()).unwrap_or_default();
        facts.module_inits = self.module_inits(strings, length);
    }

    /// The file offset of a virtual address.
    fn offset_of(&self, address: u64) -> Option<usize> {
        let segment = self.segments.iter().find(|one| {
            one.p_type == program_header::PT_LOAD
                && address >= one.p_vaddr
                && address < one.p_vaddr.saturating_add(one.p_filesz)
        })?;
        let offset = segment.p_offset.checked_add(address.checked_sub(segment.p_vaddr)?)?;
        usize::try_from(offset).ok().filter(|offset| *offset < self.bytes.len())
    }

    /// The NUL-terminated text at a file offset.
    fn text_at(&self, offset: usize) -> Option<String> {
        let rest = self.bytes.get(offset..)?;
        let rest = rest.get(..rest.len().min(LONGEST))?;
        let end = rest.iter().position(|byte| *byte == 0)?;
        Some(String::from_utf8_lossy(rest.get(..end)?).into_owned())
    }

    /// Walks the chain of needed versions (gABI "Version Requirements"). Bounded: a hostile chain may be a circle.
    fn version_needs(&self, start: usize, text: &dyn Fn(u64) -> Option<String>) -> Vec<VersionNeed> {
        let mut needs = Vec::new();
        let mut at = start;
        for _ in 0..MOST {
            let (Some(count), Some(file), Some(aux), Some(next)) =
                (self.half(at, 2), self.word(at, 4), self.word(at, 8), self.word(at, 12))
            else {
                break;
            };
            let first = usize::try_from(aux).ok().and_then(|aux| at.checked_add(aux));
            let versions =
                first.map(|first| self.versions(first, usize::from(count), text)).unwrap_or_default();
            if let Some(library) = text(u64::from(file)) {
                needs.push(VersionNeed { library, versions });
            }
            match advance(at, next) {
                Some(further) => at = further,
                None => break,
            }
        }
        needs
    }

    fn versions(&self, start: usize, count: usize, text: &dyn Fn(u64) -> Option<String>) -> Vec<String> {
        let mut versions = Vec::new();
        let mut at = start;
        for _ in 0..count.min(MOST) {
            let (Some(name), Some(next)) = (self.word(at, 8), self.word(at, 12)) else { break };
            versions.extend(text(u64::from(name)));
            match advance(at, next) {
                Some(further) => at = further,
                None => break,
            }
        }
        versions
    }

    fn half(&self, at: usize, offset: usize) -> Option<u16> {
        let start = at.checked_add(offset)?;
        let bytes = self.bytes.get(start..start.checked_add(2)?)?;
        Some(u16::from_le_bytes(bytes.try_into().ok()?))
    }

    fn word(&self, at: usize, offset: usize) -> Option<u32> {
        let start = at.checked_add(offset)?;
        let bytes = self.bytes.get(start..start.checked_add(4)?)?;
        Some(u32::from_le_bytes(bytes.try_into().ok()?))
    }

    /// Module entry points, found in the string table: walking all symbols of a large library would cost more than reading it.
    fn module_inits(&self, start: usize, length: usize) -> Vec<String> {
        let end = start.saturating_add(length).min(self.bytes.len());
        let Some(table) = self.bytes.get(start..end) else { return Vec::new() };
        let strings = table.split(|byte| *byte == 0).filter(|text| text.starts_with(b"PyInit_"));
        strings
            .take(MOST)
            .map(|text| {
                String::from_utf8_lossy(text.get(..text.len().min(LONGEST)).unwrap_or(text)).into_owned()
            })
            .collect()
    }
}

/// The next element of a chain; nothing at its end.
fn advance(at: usize, next: u32) -> Option<usize> {
    let next = usize::try_from(next).ok().filter(|next| *next > 0)?;
    at.checked_add(next)
}

fn split(paths: &str) -> Vec<String> {
    paths.split(':').map(str::to_owned).collect()
}

#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "tests")]
mod tests {
    use proptest::prelude::*;

    use super::{maker::ElfSpec, *};

    fn spec() -> ElfSpec<'static> {
        ElfSpec {
            machine: "aarch64",
            soname: Some("libx.so.1".to_owned()),
            needs: vec![
                ("libc.so.6".to_owned(), vec!["GLIBC_2.17".to_owned(), "GLIBC_2.4".to_owned()]),
                ("libm.so.6".to_owned(), vec!["GLIBC_2.29".to_owned()]),
                ("libz.so.1".to_owned(), vec![]),
            ],
            runpath: Some("$ORIGIN:$ORIGIN/../lib".to_owned()),
            exports: vec!["PyInit_x".to_owned(), "other".to_owned()],
            ..ElfSpec::default()
        }
    }

    #[test]
    fn what_was_written_is_read() {
        let facts = read(&maker::build(&spec()));
        assert_eq!(facts.machine.architecture(), Some(Architecture::Arm64));
        assert_eq!(facts.soname.as_deref(), Some("libx.so.1"));
        assert_eq!(facts.needed, ["libc.so.6", "libm.so.6", "libz.so.1"]);
        assert_eq!(facts.runpath, ["$ORIGIN", "$ORIGIN/../lib"]);
        assert_eq!(facts.highest("GLIBC_"), SymbolVersion::parse("2.29"));
        assert_eq!(facts.module_inits, ["PyInit_x"]);
        assert_eq!(facts.problem, None);
    }

    #[test]
    fn programs_name_their_interpreter_and_other_classes_are_left_alone() {
        let program = ElfSpec {
            machine: "x86_64",
            executable: true,
            interpreter: Some("/lib/ld-musl-x86_64.so.1".to_owned()),
            ..spec()
        };
        let facts = read(&maker::build(&program));
        assert!(facts.needs_musl());
        let facts = read(&maker::build(&ElfSpec { machine: "i386", ..ElfSpec::default() }));
        assert!(!facts.is_64 && facts.machine.name() == "32-bit x86");
    }

    #[test]
    fn a_cut_file_is_told() {
        let whole = maker::build(&spec());
        assert!(read(&whole[..whole.len() - 8]).problem.is_some());
        assert!(read(&whole[..20]).problem.is_some());
    }

    #[test]
    fn a_circle_of_version_needs_ends() {
        let mut bytes = maker::build(&spec());
        let at = bytes.windows(4).rposition(|window| window == [1, 0, 1, 0]).unwrap();
        bytes[at + 12..at + 16].copy_from_slice(&16u32.to_le_bytes());
        let _ = read(&bytes);
    }

    proptest! {
        #[test]
        fn damaged_files_are_read_without_a_panic(at in 0usize..900, value: u8, cut in 0usize..900) {
            let mut bytes = maker::build(&spec());
            let length = bytes.len();
            bytes[at % length] = value;
            bytes.truncate(length - cut % length);
            let _ = read(&bytes);
        }
    }
}
