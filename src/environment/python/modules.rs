//! Parsed modules, shared by all deployments of a run: each is read once, and only when something imports it.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use crate::{
    archive::Scratch,
    environment::{filesystem::Provider, package::Package},
    inspect::python::{ModuleFacts, STACK, read},
};

/// A file of a package, read as a version of the language.
type Key = (usize, usize, (u8, u8));

/// The modules that were parsed so far.
#[derive(Debug, Default)]
pub struct PythonModules(Mutex<HashMap<Key, Option<Arc<ModuleFacts>>>>);

impl PythonModules {
    /// The facts of a set of modules, in their order; nothing for those that cannot be read here.
    pub(super) fn of(&self, wanted: &[Provider<'_>], version: (u8, u8)) -> Vec<Option<Arc<ModuleFacts>>> {
        let key =
            |one: &Provider<'_>| (std::ptr::from_ref::<Package>(one.package).addr(), one.index, version);
        let missing: Vec<Provider<'_>> = {
            let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            wanted.iter().filter(|one| !known.contains_key(&key(one))).copied().collect()
        };
        let found = read_all(&missing, version);
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.extend(missing.iter().map(key).zip(found));
        wanted.iter().map(|one| known.get(&key(one)).cloned().flatten()).collect()
    }
}

/// Parses on threads of their own: walking a tree recurses, and their stacks are made for that.
fn read_all(wanted: &[Provider<'_>], version: (u8, u8)) -> Vec<Option<Arc<ModuleFacts>>> {
    let threads = rayon::current_num_threads().clamp(1, wanted.len().max(1));
    let share = wanted.len().div_ceil(threads).max(1);
    let work = |part: &[Provider<'_>]| -> Vec<Option<Arc<ModuleFacts>>> {
        let mut scratch = Scratch::default();
        part.iter().map(|one| read_one(one, version, &mut scratch)).collect()
    };
    thread::scope(|scope| {
        let running: Vec<_> = wanted
            .chunks(share)
            .map(|part| {
                (part.len(), thread::Builder::new().stack_size(STACK).spawn_scoped(scope, move || work(part)))
            })
            .collect();
        let joined = running.into_iter().map(|(count, thread)| {
            let read = thread.ok().and_then(|thread| thread.join().ok());
            read.unwrap_or_else(|| vec![None; count])
        });
        joined.flatten().collect()
    })
}

fn read_one(provider: &Provider<'_>, version: (u8, u8), scratch: &mut Scratch) -> Option<Arc<ModuleFacts>> {
    if !provider.entry.mode.others_read() {
        return None;
    }
    let bytes = provider.package.archive.read(provider.index, scratch).ok()?;
    Some(Arc::new(read(bytes, version)))
}
