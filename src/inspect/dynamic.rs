//! The walk from an ELF file's program headers to the names it asks the loader for.
//!
//! Everything is found through program headers: shipped libraries are stripped of sections, and hostile ones lie about them.
//! Names are read on a budget, because a few records may point a million times at one long name.

use std::cell::Cell;

use goblin::elf::{
    ProgramHeader,
    dynamic::{
        DF_TEXTREL, DT_FLAGS, DT_GNU_HASH, DT_HASH, DT_NEEDED, DT_NULL, DT_RPATH, DT_RUNPATH, DT_SONAME,
        DT_STRSZ, DT_STRTAB, DT_SYMTAB, DT_TEXTREL, DT_VERDEF, DT_VERNEED,
    },
    program_header::{PF_X, PT_DYNAMIC, PT_GNU_STACK, PT_INTERP, PT_LOAD},
};

use super::elf::{ElfFacts, Misalignment, VersionNeed};

/// The longest name that is read: SONAMEs, run paths, versions.
const LONGEST: usize = 4096;

/// The most libraries, versions of one library, and folders of a run path that are followed.
const MOST: usize = 1024;

/// The most entries of a dynamic section that are read (4 MiB); large libraries have some dozens. The string table may come last.
const MOST_ENTRIES: usize = 1 << 18;

/// `VER_FLG_WEAK` of `vna_flags`.
const WEAK: u16 = 2;

/// The size of an entry of the dynamic section, and the least that a record naming a text takes (gABI, "Dynamic Section").
const RECORD: usize = 16;

/// The most bytes of names, with their records, that one file is read for.
const MOST_NAMES: usize = 256 << 10;

/// The size of a symbol (gABI, "Symbol Table"), and the most of them that are looked at.
const SYMBOL: usize = 24;
const MOST_SYMBOLS: usize = 1 << 16;

/// The page of both of Lambda's architectures.
const PAGE: u64 = 4096;

/// How the functions begin by which Node.js and an addon find each other.
const ADDON_STARTS: [&[u8]; 4] =
    [b"napi_register_module_v", b"node_register_module_v", b"node_module_register", b"napi_module_register"];

/// A file with its program headers.
pub(super) struct File<'a> {
    bytes: &'a [u8],
    segments: &'a [ProgramHeader],
    budget: Cell<usize>,
    spent: Cell<bool>,
}

impl<'a> File<'a> {
    /// A linker writes each record once, so that names with their records never outweigh the file.
    pub(super) fn new(bytes: &'a [u8], segments: &'a [ProgramHeader]) -> Self {
        Self { bytes, segments, budget: Cell::new(bytes.len().min(MOST_NAMES)), spent: Cell::new(false) }
    }

    /// Reads what the loader reads, and says why it would refuse.
    pub(super) fn fill(&self, facts: &mut ElfFacts) {
        facts.problem = self.outside();
        facts.interpreter =
            self.segment(PT_INTERP).and_then(|one| self.text_at(usize::try_from(one.p_offset).ok()?));
        facts.executable_stack = self.segment(PT_GNU_STACK).is_some_and(|one| one.p_flags & PF_X != 0);
        facts.misaligned = self.segments.iter().filter(|one| one.p_type == PT_LOAD).find_map(misaligned);
        self.read_dynamic(facts);
        if self.spent.get() {
            facts.problem.get_or_insert("its dynamic section asks for more names than it holds");
        }
    }

    fn outside(&self) -> Option<&'static str> {
        let length = u64::try_from(self.bytes.len()).unwrap_or(u64::MAX);
        // a segment without bytes, such as one of zeros alone, may begin behind the end
        let cut =
            |one: &ProgramHeader| one.p_filesz > 0 && one.p_offset.saturating_add(one.p_filesz) > length;
        if self.segments.iter().any(|one| one.p_type == PT_LOAD && cut(one)) {
            return Some("a segment reaches beyond the end of the file: it was cut");
        }
        cut(self.segment(PT_DYNAMIC)?).then_some("its dynamic section lies outside the file")
    }

    fn segment(&self, kind: u32) -> Option<&'a ProgramHeader> {
        self.segments.iter().find(|one| one.p_type == kind)
    }

    fn read_dynamic(&self, facts: &mut ElfFacts) {
        let entries = self.entries();
        let all = |tag: u64| entries.iter().filter(move |one| one.0 == tag).map(|one| one.1).take(MOST);
        let value = |tag: u64| all(tag).next();
        facts.properties.text_relocations =
            value(DT_TEXTREL).is_some() || value(DT_FLAGS).is_some_and(|flags| flags & DF_TEXTREL != 0);
        let Some(strings) = value(DT_STRTAB).and_then(|address| self.offset_of(address)) else {
            return;
        };
        let text = |offset: u64| self.text_at(strings.checked_add(usize::try_from(offset).ok()?)?);
        facts.soname = all(DT_SONAME).find_map(text);
        facts.needed = all(DT_NEEDED).filter_map(text).collect();
        let paths = |tag: u64| all(tag).filter_map(text).flat_map(|paths| split(&paths)).take(MOST).collect();
        facts.rpath = paths(DT_RPATH);
        facts.runpath = paths(DT_RUNPATH);
        if let Some(at) = value(DT_VERNEED).and_then(|address| self.offset_of(address)) {
            facts.version_needs = self.version_needs(at, &text);
        }
        if let Some(at) = value(DT_VERDEF).and_then(|address| self.offset_of(address)) {
            facts.version_definitions = self.version_definitions(at, &text);
        }
        let length = value(DT_STRSZ).and_then(|size| usize::try_from(size).ok()).unwrap_or_default();
        (facts.module_inits, facts.addon_symbols) =
            self.starts(strings, length).into_iter().partition(|name| name.starts_with("PyInit_"));
        // both kinds of hash table say at the same place where the undefined symbols end, or all do
        let hash = value(DT_GNU_HASH).or_else(|| value(DT_HASH)).and_then(|address| self.offset_of(address));
        let symbols = value(DT_SYMTAB).and_then(|address| self.offset_of(address));
        if let (Some(symbols), Some(count)) = (symbols, hash.and_then(|hash| self.word(hash, 4))) {
            facts.python_symbols = self.python_symbols(symbols, count, strings);
        }
    }

    /// Tags and values of the dynamic section, up to its end mark.
    fn entries(&self) -> Vec<(u64, u64)> {
        let bytes = self.segment(PT_DYNAMIC).and_then(|one| {
            let start = usize::try_from(one.p_offset).ok()?;
            self.bytes.get(start..start.checked_add(usize::try_from(one.p_filesz).ok()?)?)
        });
        let pair = |record: &[u8]| Some((long(record, 0)?, long(record, 8)?));
        let records = bytes.unwrap_or_default().chunks_exact(RECORD).take(MOST_ENTRIES);
        records.map_while(pair).take_while(|one| one.0 != DT_NULL).collect()
    }

    /// The file offset of a virtual address.
    fn offset_of(&self, address: u64) -> Option<usize> {
        let segment = self.segments.iter().find(|one| {
            one.p_type == PT_LOAD
                && address >= one.p_vaddr
                && address < one.p_vaddr.saturating_add(one.p_filesz)
        })?;
        let offset = segment.p_offset.checked_add(address.checked_sub(segment.p_vaddr)?)?;
        usize::try_from(offset).ok().filter(|offset| *offset < self.bytes.len())
    }

    /// The NUL-terminated text at a file offset, as long as the budget lasts.
    fn text_at(&self, offset: usize) -> Option<String> {
        if self.spent.get() {
            return None;
        }
        let rest = self.bytes.get(offset..)?;
        let rest = rest.get(..rest.len().min(LONGEST))?;
        let end = rest.iter().position(|byte| *byte == 0)?;
        self.pay(rest.get(..end)?)
    }

    fn pay(&self, text: &[u8]) -> Option<String> {
        let left = self.budget.get().checked_sub(text.len().saturating_add(RECORD));
        self.spent.set(left.is_none());
        self.budget.set(left?);
        Some(String::from_utf8_lossy(text).into_owned())
    }

    /// Walks the chain of needed versions (gABI "Version Requirements"). Bounded: elements of a hostile chain may overlap.
    fn version_needs(&self, start: usize, text: &dyn Fn(u64) -> Option<String>) -> Vec<VersionNeed> {
        let mut needs = Vec::new();
        let mut at = start;
        for _ in 0..MOST {
            let (Some(count), Some(file), Some(aux), Some(next)) =
                (self.half(at, 2), self.word(at, 4), self.word(at, 8), self.word(at, 12))
            else {
                break;
            };
            let Some(library) = text(u64::from(file)) else { break };
            let first = usize::try_from(aux).ok().and_then(|aux| at.checked_add(aux));
            let versions =
                first.map(|first| self.versions(first, usize::from(count), text)).unwrap_or_default();
            needs.push(VersionNeed { library, versions });
            match advance(at, next) {
                Some(further) => at = further,
                None => break,
            }
        }
        needs
    }

    /// Walks the chain of defined versions (gABI "Version Definitions"); the first text of each is its name.
    fn version_definitions(&self, start: usize, text: &dyn Fn(u64) -> Option<String>) -> Vec<String> {
        let mut names = Vec::new();
        let mut at = start;
        for _ in 0..MOST {
            let (Some(aux), Some(next)) = (self.word(at, 12), self.word(at, 16)) else { break };
            let first = usize::try_from(aux).ok().and_then(|aux| at.checked_add(aux));
            let Some(name) = first.and_then(|first| text(u64::from(self.word(first, 0)?))) else { break };
            names.push(name);
            match advance(at, next) {
                Some(further) => at = further,
                None => break,
            }
        }
        names
    }

    fn versions(&self, start: usize, count: usize, text: &dyn Fn(u64) -> Option<String>) -> Vec<String> {
        let mut versions = Vec::new();
        let mut at = start;
        for _ in 0..count.min(MOST) {
            let (Some(name), Some(next)) = (self.word(at, 8), self.word(at, 12)) else { break };
            let Some(version) = text(u64::from(name)) else { break };
            // the loader lets a weak need go unmet
            if self.half(at, 4).is_none_or(|flags| flags & WEAK == 0) {
                versions.push(version);
            }
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

    /// Module and addon entry points, found in the string table: walking all symbols of a large library would cost more than reading it.
    fn starts(&self, start: usize, length: usize) -> Vec<String> {
        let end = start.saturating_add(length).min(self.bytes.len());
        let table = self.bytes.get(start..end).unwrap_or_default();
        let is_start = |text: &&[u8]| {
            text.starts_with(b"PyInit_") || ADDON_STARTS.iter().any(|start| text.starts_with(start))
        };
        let strings = table.split(|byte| *byte == 0).filter(is_start);
        strings.take(MOST).map_while(|text| self.pay(text.get(..LONGEST).unwrap_or(text))).collect()
    }

    /// Names of CPython's interface among the symbols that have to be found elsewhere.
    fn python_symbols(&self, table: usize, count: u32, strings: usize) -> Vec<String> {
        let count = usize::try_from(count).unwrap_or(MOST_SYMBOLS).min(MOST_SYMBOLS);
        let symbols = self.bytes.get(table..).unwrap_or_default().chunks_exact(SYMBOL).take(count);
        let names = symbols.filter_map(|symbol| strings.checked_add(undefined(symbol)?));
        let of_python = |at: &usize| {
            self.bytes.get(*at..).is_some_and(|name| name.starts_with(b"Py") || name.starts_with(b"_Py"))
        };
        names.filter(of_python).take(MOST).map_while(|at| self.text_at(at)).collect()
    }
}

/// Where the name of a symbol stands among the strings, when another library has to define it.
fn undefined(symbol: &[u8]) -> Option<usize> {
    let name = u32::from_le_bytes(symbol.get(..4)?.try_into().ok()?);
    let (info, section) = (*symbol.get(4)?, symbol.get(6..8)?);
    let global = info >> 4 == 1;
    (global && section == [0, 0]).then(|| usize::try_from(name).ok()).flatten()
}

/// The check of glibc's `_dl_map_object_from_fd` before 2.35.
fn misaligned(segment: &ProgramHeader) -> Option<Misalignment> {
    let distance = segment.p_vaddr.wrapping_sub(segment.p_offset);
    if distance & PAGE.wrapping_sub(1) != 0 {
        Some(Misalignment::Page)
    } else if segment.p_align & PAGE.wrapping_sub(1) != 0 {
        Some(Misalignment::Claim)
    } else {
        (distance & segment.p_align.wrapping_sub(1) != 0).then_some(Misalignment::Larger)
    }
}

fn long(record: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(record.get(at..at.checked_add(8)?)?.try_into().ok()?))
}

/// The next element of a chain; nothing at its end.
fn advance(at: usize, next: u32) -> Option<usize> {
    let next = usize::try_from(next).ok().filter(|next| *next > 0)?;
    at.checked_add(next)
}

fn split(paths: &str) -> Vec<String> {
    paths.split(':').take(MOST).map(str::to_owned).collect()
}
