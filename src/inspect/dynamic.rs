//! The walk from an ELF file's program headers to the names it asks the loader for.
//!
//! Everything is found through program headers: shipped libraries are stripped of sections, and hostile ones lie about them.
//! Names are read on a budget, because a few records may point a million times at one long name.

use std::cell::Cell;

use goblin::elf::{
    ProgramHeader,
    dynamic::{
        DT_NEEDED, DT_NULL, DT_RPATH, DT_RUNPATH, DT_SONAME, DT_STRSZ, DT_STRTAB, DT_VERDEF, DT_VERNEED,
    },
    program_header::{PT_DYNAMIC, PT_INTERP, PT_LOAD},
};

use super::elf::{ElfFacts, VersionNeed};

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
        self.read_dynamic(facts);
        if self.spent.get() {
            facts.problem.get_or_insert("its dynamic section asks for more names than it holds");
        }
    }

    fn outside(&self) -> Option<&'static str> {
        let length = u64::try_from(self.bytes.len()).unwrap_or(u64::MAX);
        let cut = |one: &ProgramHeader| one.p_offset.saturating_add(one.p_filesz) > length;
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
        facts.module_inits = self.module_inits(strings, length);
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

    /// Module entry points, found in the string table: walking all symbols of a large library would cost more than reading it.
    fn module_inits(&self, start: usize, length: usize) -> Vec<String> {
        let end = start.saturating_add(length).min(self.bytes.len());
        let table = self.bytes.get(start..end).unwrap_or_default();
        let strings = table.split(|byte| *byte == 0).filter(|text| text.starts_with(b"PyInit_"));
        strings.take(MOST).map_while(|text| self.pay(text.get(..LONGEST).unwrap_or(text))).collect()
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
