//! Writes small ELF, Mach-O and PE files: no opaque binary lies in the repository.

/// What an ELF file shall say.
#[derive(Clone, Debug, Default)]
pub(crate) struct ElfSpec<'a> {
    /// `x86_64`, `aarch64`, `i386`, `riscv64`, `s390x`.
    pub machine: &'a str,
    pub soname: Option<String>,
    /// `DT_NEEDED` with the versions needed of each.
    pub needs: Vec<(String, Vec<String>)>,
    pub runpath: Option<String>,
    pub rpath: Option<String>,
    pub interpreter: Option<String>,
    /// Dynamic symbols that are defined.
    pub exports: Vec<String>,
    /// Versions that it defines for others.
    pub defines: Vec<String>,
    /// Dynamic symbols that another library has to define.
    pub imports: Vec<String>,
    /// Ask for a stack that can be executed.
    pub executable_stack: bool,
    /// Offset and address of a second segment, as a bad strip leaves them; its alignment is 64 KiB.
    pub misaligned: Option<(u64, u64)>,
    /// The level of x86-64 that a property note asks for.
    pub x86_level: Option<u32>,
    /// Whether there is a `PT_GNU_RELRO` header.
    pub relro: bool,
    /// Whether the dynamic section asks for text relocations.
    pub text_relocations: bool,
    /// Bytes of a `.debug_info` section.
    pub debug: usize,
    pub executable: bool,
}

const HEADER: usize = 64;
const PROGRAM_HEADER: usize = 56;
const BASE: u64 = 0;

const DT_NULL: u64 = 0;
const DT_NEEDED: u64 = 1;
const DT_HASH: u64 = 4;
const DT_STRTAB: u64 = 5;
const DT_SYMTAB: u64 = 6;
const DT_STRSZ: u64 = 10;
const DT_SYMENT: u64 = 11;
const DT_SONAME: u64 = 14;
const DT_RPATH: u64 = 15;
const DT_TEXTREL: u64 = 22;
const DT_RUNPATH: u64 = 29;
const DT_VERDEF: u64 = 0x6fff_fffc;
const DT_VERDEFNUM: u64 = 0x6fff_fffd;
const DT_VERNEED: u64 = 0x6fff_fffe;
const DT_VERNEEDNUM: u64 = 0x6fff_ffff;

fn machine_number(name: &str) -> u16 {
    match name {
        "i386" => 3,
        "s390x" => 22,
        "x86_64" => 62,
        "aarch64" => 183,
        "riscv64" => 243,
        other => panic!("no machine {other:?}"),
    }
}

struct Strings(Vec<u8>);

impl Strings {
    fn add(&mut self, text: &str) -> u64 {
        let at = self.0.len();
        self.0.extend_from_slice(text.as_bytes());
        self.0.push(0);
        at as u64
    }
}

/// The bytes of an ELF file: one loadable segment in which addresses equal offsets.
pub(crate) fn build(spec: &ElfSpec<'_>) -> Vec<u8> {
    if spec.machine == "i386" {
        return header_32();
    }
    let mut strings = Strings(vec![0]);
    let mut dynamic: Vec<(u64, u64)> =
        spec.needs.iter().map(|(name, _)| (DT_NEEDED, strings.add(name))).collect();
    for (tag, text) in [(DT_SONAME, &spec.soname), (DT_RPATH, &spec.rpath), (DT_RUNPATH, &spec.runpath)] {
        if let Some(text) = text {
            dynamic.push((tag, strings.add(text)));
        }
    }
    let versions = version_needs(spec, &mut strings);
    let defined = version_definitions(spec, &mut strings);
    let symbols = symbols(spec, &mut strings);
    let is_dynamic = !spec.needs.is_empty() || !spec.executable;
    let headers = 1
        + usize::from(is_dynamic)
        + usize::from(spec.interpreter.is_some())
        + usize::from(spec.executable_stack)
        + usize::from(spec.misaligned.is_some())
        + usize::from(spec.relro)
        + usize::from(spec.x86_level.is_some());
    let interpreter_at = HEADER + PROGRAM_HEADER * headers;
    let interpreter: Vec<u8> = spec.interpreter.iter().flat_map(|path| path.bytes().chain([0])).collect();
    let align = |at: usize| at.div_ceil(8) * 8;
    let strings_at = interpreter_at + interpreter.len();
    let symbols_at = align(strings_at + strings.0.len());
    let versions_at = symbols_at + symbols.len();
    let defined_at = versions_at + versions.len();
    let dynamic_at = align(defined_at + defined.len());
    dynamic.push((DT_STRTAB, BASE + strings_at as u64));
    dynamic.push((DT_STRSZ, strings.0.len() as u64));
    dynamic.push((DT_SYMTAB, BASE + symbols_at as u64));
    dynamic.push((DT_SYMENT, 24));
    if !spec.imports.is_empty() {
        dynamic.push((DT_HASH, BASE + (versions_at - 8) as u64));
    }
    let needing = spec.needs.iter().filter(|(_, versions)| !versions.is_empty()).count();
    if needing > 0 {
        dynamic.push((DT_VERNEED, BASE + versions_at as u64));
        dynamic.push((DT_VERNEEDNUM, needing as u64));
    }
    if !spec.defines.is_empty() {
        dynamic.push((DT_VERDEF, BASE + defined_at as u64));
        dynamic.push((DT_VERDEFNUM, spec.defines.len() as u64));
    }
    if spec.text_relocations {
        dynamic.push((DT_TEXTREL, 0));
    }
    dynamic.push((DT_NULL, 0));
    let dynamic_size = if is_dynamic { dynamic.len() * 16 } else { 0 };
    let end = dynamic_at + dynamic_size;

    let mut out = header(spec, headers as u16);
    program_header(&mut out, 1, 5, 0, end as u64);
    if is_dynamic {
        program_header(&mut out, 2, 6, dynamic_at as u64, dynamic_size as u64);
    }
    if spec.interpreter.is_some() {
        program_header(&mut out, 3, 4, interpreter_at as u64, interpreter.len() as u64);
    }
    if spec.executable_stack {
        program_header(&mut out, 0x6474_e551, 7, 0, 0);
    }
    if let Some((offset, address)) = spec.misaligned {
        out.extend_from_slice(&1u32.to_le_bytes());
        out.extend_from_slice(&6u32.to_le_bytes());
        for word in [offset, address, address, 0, 16, 0x10000] {
            out.extend_from_slice(&word.to_le_bytes());
        }
    }
    if spec.relro {
        program_header(&mut out, 0x6474_e552, 4, dynamic_at as u64, dynamic_size as u64);
    }
    if spec.x86_level.is_some() {
        program_header(&mut out, 0x6474_e553, 4, end as u64, 32);
    }
    out.extend_from_slice(&interpreter);
    out.extend_from_slice(&strings.0);
    out.resize(symbols_at, 0);
    out.extend_from_slice(&symbols);
    out.extend_from_slice(&versions);
    out.extend_from_slice(&defined);
    out.resize(dynamic_at, 0);
    if is_dynamic {
        for (tag, value) in dynamic {
            out.extend_from_slice(&tag.to_le_bytes());
            out.extend_from_slice(&value.to_le_bytes());
        }
    }
    if let Some(level) = spec.x86_level {
        let note = [4, 16, 5, u32::from_le_bytes(*b"GNU\0"), 0xc000_8002, 4, 1 << (level - 1), 0];
        out.extend(note.iter().flat_map(|word| word.to_le_bytes()));
    }
    if spec.debug > 0 {
        debug_section(&mut out, spec.debug);
    }
    out
}

/// Three sections: the empty one, `.debug_info`, and the names of sections.
fn debug_section(out: &mut Vec<u8>, size: usize) {
    let names = b"\0.debug_info\0.shstrtab\0";
    let (debug_at, names_at) = (out.len(), out.len() + size);
    out.resize(names_at, 0xdb);
    out.extend_from_slice(names);
    let table = out.len() as u64;
    out.extend_from_slice(&[0; 64]);
    for (name, kind, at, size) in [(1u32, 1u32, debug_at, size), (13, 3, names_at, names.len())] {
        out.extend([name, kind].iter().flat_map(|word| word.to_le_bytes()));
        let words = [0, 0, at as u64, size as u64, 0, 1, 0];
        out.extend(words.iter().flat_map(|word| word.to_le_bytes()));
    }
    out[40..48].copy_from_slice(&table.to_le_bytes());
    for (at, half) in [(58, 64u16), (60, 3), (62, 2)] {
        out[at..at + 2].copy_from_slice(&half.to_le_bytes());
    }
}

fn header(spec: &ElfSpec<'_>, headers: u16) -> Vec<u8> {
    let mut out = b"\x7fELF\x02\x01\x01\0\0\0\0\0\0\0\0\0".to_vec();
    let kind: u16 = if spec.executable && spec.interpreter.is_none() { 2 } else { 3 };
    for half in [kind, machine_number(spec.machine)] {
        out.extend_from_slice(&half.to_le_bytes());
    }
    out.extend_from_slice(&1u32.to_le_bytes());
    out.extend_from_slice(&0u64.to_le_bytes());
    out.extend_from_slice(&(HEADER as u64).to_le_bytes());
    out.extend_from_slice(&0u64.to_le_bytes());
    out.extend_from_slice(&0u32.to_le_bytes());
    for half in [HEADER as u16, PROGRAM_HEADER as u16, headers, 64, 0, 0] {
        out.extend_from_slice(&half.to_le_bytes());
    }
    out
}

fn program_header(out: &mut Vec<u8>, kind: u32, flags: u32, at: u64, size: u64) {
    out.extend_from_slice(&kind.to_le_bytes());
    out.extend_from_slice(&flags.to_le_bytes());
    for word in [at, BASE + at, BASE + at, size, size, if kind == 1 { 0x1000 } else { 8 }] {
        out.extend_from_slice(&word.to_le_bytes());
    }
}

fn symbols(spec: &ElfSpec<'_>, strings: &mut Strings) -> Vec<u8> {
    let mut out = vec![0; 24];
    for name in &spec.exports {
        let at = strings.add(name) as u32;
        out.extend_from_slice(&at.to_le_bytes());
        out.extend_from_slice(&[0x12, 0, 1, 0]);
        out.extend_from_slice(&0x1000u64.to_le_bytes());
        out.extend_from_slice(&16u64.to_le_bytes());
    }
    if spec.imports.is_empty() {
        return out;
    }
    for name in &spec.imports {
        let at = strings.add(name) as u32;
        out.extend_from_slice(&at.to_le_bytes());
        out.extend_from_slice(&[0x12, 0, 0, 0]);
        out.extend_from_slice(&[0; 16]);
    }
    // the beginning of a hash table: one chain, and as many symbols as there are
    let count = 1 + spec.exports.len() + spec.imports.len();
    out.extend([1, count as u32].iter().flat_map(|word| word.to_le_bytes()));
    out
}

fn version_needs(spec: &ElfSpec<'_>, strings: &mut Strings) -> Vec<u8> {
    let needing: Vec<&(String, Vec<String>)> =
        spec.needs.iter().filter(|(_, versions)| !versions.is_empty()).collect();
    let mut out = Vec::new();
    for (at, (library, versions)) in needing.iter().enumerate() {
        let next = if at + 1 == needing.len() { 0 } else { 16 + 16 * versions.len() as u32 };
        out.extend_from_slice(&1u16.to_le_bytes());
        out.extend_from_slice(&(versions.len() as u16).to_le_bytes());
        for word in [strings.add(library) as u32, 16, next] {
            out.extend_from_slice(&word.to_le_bytes());
        }
        for (index, version) in versions.iter().enumerate() {
            let next = if index + 1 == versions.len() { 0u32 } else { 16 };
            out.extend_from_slice(&0u32.to_le_bytes());
            out.extend_from_slice(&0u16.to_le_bytes());
            out.extend_from_slice(&(index as u16 + 2).to_le_bytes());
            out.extend_from_slice(&(strings.add(version) as u32).to_le_bytes());
            out.extend_from_slice(&next.to_le_bytes());
        }
    }
    out
}

fn version_definitions(spec: &ElfSpec<'_>, strings: &mut Strings) -> Vec<u8> {
    let mut out = Vec::new();
    for (at, version) in spec.defines.iter().enumerate() {
        let next: u32 = if at + 1 == spec.defines.len() { 0 } else { 28 };
        for half in [1u16, 0, at as u16 + 2, 1] {
            out.extend_from_slice(&half.to_le_bytes());
        }
        for word in [0, 20, next, strings.add(version) as u32, 0] {
            out.extend_from_slice(&word.to_le_bytes());
        }
    }
    out
}

/// A 32-bit header without segments.
fn header_32() -> Vec<u8> {
    let mut out = b"\x7fELF\x01\x01\x01\0\0\0\0\0\0\0\0\0".to_vec();
    for half in [3u16, 3] {
        out.extend_from_slice(&half.to_le_bytes());
    }
    for word in [1u32, 0, 0, 0, 0] {
        out.extend_from_slice(&word.to_le_bytes());
    }
    for half in [52u16, 32, 0, 40, 0, 0] {
        out.extend_from_slice(&half.to_le_bytes());
    }
    out
}

/// A 64-bit Mach-O bundle header for `arm64` or `x86_64`.
pub(crate) fn mach_o(cpu: &str) -> Vec<u8> {
    let cpu: u32 = if cpu == "arm64" { 0x0100_000c } else { 0x0100_0007 };
    [0xfeed_facf, cpu, 0, 8, 0, 0, 0, 0].iter().flat_map(|word: &u32| word.to_le_bytes()).collect()
}

/// A PE header for `amd64`, `arm64` or `i386`.
pub(crate) fn pe(machine: &str) -> Vec<u8> {
    let machine: u16 = match machine {
        "arm64" => 0xaa64,
        "i386" => 0x14c,
        _ => 0x8664,
    };
    let mut out = vec![0; 64];
    out[..2].copy_from_slice(b"MZ");
    out[60..64].copy_from_slice(&64u32.to_le_bytes());
    out.extend_from_slice(b"PE\0\0");
    out.extend_from_slice(&machine.to_le_bytes());
    out.extend_from_slice(&[0; 14]);
    out.extend_from_slice(&240u16.to_le_bytes());
    out.extend_from_slice(&0x2022u16.to_le_bytes());
    out.extend_from_slice(&0x020bu16.to_le_bytes());
    out.resize(out.len() + 238, 0);
    out
}
