//! Parsed modules, shared by all deployments of a run: each is read once, and only when something loads it.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
};

use crate::{
    archive::Scratch,
    environment::{filesystem::Provider, package::Package},
    inspect::javascript::{Goal, ModuleFacts, STACK, read},
};

use super::files::LARGEST;

/// A file of a package, taken as one kind of module.
type Key = (usize, usize, Goal);

/// The modules that were parsed so far.
#[derive(Debug, Default)]
pub struct Modules(Mutex<HashMap<Key, Option<Arc<ModuleFacts>>>>);

/// One module to be read.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted<'a> {
    pub(super) provider: Provider<'a>,
    pub(super) goal: Goal,
}

impl Wanted<'_> {
    fn key(&self) -> Key {
        (std::ptr::from_ref::<Package>(self.provider.package).addr(), self.provider.index, self.goal)
    }
}

impl Modules {
    /// The facts of modules, in their order; nothing for those that cannot be read here.
    pub(super) fn of(&self, wanted: &[Wanted<'_>]) -> Vec<Option<Arc<ModuleFacts>>> {
        let missing: Vec<Wanted<'_>> = {
            let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            wanted.iter().filter(|one| !known.contains_key(&one.key())).copied().collect()
        };
        let read = read_all(&missing);
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.extend(missing.iter().map(Wanted::key).zip(read));
        wanted.iter().map(|one| known.get(&one.key()).cloned().flatten()).collect()
    }

    /// How many modules were parsed.
    pub fn len(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }

    /// Whether none was parsed.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// Parses on threads of their own: the parser recurses, and their stacks are made for that.
fn read_all(wanted: &[Wanted<'_>]) -> Vec<Option<Arc<ModuleFacts>>> {
    let next = AtomicUsize::new(0);
    let work = || {
        let mut scratch = Scratch::default();
        let mut done = Vec::new();
        loop {
            let at = next.fetch_add(1, Ordering::Relaxed);
            let Some(one) = wanted.get(at) else { return done };
            done.push((at, read_one(one, &mut scratch)));
        }
    };
    let mut facts = vec![None; wanted.len()];
    thread::scope(|scope| {
        let threads: Vec<_> = (0..rayon::current_num_threads().min(wanted.len()))
            .filter_map(|_| thread::Builder::new().stack_size(STACK).spawn_scoped(scope, work).ok())
            .collect();
        for (at, read) in threads.into_iter().filter_map(|thread| thread.join().ok()).flatten() {
            if let Some(place) = facts.get_mut(at) {
                *place = read;
            }
        }
    });
    facts
}

fn read_one(wanted: &Wanted<'_>, scratch: &mut Scratch) -> Option<Arc<ModuleFacts>> {
    let provider = &wanted.provider;
    if !provider.entry.mode.others_read() || provider.entry.size.0 > LARGEST {
        return None;
    }
    let bytes = provider.package.archive.read(provider.index, scratch).ok()?;
    Some(Arc::new(read(bytes, wanted.goal)))
}
