//! JNI libraries that jars bring, and those that lie unpacked in the function.

use std::sync::Arc;

use crate::{
    archive::{Scratch, archive::Archive},
    data::native_libraries::{self, BuiltFor},
    environment::{
        deployment::Deployment,
        filesystem::Provider,
        native_sets::{MOST, Member},
    },
    inspect::{built_for, elf::ElfFacts},
};

use super::{ClassPath, jars::JarEntry};

/// A native library in a jar.
#[derive(Clone, Debug)]
pub struct JarNative {
    /// Its index in the jar.
    pub index: usize,
    /// Its path there.
    pub path: Box<str>,
    /// What it is for.
    pub built_for: BuiltFor,
}

/// Reads the first bytes of a jar's native libraries.
pub(super) fn of_jar(archive: &Archive, entries: &[JarEntry], scratch: &mut Scratch) -> Arc<[JarNative]> {
    let natives = entries.iter().filter(|entry| native_libraries::is_native(file_name(&entry.path)));
    // one more than is judged, so that too many are seen to be too many
    let natives = natives.take(MOST.saturating_add(1));
    natives
        .map(|entry| JarNative {
            index: entry.index,
            path: entry.path.clone(),
            built_for: beginning(archive, entry.index, &entry.path, scratch),
        })
        .collect()
}

fn beginning(archive: &Archive, index: usize, path: &str, scratch: &mut Scratch) -> BuiltFor {
    archive
        .read_prefix(index, built_for::BEGINNING, scratch)
        .map_or(BuiltFor::Unknown, |bytes| built_for::of(path, bytes))
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

fn folder(path: &str) -> &str {
    path.rsplit_once('/').map_or("", |(folder, _)| folder)
}

impl<'a> ClassPath<'a> {
    /// The JNI libraries of a deployment: in the jars of the class path, in folders of the function, and where the loader looks.
    pub fn natives(&self, deployment: &Deployment<'a>) -> Vec<Member<'a>> {
        let in_jars = self.jars.iter().flat_map(|step| {
            step.jar
                .natives
                .iter()
                .map(|native| member(step.provider, step.provider.entry.path.as_str(), native))
        });
        let task = deployment.task.paths().filter_map(|(_, all)| all.last());
        let opt = deployment.opt.below("lib").filter(|(path, _)| folder(path) == "lib");
        let named = |one: &&(&str, Provider<'a>)| {
            native_libraries::is_native(file_name(one.0)) && one.1.entry.is_file()
        };
        let loose = task.filter(named).chain(opt.filter(named)).take(MOST.saturating_add(1));
        let mut scratch = Scratch::default();
        in_jars.chain(loose.map(|(path, provider)| lying(*provider, path, &mut scratch))).collect()
    }
}

impl ClassPath<'_> {
    /// What the loader reads of a library in a jar; nothing where that cannot be told.
    pub fn native(&self, member: &Member<'_>) -> Option<Arc<ElfFacts>> {
        self.read.native(&member.provider, member.inner?)
    }
}

/// A library that lies as a file of its own.
fn lying<'a>(provider: Provider<'a>, path: &str, scratch: &mut Scratch) -> Member<'a> {
    Member {
        provider,
        inner: None,
        unit: native_libraries::unit(folder(path)),
        name: file_name(path).to_owned(),
        built_for: beginning(&provider.package.archive, provider.index, path, scratch),
        on_load_path: matches!(folder(path), "" | "lib"),
    }
}

fn member<'a>(provider: Provider<'a>, jar: &str, native: &JarNative) -> Member<'a> {
    Member {
        provider,
        inner: Some(native.index),
        unit: format!("{jar}!{}", native_libraries::unit(folder(&native.path))),
        name: file_name(&native.path).to_owned(),
        built_for: native.built_for,
        on_load_path: false,
    }
}
