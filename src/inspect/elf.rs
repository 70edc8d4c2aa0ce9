//! The dynamic linking view of an ELF file: what ld.so reads before it maps anything.
//!
//! goblin reads the header and the program headers; what they point at is walked in `dynamic`, with bounds of its own.

use goblin::{
    container::{Container, Ctx, Endian},
    elf::{Elf, Header, ProgramHeader, header, program_header::PT_LOAD},
};
use serde::{Deserialize, Serialize};

use crate::{data::versions::SymbolVersion, model::architecture::Architecture};

use super::{
    dynamic::File,
    properties::{self, Properties},
};

#[cfg(test)]
#[path = "../../tests/support/elf.rs"]
#[allow(
    clippy::pedantic,
    clippy::arithmetic_side_effects,
    clippy::indexing_slicing,
    reason = "a maker of test files"
)]
pub(super) mod maker;

/// The size of a 64-bit ELF header, and of one program header (gABI, "ELF Header").
const HEADER: usize = 64;
const PROGRAM_HEADER: usize = 56;

/// `e_machine`, never a closed list on hostile input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionNeed {
    /// The library: `libc.so.6`.
    pub library: String,
    /// The versions: `GLIBC_2.34`.
    pub versions: Vec<String>,
}

/// How the offset and the address of a segment disagree. Those that differ by whole pages are mapped by glibc 2.35 and later.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Misalignment {
    /// Within a page: no loader maps it.
    Page,
    /// Within the larger alignment that the segment claims.
    Larger,
    /// The alignment itself is no multiple of a page.
    Claim,
}

/// What the loader reads.
#[derive(Clone, Debug, Serialize, Deserialize)]
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
    /// Versions that it defines for others (`DT_VERDEF`), its own name among them.
    pub version_definitions: Vec<String>,
    /// Names of the form `PyInit_*` among the dynamic symbols.
    pub module_inits: Vec<String>,
    /// Undefined symbols of CPython's interface; weak ones, which may stay unfound, are left out.
    pub python_symbols: Vec<String>,
    /// Names by which Node.js finds or is given an addon's start: `napi_register_module_v1`, `node_register_module_v115`, `node_module_register`.
    pub addon_symbols: Vec<String>,
    /// `PT_GNU_STACK` asks for a stack that can be executed.
    pub executable_stack: bool,
    /// A segment whose offset and address do not fit each other.
    pub misaligned: Option<Misalignment>,
    /// What is no matter of loading.
    pub properties: Properties,
    /// Why the loader would refuse it, when the file is cut or contradicts itself.
    #[serde(skip)]
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
        self.musl_libc().is_some()
            || self.interpreter.as_deref().is_some_and(|path| path.contains("ld-musl-"))
    }

    /// The name under which it needs musl: Alpine's, or musl's own, which Android's library has too, beside a `libdl.so`.
    pub fn musl_libc(&self) -> Option<&str> {
        let has = |name: &str| self.needed.iter().any(|needed| needed == name);
        let own = has("libc.so") && !has("libdl.so");
        let alpine = self.needed.iter().find(|name| name.starts_with("libc.musl-"));
        alpine.map(String::as_str).or_else(|| own.then_some("libc.so"))
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
            version_definitions: Vec::new(),
            module_inits: Vec::new(),
            python_symbols: Vec::new(),
            addon_symbols: Vec::new(),
            executable_stack: false,
            misaligned: None,
            properties: Properties::default(),
            problem,
        }
    }
}

/// Reads an ELF file as the loader would. Never fails: what is wrong is said in `problem`.
pub fn read(bytes: &[u8]) -> ElfFacts {
    let Ok(header) = Elf::parse_header(bytes) else {
        let cut = bytes.len() < HEADER;
        let problem = if cut { "the file ends inside its ELF header" } else { "its ELF header is not valid" };
        return ElfFacts::unread(Machine(0), true, true, Some(problem));
    };
    let is_64 = header.e_ident.get(header::EI_CLASS) == Some(&header::ELFCLASS64);
    let little_endian = header.e_ident.get(header::EI_DATA) == Some(&header::ELFDATA2LSB);
    let mut facts = ElfFacts::unread(Machine(header.e_machine), is_64, little_endian, None);
    // another class, byte order or machine is refused before anything else is read
    if !is_64 || !little_endian || facts.machine.architecture().is_none() {
        return facts;
    }
    facts.problem = not_loadable(header.e_type);
    if facts.problem.is_some() {
        return facts;
    }
    match segments(bytes, &header) {
        Ok(segments) => {
            facts.properties = properties::read(bytes, &header, &segments);
            File::new(bytes, &segments).fill(&mut facts);
        }
        Err(problem) => facts.problem = Some(problem),
    }
    facts
}

/// Why the loader takes no file of this type: it maps programs and shared objects only.
fn not_loadable(kind: u16) -> Option<&'static str> {
    match kind {
        header::ET_EXEC | header::ET_DYN => None,
        header::ET_REL => Some("it is an object file that was never linked"),
        header::ET_CORE => Some("it is a core dump"),
        _ => Some("its ELF type is neither a program nor a shared library"),
    }
}

fn segments(bytes: &[u8], header: &Header) -> Result<Vec<ProgramHeader>, &'static str> {
    const OUTSIDE: &str = "its program headers lie outside the file";
    let count = usize::from(header.e_phnum);
    if count > 0 && usize::from(header.e_phentsize) != PROGRAM_HEADER {
        return Err("its program headers have the wrong size");
    }
    let start = usize::try_from(header.e_phoff).map_err(|_| OUTSIDE)?;
    let end = count.checked_mul(PROGRAM_HEADER).and_then(|size| start.checked_add(size));
    if end.is_none_or(|end| end > bytes.len()) {
        return Err(OUTSIDE);
    }
    let segments = ProgramHeader::parse(bytes, start, count, Ctx::new(Container::Big, Endian::Little))
        .map_err(|_| OUTSIDE)?;
    if segments.iter().any(|one| one.p_type == PT_LOAD) {
        Ok(segments)
    } else {
        Err("it has no segment to load")
    }
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
            defines: vec!["X_1".to_owned(), "X_2".to_owned()],
            exports: vec!["PyInit_x".to_owned(), "other".to_owned(), "napi_register_module_v1".to_owned()],
            imports: vec!["PyLong_FromLong".to_owned(), "malloc".to_owned()],
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
        assert_eq!(facts.version_definitions, ["X_1", "X_2"]);
        assert_eq!(facts.python_symbols, ["PyLong_FromLong"]);
        assert_eq!(facts.addon_symbols, ["napi_register_module_v1"]);
        assert!(!facts.executable_stack && facts.misaligned.is_none());
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

    #[test]
    fn what_the_loader_does_not_map_is_told() {
        let kind = |kind: u16| {
            let mut bytes = maker::build(&spec());
            bytes[16..18].copy_from_slice(&kind.to_le_bytes());
            read(&bytes).problem
        };
        assert_eq!(kind(header::ET_EXEC), None);
        assert_eq!(kind(header::ET_REL), Some("it is an object file that was never linked"));
        assert_eq!(kind(header::ET_CORE), Some("it is a core dump"));
        assert!(kind(77).is_some());
        let mut bytes = maker::build(&spec());
        bytes[HEADER] = 7;
        assert_eq!(read(&bytes).problem, Some("it has no segment to load"));
    }

    #[test]
    fn every_byte_can_be_wrong() {
        let whole = maker::build(&spec());
        for at in 0..whole.len() {
            for value in [0x00, 0xff, whole[at] ^ 0x01, whole[at] ^ 0x80] {
                let mut bytes = whole.clone();
                bytes[at] = value;
                let facts = read(&bytes);
                assert!(names(&facts) <= whole.len(), "byte {at} = {value}");
            }
        }
    }

    /// Bytes of all names that were read, each counted with one byte of its own.
    fn names(facts: &ElfFacts) -> usize {
        let versions =
            facts.version_needs.iter().flat_map(|need| need.versions.iter().chain([&need.library]));
        let names = facts
            .needed
            .iter()
            .chain(&facts.module_inits)
            .chain(&facts.version_definitions)
            .chain(&facts.python_symbols)
            .chain(&facts.addon_symbols)
            .chain(versions);
        names.map(|name| name.len() + 1).sum()
    }

    /// A file whose one segment holds `body` (at 176) and then the dynamic section.
    fn crafted(body: &[u8], dynamic: &[(u64, u64)]) -> Vec<u8> {
        let mut bytes = maker::build(&ElfSpec { machine: "x86_64", ..ElfSpec::default() });
        bytes.truncate(HEADER + 2 * PROGRAM_HEADER);
        assert_eq!(u16::from_le_bytes([bytes[56], bytes[57]]), 2);
        bytes.extend_from_slice(body);
        let at = bytes.len() as u64;
        bytes.extend(
            dynamic.iter().flat_map(|(tag, value)| [tag.to_le_bytes(), value.to_le_bytes()]).flatten(),
        );
        let end = bytes.len() as u64;
        for (segment, offset, size) in [(0, 0, end), (1, at, end - at)] {
            let start = HEADER + segment * PROGRAM_HEADER;
            for (field, value) in [(8, offset), (16, offset), (24, offset), (32, size), (40, size)] {
                bytes[start + field..start + field + 8].copy_from_slice(&u64::to_le_bytes(value));
            }
        }
        bytes
    }

    #[test]
    fn a_few_records_that_name_one_long_text_a_million_times_are_not_followed() {
        let mut body = Vec::new();
        for at in 0..1024u32 {
            let next = if at < 1023 { 16 } else { 0 };
            body.extend_from_slice(&[1, 0, 0, 4]);
            body.extend([1, 16 * (1024 - at), next].iter().flat_map(|word: &u32| word.to_le_bytes()));
        }
        for _ in 0..1024 {
            body.extend([0u32, 2, 1, 16].iter().flat_map(|word| word.to_le_bytes()));
        }
        let strings = 176 + body.len() as u64;
        body.push(0);
        body.extend_from_slice(&[b'A'; 4000]);
        body.push(0);
        let bytes = crafted(&body, &[(5, strings), (10, 4002), (0x6fff_fffe, 176), (0, 0)]);
        let facts = read(&bytes);
        assert!(!facts.version_needs.is_empty());
        assert!(names(&facts) <= bytes.len());
        assert_eq!(facts.problem, Some("its dynamic section asks for more names than it holds"));
    }

    #[test]
    fn a_dynamic_section_without_an_end_is_left() {
        let bytes = crafted(b"\0libx.so\0", &vec![(1, 1); 200_000]);
        assert!(read(&bytes).needed.is_empty(), "there is no string table among the first entries");
        let mut dynamic = vec![(5, 176)];
        dynamic.resize(200_000, (1, 1));
        let facts = read(&crafted(b"\0libx.so\0", &dynamic));
        assert_eq!(facts.needed.len(), 1024);
    }

    proptest! {
        #[test]
        fn several_wrong_bytes_are_read_within_bounds(changes in proptest::collection::vec((0usize..2000, any::<u8>()), 1..12)) {
            let mut bytes = maker::build(&spec());
            let length = bytes.len();
            for (at, value) in changes {
                bytes[at % length] = value;
            }
            prop_assert!(names(&read(&bytes)) <= length);
        }

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
