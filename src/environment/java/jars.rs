//! What lies in jars, shared by all deployments of a run: each directory and each class is read once.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use crate::{
    archive::{Scratch, anomaly::AnomalyKind, archive::Archive},
    environment::{filesystem::Provider, package::Package},
    inspect::{
        class_file::{self, ClassFile},
        elf::ElfFacts,
        machine_code::{self, Format},
    },
};

use super::natives::{self, JarNative};

/// The largest manifest that is read.
const MANIFEST_BYTES: u64 = 1 << 20;

/// An entry of a jar.
#[derive(Clone, Debug)]
pub struct JarEntry {
    /// Its path.
    pub path: Box<str>,
    /// Its index in the jar.
    pub index: usize,
    /// Its size and checksum, which tell copies from others.
    pub digest: (u64, Option<u32>),
}

/// The directory of a jar, and what its manifest asks for.
#[derive(Debug, Default)]
pub struct Jar {
    // sorted by path; of equal paths the last stays
    entries: Vec<JarEntry>,
    /// `Class-Path` of the manifest: places relative to the jar.
    pub class_path: Vec<String>,
    /// Whether `META-INF/versions` counts.
    pub multi_release: bool,
    /// Its native libraries.
    pub natives: Arc<[JarNative]>,
}

/// What became of opening a jar.
#[derive(Clone, Debug)]
pub(super) enum Opened {
    /// It was read.
    Jar(Arc<Jar>),
    /// It is no jar, or damaged: the virtual machine passes over it in silence.
    Broken,
    /// It was not looked at: a limit of reading was reached.
    Unknown,
}

/// What became of reading a class.
#[derive(Clone, Debug)]
pub(super) enum Read {
    /// It was read.
    Class(Arc<ClassFile>),
    /// Its first bytes tell its version, and the rest could not be read.
    OnlyVersion(u16),
    /// Nothing can be said.
    Unknown,
}

type Key = (usize, usize);
type Natives = HashMap<(Key, usize), Option<Arc<ElfFacts>>>;

/// The jars and classes that were read so far.
#[derive(Debug, Default)]
pub struct Jars {
    directories: Mutex<HashMap<Key, Opened>>,
    classes: Mutex<HashMap<(Key, Option<usize>), Read>>,
    natives: Mutex<Natives>,
}

fn key(provider: &Provider<'_>) -> Key {
    (std::ptr::from_ref::<Package>(provider.package).addr(), provider.index)
}

impl Jars {
    /// The directory of a jar.
    pub(super) fn open(&self, provider: &Provider<'_>) -> Opened {
        let known = |jars: &HashMap<Key, Opened>| jars.get(&key(provider)).cloned();
        if let Some(jar) = known(&self.directories.lock().unwrap_or_else(PoisonError::into_inner)) {
            return jar;
        }
        let opened = open(provider);
        self.directories.lock().unwrap_or_else(PoisonError::into_inner).insert(key(provider), opened.clone());
        opened
    }

    /// A class that lies as a file (`inner` is nothing) or as an entry of a jar.
    pub(super) fn class(&self, provider: &Provider<'_>, inner: Option<usize>) -> Read {
        let at = (key(provider), inner);
        if let Some(read) = self.classes.lock().unwrap_or_else(PoisonError::into_inner).get(&at) {
            return read.clone();
        }
        let read = read_class(provider, inner);
        self.classes.lock().unwrap_or_else(PoisonError::into_inner).insert(at, read.clone());
        read
    }
}

impl Jars {
    /// A native library of a jar.
    pub(super) fn native(&self, provider: &Provider<'_>, inner: usize) -> Option<Arc<ElfFacts>> {
        let at = (key(provider), inner);
        if let Some(read) = self.natives.lock().unwrap_or_else(PoisonError::into_inner).get(&at) {
            return read.clone();
        }
        let Opened::Jar(jar) = self.open(provider) else { return None };
        let read = read_natives(provider, &jar, inner);
        let mut known = self.natives.lock().unwrap_or_else(PoisonError::into_inner);
        known.extend(read.into_iter().map(|(index, facts)| ((at.0, index), facts)));
        known.get(&at).cloned().flatten()
    }
}

impl Jar {
    /// The entry of a path.
    pub fn find(&self, path: &str) -> Option<&JarEntry> {
        let after = self.entries.partition_point(|one| *one.path <= *path);
        self.entries.get(after.checked_sub(1)?).filter(|one| *one.path == *path)
    }

    /// All entries, sorted by path.
    pub fn entries(&self) -> &[JarEntry] {
        &self.entries
    }
}

fn open(provider: &Provider<'_>) -> Opened {
    let mut scratch = Scratch::default();
    let archive = match provider.package.archive.nested(provider.index, &mut scratch) {
        Ok(archive) => archive,
        Err(AnomalyKind::LimitReached(_)) => return Opened::Unknown,
        Err(_) => return Opened::Broken,
    };
    let limited = archive.anomalies().iter().any(|one| matches!(one.kind, AnomalyKind::LimitReached(_)));
    if limited {
        return Opened::Unknown;
    }
    if archive.entries().is_empty() {
        return Opened::Broken;
    }
    Opened::Jar(Arc::new(directory(&archive, &mut scratch)))
}

fn directory(archive: &Archive, scratch: &mut Scratch) -> Jar {
    let file = |(index, entry): (usize, &crate::archive::entry::Entry)| {
        entry.is_file().then(|| JarEntry {
            path: entry.path.as_str().into(),
            index,
            digest: (entry.size.0, entry.crc),
        })
    };
    let mut entries: Vec<JarEntry> = archive.entries().iter().enumerate().filter_map(file).collect();
    entries.sort_by(|one, two| one.path.cmp(&two.path).then(one.index.cmp(&two.index)));
    let natives = natives::of_jar(archive, &entries, scratch);
    let mut jar = Jar { entries, natives, ..Jar::default() };
    let manifest = jar.find("META-INF/MANIFEST.MF").filter(|one| one.digest.0 <= MANIFEST_BYTES);
    if let Some(bytes) = manifest.and_then(|one| archive.read(one.index, scratch).ok()) {
        let text = String::from_utf8_lossy(bytes);
        let main = main_section(&text);
        jar.multi_release =
            value(&main, "multi-release").is_some_and(|value| value.eq_ignore_ascii_case("true"));
        jar.class_path =
            value(&main, "class-path").unwrap_or_default().split_whitespace().map(str::to_owned).collect();
    }
    jar
}

/// The attributes before the first empty line, their continuations joined.
fn main_section(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n");
    text.split("\n\n").next().unwrap_or_default().replace("\n ", "")
}

fn value<'a>(section: &'a str, name: &str) -> Option<&'a str> {
    section.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.trim().eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

fn read_class(provider: &Provider<'_>, inner: Option<usize>) -> Read {
    let mut scratch = Scratch::default();
    let archive = &provider.package.archive;
    match inner {
        None => archive.read(provider.index, &mut scratch).map_or(Read::Unknown, of_bytes),
        Some(inner) => match archive.nested(provider.index, &mut scratch) {
            Ok(jar) => jar.read(inner, &mut scratch).map_or(Read::Unknown, of_bytes),
            Err(_) => Read::Unknown,
        },
    }
}

/// All libraries for the platform of one: a jar is inflated as a whole whenever it is opened.
fn read_natives(provider: &Provider<'_>, jar: &Jar, one: usize) -> Vec<(usize, Option<Arc<ElfFacts>>)> {
    let platform = jar.natives.iter().find(|native| native.index == one).map(|native| native.built_for);
    let same = jar.natives.iter().filter(|native| Some(native.built_for) == platform);
    let mut scratch = Scratch::default();
    let archive = provider.package.archive.nested(provider.index, &mut scratch).ok();
    same.map(|native| {
        let facts = archive.as_ref().and_then(|archive| read_native(archive, native.index, &mut scratch));
        (native.index, facts.map(Arc::new))
    })
    .collect()
}

fn read_native(archive: &Archive, index: usize, scratch: &mut Scratch) -> Option<ElfFacts> {
    match machine_code::identify(archive.read(index, scratch).ok()?) {
        Format::Elf(facts) => Some(*facts),
        _ => None,
    }
}

fn of_bytes(bytes: &[u8]) -> Read {
    match class_file::parse(bytes) {
        Ok(class) => Read::Class(Arc::new(class)),
        Err(_) => class_file::major(bytes).map_or(Read::Unknown, Read::OnlyVersion),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn manifests_are_read_over_their_line_breaks() {
        let text = "Manifest-Version: 1.0\r\nClass-Path: a.jar b\r\n .jar\r\nmulti-release: TRUE\r\n\r\nName: x\r\nClass-Path: no\r\n";
        let main = main_section(text);
        assert_eq!(value(&main, "class-path"), Some("a.jar b.jar"));
        assert_eq!(value(&main, "multi-release"), Some("TRUE"));
        assert_eq!(value(&main, "name"), None);
    }
}
