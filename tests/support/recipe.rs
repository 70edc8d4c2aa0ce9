//! From a `toml package` block to a project on disk: zips in the given order, a configuration that names them.

use std::{
    collections::BTreeMap,
    fs::{self, File},
    io::{Cursor, Write},
    path::{Path, PathBuf},
};

use serde::Deserialize;
use zip::{CompressionMethod, DateTime, ZipWriter, write::SimpleFileOptions};

use super::{
    class_file::{self, ClassSpec},
    elf::{self, ElfSpec},
};

/// A whole case: layers, functions, policies and a piece of configuration.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Recipe {
    pub layer: Vec<Layer>,
    pub function: Vec<Function>,
    pub policy: Vec<Policy>,
    /// Templates, which are read beside the configuration.
    pub template: Vec<Template>,
    /// Packages that only a template names.
    pub zip: Vec<Zip>,
    /// `--region`.
    pub region: Option<String>,
    /// Copied to the end of the configuration.
    pub config: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Template {
    /// The file: `template.yaml`.
    pub name: String,
    pub text: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Zip {
    /// The file: `dist/deps.zip`.
    pub path: String,
    pub entries: Vec<Entry>,
}

/// Beside a laid-out project: the region, then the templates to read, a line each.
pub const TEMPLATES: &str = ".templates";

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Layer {
    pub name: String,
    pub runtimes: Vec<String>,
    pub architectures: Vec<String>,
    /// A version ARN: the layer is declared as a local copy of it.
    pub arn: Option<String>,
    pub entries: Vec<Entry>,
    #[serde(flatten)]
    pub file: FileSpec,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Function {
    pub name: String,
    pub runtime: Option<String>,
    pub architecture: Option<String>,
    pub handler: Option<String>,
    pub layers: Vec<String>,
    pub environment: BTreeMap<String, String>,
    pub entries: Vec<Entry>,
    #[serde(flatten)]
    pub file: FileSpec,
}

/// What the zip file itself is, beyond its entries.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct FileSpec {
    /// The file is this text and no zip.
    pub text: Option<String>,
    /// Cut to this many bytes (negative: this many bytes cut from the end).
    pub cut: Option<i64>,
    /// Bytes before the first entry.
    pub prefix: Option<String>,
    /// Text between the last entry and the directory.
    pub gap: Option<String>,
    /// This many entries at the end are left out of the directory.
    pub unlisted: usize,
    /// The comment of the zip, in hex; a whole zip when it is `"zip"`.
    pub comment: Option<String>,
    /// Bytes behind everything.
    pub suffix: Option<String>,
    /// Bytes replaced after writing: the first occurrence of `find` (hex) becomes `replace` (hex).
    pub patch: Vec<Patch>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Patch {
    pub find: String,
    pub replace: String,
    /// Which occurrence, from 0; the last when negative.
    #[serde(default)]
    pub nth: i32,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Policy {
    /// The alias of the layer it belongs to, or else the function; without both it is an identity's.
    pub layer: String,
    pub function: String,
    pub text: String,
}

/// One entry. Exactly one of the contents is given; none means an empty file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Entry {
    pub path: String,
    /// Unix permissions as octal text; 644 or 755 when left out.
    pub mode: Option<String>,
    pub text: Option<String>,
    /// Hex.
    pub bytes: Option<String>,
    /// A file beside the cases.
    pub file: Option<String>,
    pub elf: Option<Elf>,
    /// A Mach-O header for this processor.
    pub macho: Option<String>,
    /// A PE header for this machine.
    pub pe: Option<String>,
    /// A class file of Java.
    pub class: Option<ClassSpec>,
    /// This many zeros.
    pub zeros: Option<u64>,
    /// A symbolic link to this target.
    pub symlink: Option<String>,
    /// A nested zip.
    pub zip: Option<Vec<Entry>>,
    pub stored: bool,
    /// The day of its modification, when it is not that of all others.
    pub day: Option<u8>,
    /// Written as FAT made it: no Unix mode at all.
    pub fat: bool,
    /// What the headers claim against the truth.
    pub lie: Option<Lie>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Lie {
    /// The whole upper half of the external attributes, octal text: `120777`, `010644`, `0`.
    pub attributes: Option<String>,
    /// Compression method in the central directory and the local header.
    pub method: Option<u16>,
    /// General purpose flags in both.
    pub flags: Option<u16>,
    /// CRC-32 in both.
    pub crc: Option<u32>,
    /// Uncompressed size in both.
    pub size: Option<u32>,
    /// The name in both, of the same length.
    pub name: Option<String>,
    /// Compressed size in both.
    pub compressed: Option<u32>,
    /// What the local header alone claims.
    pub local: Option<LocalLie>,
    /// The directory says that its bytes begin where those of the entry with this number do.
    pub at: Option<usize>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LocalLie {
    pub method: Option<u16>,
    pub flags: Option<u16>,
    pub crc: Option<u32>,
    pub size: Option<u32>,
    pub compressed: Option<u32>,
    /// Of the same length.
    pub name: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Elf {
    pub machine: Option<String>,
    pub soname: Option<String>,
    pub needs: BTreeMap<String, Vec<String>>,
    pub runpath: Option<String>,
    pub rpath: Option<String>,
    pub interpreter: Option<String>,
    pub exports: Vec<String>,
    pub defines: Vec<String>,
    pub imports: Vec<String>,
    pub executable_stack: bool,
    pub misaligned: Option<(u64, u64)>,
    pub executable: bool,
    pub x86_level: Option<u32>,
    /// Linkers make it by default.
    pub no_relro: bool,
    pub text_relocations: bool,
    pub debug: usize,
    /// Only this many bytes of it.
    pub cut: Option<usize>,
}

/// Lays a recipe out in `folder`: `<name>.zip` for each package and a `layerlint.toml`.
pub fn lay_out(recipe: &str, beside: &Path, folder: &Path) {
    let recipe: Recipe = toml::from_str(recipe).unwrap_or_else(|error| panic!("{error}"));
    for layer in &recipe.layer {
        write_package(&folder.join(format!("{}.zip", layer.name)), &layer.entries, &layer.file, beside);
    }
    for function in &recipe.function {
        if has_package(function) {
            write_package(
                &folder.join(format!("{}.zip", function.name)),
                &function.entries,
                &function.file,
                beside,
            );
        }
    }
    for (at, policy) in recipe.policy.iter().enumerate() {
        fs::write(folder.join(policy_name(policy, at)), &policy.text).unwrap();
    }
    for zip in &recipe.zip {
        let path = folder.join(&zip.path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, zip_of(&zip.entries, beside)).unwrap();
    }
    for template in &recipe.template {
        fs::write(folder.join(&template.name), &template.text).unwrap();
    }
    let names: Vec<&str> = recipe.template.iter().map(|template| template.name.as_str()).collect();
    let told = format!("{}\n{}", recipe.region.as_deref().unwrap_or_default(), names.join("\n"));
    fs::write(folder.join(TEMPLATES), told).unwrap();
    fs::write(folder.join("layerlint.toml"), manifest(&recipe)).unwrap();
}

fn has_package(function: &Function) -> bool {
    !function.entries.is_empty() || function.file.text.is_some()
}

fn policy_name(policy: &Policy, at: usize) -> String {
    let of = [policy.layer.as_str(), policy.function.as_str(), "identity"]
        .into_iter()
        .find(|name| !name.is_empty())
        .unwrap_or_default();
    if at == 0 { format!("{of}.policy.json") } else { format!("{of}.policy.{at}.json") }
}

fn manifest(recipe: &Recipe) -> String {
    let mut out = String::new();
    let mut line = |text: String| {
        out.push_str(&text);
        out.push('\n');
    };
    let loose = |policy: &&Policy| policy.layer.is_empty() && policy.function.is_empty();
    if recipe.policy.iter().any(|policy| loose(&policy)) {
        line("policies = [\"identity.policy*.json\"]".to_owned());
    }
    for layer in &recipe.layer {
        line(layer.arn.as_ref().map_or(format!("[layer.{}]", layer.name), |arn| format!("[arn.{arn:?}]")));
        line(format!("path = \"{}.zip\"", layer.name));
        line(format!("compatible-runtimes = {:?}", layer.runtimes));
        line(format!("compatible-architectures = {:?}", layer.architectures));
        if let Some(at) = recipe.policy.iter().position(|policy| policy.layer == layer.name) {
            line(format!("policy = {:?}", policy_name(&recipe.policy[at], at)));
        }
    }
    for function in &recipe.function {
        line(format!("[function.{}]", function.name));
        if has_package(function) {
            line(format!("path = \"{}.zip\"", function.name));
        }
        for (key, value) in [
            ("runtime", &function.runtime),
            ("architecture", &function.architecture),
            ("handler", &function.handler),
        ] {
            if let Some(value) = value {
                line(format!("{key} = {value:?}"));
            }
        }
        line(format!("layers = {:?}", function.layers));
        if let Some(at) = recipe.policy.iter().position(|policy| policy.function == function.name) {
            line(format!("policy = {:?}", policy_name(&recipe.policy[at], at)));
        }
        if !function.environment.is_empty() {
            let pairs: Vec<String> =
                function.environment.iter().map(|(key, value)| format!("{key} = {value:?}")).collect();
            line(format!("environment = {{ {} }}", pairs.join(", ")));
        }
    }
    line(recipe.config.clone());
    out
}

fn write_package(path: &PathBuf, entries: &[Entry], file: &FileSpec, beside: &Path) {
    if let Some(text) = &file.text {
        fs::write(path, text).unwrap();
        return;
    }
    let mut bytes = zip_of(entries, beside);
    if let Some(prefix) = &file.prefix {
        bytes = [prefix.as_bytes(), &bytes].concat();
    }
    if let Some(gap) = &file.gap {
        insert_before_directory(&mut bytes, gap.as_bytes());
    }
    for _ in 0..file.unlisted {
        unlist_last(&mut bytes);
    }
    if let Some(comment) = &file.comment {
        let comment = if comment == "zip" { zip_of(entries, beside) } else { unhex(comment) };
        let at = bytes.len() - 2;
        bytes[at..].copy_from_slice(&u16::try_from(comment.len()).unwrap().to_le_bytes());
        bytes.extend_from_slice(&comment);
    }
    if let Some(suffix) = &file.suffix {
        bytes.extend_from_slice(suffix.as_bytes());
    }
    for patch in &file.patch {
        apply(&mut bytes, patch);
    }
    if let Some(cut) = file.cut {
        let length = if cut < 0 {
            bytes.len().saturating_sub(usize::try_from(-cut).unwrap())
        } else {
            usize::try_from(cut).unwrap()
        };
        bytes.truncate(length);
    }
    File::create(path).unwrap().write_all(&bytes).unwrap();
}

/// Puts bytes between the last entry and the directory, and moves the directory in the end record.
fn insert_before_directory(bytes: &mut Vec<u8>, gap: &[u8]) {
    let end = bytes.len() - 22;
    let at = number(bytes, end + 16);
    bytes.splice(at..at, gap.iter().copied());
    let end = bytes.len() - 22;
    bytes[end + 16..end + 20].copy_from_slice(&u32::try_from(at + gap.len()).unwrap().to_le_bytes());
}

/// Takes the last record out of the directory; its entry stays.
fn unlist_last(bytes: &mut Vec<u8>) {
    let end = bytes.len() - 22;
    let last = bytes[..end].windows(4).rposition(|window| window == b"PK\x01\x02").unwrap();
    bytes.drain(last..end);
    let (count, size) = (bytes[last + 10] - 1, number(bytes, last + 12) - (end - last));
    bytes[last + 8] = count;
    bytes[last + 10] = count;
    bytes[last + 12..last + 16].copy_from_slice(&u32::try_from(size).unwrap().to_le_bytes());
}

fn number(bytes: &[u8], at: usize) -> usize {
    u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap()).try_into().unwrap()
}

fn apply(bytes: &mut [u8], patch: &Patch) {
    let (find, replace) = (unhex(&patch.find), unhex(&patch.replace));
    assert_eq!(find.len(), replace.len(), "a patch keeps the length");
    let places: Vec<usize> = bytes
        .windows(find.len())
        .enumerate()
        .filter(|(_, window)| *window == find)
        .map(|(at, _)| at)
        .collect();
    let at =
        if patch.nth < 0 { *places.last().unwrap() } else { places[usize::try_from(patch.nth).unwrap()] };
    bytes[at..at + replace.len()].copy_from_slice(&replace);
}

fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    digits.chunks(2).map(|pair| u8::from_str_radix(std::str::from_utf8(pair).unwrap(), 16).unwrap()).collect()
}

/// A zip of the entries in their order, with the lies they ask for.
pub fn zip_of(entries: &[Entry], beside: &Path) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (at, entry) in entries.iter().enumerate() {
        add(&mut writer, entry, at, beside);
    }
    let mut bytes = writer.finish().unwrap().into_inner();
    let starts: Vec<(usize, usize)> =
        entries.iter().enumerate().map(|(at, entry)| headers(&bytes, &written_name(entry, at))).collect();
    for (at, entry) in entries.iter().enumerate() {
        lie(&mut bytes, entry, at);
        lie_locally(&mut bytes, entry, &starts, at);
    }
    bytes
}

/// The name under which an entry is written first: unique, so that duplicates can be made by renaming it afterwards.
fn written_name(entry: &Entry, at: usize) -> String {
    let length = entry.path.len();
    let unique = format!("{at:04x}");
    let filler: String = entry.path.chars().map(|c| if c == '/' { '/' } else { '_' }).collect();
    if entry.path.is_ascii() && length >= 4 && !filler[..4].contains('/') {
        format!("{unique}{}", &filler[4..])
    } else {
        entry.path.clone()
    }
}

fn add(writer: &mut ZipWriter<Cursor<Vec<u8>>>, entry: &Entry, at: usize, beside: &Path) {
    let method = if entry.stored { CompressionMethod::Stored } else { CompressionMethod::Deflated };
    let program = entry.elf.as_ref().is_some_and(|elf| elf.executable);
    let mode = entry
        .mode
        .as_ref()
        .map_or(if program { 0o755 } else { 0o644 }, |mode| u32::from_str_radix(mode, 8).unwrap());
    let time = DateTime::from_date_and_time(2026, 1, entry.day.unwrap_or(1), 0, 0, 0).unwrap();
    let options = SimpleFileOptions::default()
        .compression_method(method)
        .unix_permissions(mode)
        .last_modified_time(time);
    let name = written_name(entry, at);
    if let Some(target) = &entry.symlink {
        writer.add_symlink(name, target, options).unwrap();
    } else if entry.path.ends_with('/') {
        let mode = entry.mode.as_ref().map_or(0o755, |_| mode);
        writer.add_directory(name, options.unix_permissions(mode)).unwrap();
    } else {
        writer.start_file(name, options).unwrap();
        writer.write_all(&content(entry, beside)).unwrap();
    }
}

fn content(entry: &Entry, beside: &Path) -> Vec<u8> {
    if let Some(text) = &entry.text {
        return text.clone().into_bytes();
    }
    if let Some(bytes) = &entry.bytes {
        return unhex(bytes);
    }
    if let Some(file) = &entry.file {
        return fs::read(beside.join(file)).unwrap();
    }
    if let Some(elf) = &entry.elf {
        return elf_bytes(elf);
    }
    if let Some(cpu) = &entry.macho {
        return elf::mach_o(cpu);
    }
    if let Some(machine) = &entry.pe {
        return elf::pe(machine);
    }
    if let Some(class) = &entry.class {
        return class_file::build(class, &entry.path);
    }
    if let Some(zeros) = entry.zeros {
        return vec![0; usize::try_from(zeros).unwrap()];
    }
    entry.zip.as_ref().map_or_else(Vec::new, |entries| zip_of(entries, beside))
}

fn elf_bytes(elf: &Elf) -> Vec<u8> {
    let spec = ElfSpec {
        machine: elf.machine.as_deref().unwrap_or("x86_64"),
        soname: elf.soname.clone(),
        needs: elf.needs.clone().into_iter().collect(),
        runpath: elf.runpath.clone(),
        rpath: elf.rpath.clone(),
        interpreter: elf.interpreter.clone(),
        exports: elf.exports.clone(),
        defines: elf.defines.clone(),
        imports: elf.imports.clone(),
        executable_stack: elf.executable_stack,
        misaligned: elf.misaligned,
        executable: elf.executable,
        x86_level: elf.x86_level,
        relro: !elf.no_relro,
        text_relocations: elf.text_relocations,
        debug: elf.debug,
    };
    let mut bytes = elf::build(&spec);
    bytes.truncate(elf.cut.unwrap_or(bytes.len()));
    bytes
}

/// Rewrites the headers of one entry: its true name first, then what it claims.
fn lie(bytes: &mut [u8], entry: &Entry, at: usize) {
    let written = written_name(entry, at);
    let name = entry.lie.as_ref().and_then(|lie| lie.name.clone()).unwrap_or_else(|| entry.path.clone());
    assert_eq!(written.len(), name.len(), "a lied name keeps its length");
    let (local, central) = headers(bytes, &written);
    bytes[local + 30..local + 30 + name.len()].copy_from_slice(name.as_bytes());
    bytes[central + 46..central + 46 + name.len()].copy_from_slice(name.as_bytes());
    if entry.fat {
        bytes[central + 5] = 0;
        bytes[central + 38..central + 42].copy_from_slice(&0u32.to_le_bytes());
    }
    let Some(lie) = &entry.lie else { return };
    if let Some(attributes) = &lie.attributes {
        let attributes = u32::from_str_radix(attributes, 8).unwrap() << 16;
        bytes[central + 38..central + 42].copy_from_slice(&attributes.to_le_bytes());
    }
    for (value, offset) in [(lie.flags, 6), (lie.method, 8)] {
        if let Some(value) = value {
            bytes[local + offset..local + offset + 2].copy_from_slice(&value.to_le_bytes());
            bytes[central + offset + 2..central + offset + 4].copy_from_slice(&value.to_le_bytes());
        }
    }
    for (value, offset) in [(lie.crc, 14), (lie.compressed, 18), (lie.size, 22)] {
        if let Some(value) = value {
            bytes[local + offset..local + offset + 4].copy_from_slice(&value.to_le_bytes());
            bytes[central + offset + 2..central + offset + 6].copy_from_slice(&value.to_le_bytes());
        }
    }
}

/// Rewrites the local header alone, and where the directory looks for it.
fn lie_locally(bytes: &mut [u8], entry: &Entry, starts: &[(usize, usize)], at: usize) {
    let Some(lie) = &entry.lie else { return };
    let (local, central) = starts[at];
    if let Some(other) = lie.at {
        let offset = u32::try_from(starts[other].0).unwrap();
        bytes[central + 42..central + 46].copy_from_slice(&offset.to_le_bytes());
    }
    let Some(lie) = &lie.local else { return };
    for (value, offset) in [(lie.flags, 6), (lie.method, 8)] {
        if let Some(value) = value {
            bytes[local + offset..local + offset + 2].copy_from_slice(&value.to_le_bytes());
        }
    }
    for (value, offset) in [(lie.crc, 14), (lie.compressed, 18), (lie.size, 22)] {
        if let Some(value) = value {
            bytes[local + offset..local + offset + 4].copy_from_slice(&value.to_le_bytes());
        }
    }
    if let Some(name) = &lie.name {
        bytes[local + 30..local + 30 + name.len()].copy_from_slice(name.as_bytes());
    }
}

/// The offsets of the local and the central header that carry a name.
fn headers(bytes: &[u8], name: &str) -> (usize, usize) {
    let find = |signature: &[u8], name_at: usize| {
        bytes
            .windows(signature.len())
            .enumerate()
            .filter(|(_, window)| *window == signature)
            .map(|(at, _)| at)
            .find(|at| bytes.get(at + name_at..at + name_at + name.len()) == Some(name.as_bytes()))
            .unwrap_or_else(|| panic!("no header of {name:?}"))
    };
    (find(b"PK\x03\x04", 30), find(b"PK\x01\x02", 46))
}
