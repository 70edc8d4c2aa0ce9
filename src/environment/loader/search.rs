//! One look-up of one name, in the order of `ld.so`.

use std::cell::Cell;

use crate::{
    data::{
        libraries::{self, Presence},
        runtimes::Runtime,
        search_paths::Holds,
    },
    environment::{deployment::Deployment, load_path::Loadable},
    model::{architecture::Architecture, paths},
};

use super::{Provided, index::Index};

/// Places that are looked in for one deployment. Long run paths times long chains of hostile libraries would ask for years.
const MOST_PLACES: usize = 2_000_000;

/// What the loader of one deployment looks through.
#[derive(Debug)]
pub(super) struct Search<'a> {
    pub(super) index: Index<'a>,
    runtime: &'static Runtime,
    architecture: Architecture,
    /// `LD_LIBRARY_PATH`, in order.
    folders: Vec<String>,
    /// Places that may still be looked in.
    left: Cell<usize>,
}

impl<'a> Search<'a> {
    /// Nothing can be said without a runtime and an architecture.
    pub(super) fn of(deployment: &Deployment<'a>) -> Option<Self> {
        Some(Self {
            index: Index::of(deployment),
            runtime: deployment.runtime?,
            architecture: deployment.architecture?,
            folders: library_path(deployment),
            left: Cell::new(MOST_PLACES),
        })
    }

    /// Pays for places; whether there was enough left. Once there was not, nothing is granted any more.
    pub(super) fn pay(&self, places: usize) -> bool {
        let left = self.left.get().checked_sub(places);
        self.left.set(left.unwrap_or_default());
        left.is_some()
    }

    /// Whether some look-up was not made because there had been too many.
    pub(super) fn gave_up(&self) -> bool {
        self.left.get() == 0
    }

    /// Who provides `name` to the last of a chain of objects, each loaded by the one before it.
    pub(super) fn locate(&self, name: &str, chain: &[Loadable<'_>]) -> Provided<'a> {
        let Some(requester) = chain.last() else { return Provided::Undecided };
        if let Some(path) = name.strip_prefix('/') {
            return self.index.open(&format!("/{path}")).map_or(Provided::Undecided, Provided::Package);
        }
        if name.contains('/') {
            return Provided::Undecided;
        }
        let mut places = Self::run_path(chain);
        places.extend(self.folders.iter().map(|folder| Place::Folder(folder.clone())));
        if let Some(elf) = requester.elf() {
            places.extend(elf.runpath.iter().map(|folder| expanded(folder, requester)));
        }
        places.push(Place::Folder("/lib64".to_owned()));
        if self.pay(places.len()) { self.first(name, &places) } else { Provided::Undecided }
    }

    /// `DT_RPATH` of the object and of those that loaded it, each unless it has a `DT_RUNPATH`; none of them counts when the object
    /// itself has one.
    fn run_path(chain: &[Loadable<'_>]) -> Vec<Place> {
        let has_run_path = |object: &&Loadable<'_>| object.elf().is_some_and(|elf| !elf.runpath.is_empty());
        if chain.last().is_some_and(|last| has_run_path(&last)) {
            return Vec::new();
        }
        let without = chain.iter().rev().filter(|object| !has_run_path(object));
        without
            .flat_map(|object| {
                let folders = object.elf().map(|elf| elf.rpath.as_slice()).unwrap_or_default();
                folders.iter().map(|folder| expanded(folder, object)).collect::<Vec<_>>()
            })
            .collect()
    }

    fn first(&self, name: &str, places: &[Place]) -> Provided<'a> {
        let mut doubt = Provided::Missing;
        for place in places {
            match place {
                Place::Unknown => doubt = Provided::Undecided,
                Place::Folder(folder) => match self.within(name, folder) {
                    Provided::Missing => {}
                    Provided::Unproven => doubt = Provided::Unproven,
                    Provided::Undecided => doubt = Provided::Undecided,
                    found => return found,
                },
            }
        }
        doubt
    }

    fn within(&self, name: &str, folder: &str) -> Provided<'a> {
        if folder == "/var/lang/lib" {
            let own = libraries::of_runtime(self.runtime, name);
            return if own { Provided::Runtime } else { Provided::Missing };
        }
        if is_system(folder) {
            let Some(os) = self.runtime.os else { return Provided::Undecided };
            return match libraries::presence(os, self.architecture, name) {
                Presence::Certain | Presence::Likely => Provided::System,
                Presence::Uncertain => Provided::Unproven,
                Presence::Absent => Provided::Missing,
            };
        }
        self.index.open(&format!("{folder}/{name}")).map_or(Provided::Missing, Provided::Package)
    }
}

/// A folder to look in.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Place {
    Folder(String),
    /// A run path with a part that only the loader knows.
    Unknown,
}

fn is_system(folder: &str) -> bool {
    matches!(folder, "/lib64" | "/usr/lib64" | "/lib" | "/usr/lib")
}

/// What the service sets, or what the function's environment sets instead.
fn library_path(deployment: &Deployment<'_>) -> Vec<String> {
    let own = deployment.function().and_then(|function| function.environment.get("LD_LIBRARY_PATH"));
    if let Some(own) = own {
        return own
            .split(':')
            .filter(|folder| !folder.is_empty())
            .map(|folder| paths::absolute([folder]))
            .collect();
    }
    let before = ["/var/lang/lib", "/lib64", "/usr/lib64"].map(str::to_owned);
    let packages = deployment
        .paths_of(Holds::Libraries)
        .into_iter()
        .map(|path| paths::absolute([path.root.mount(), path.folder.as_str()]));
    before.into_iter().chain(packages).collect()
}

/// Replaces `$ORIGIN` and `$LIB`. A relative folder starts where the process does, in `/var/task`.
fn expanded(folder: &str, object: &Loadable<'_>) -> Place {
    let mounted = object.mounted();
    let origin = mounted.rsplit_once('/').map_or("", |(folder, _)| folder);
    let mut text = folder.replace("${ORIGIN}", origin).replace("$ORIGIN", origin);
    text = text.replace("${LIB}", "lib64").replace("$LIB", "lib64");
    if text.contains('$') {
        return Place::Unknown;
    }
    if !text.starts_with('/') {
        text = format!("/var/task/{text}");
    }
    Place::Folder(paths::absolute([text.as_str()]))
}
