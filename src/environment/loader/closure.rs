//! Everything that a binary pulls in, and what of it is nowhere.

use std::collections::{BTreeSet, HashSet};

use crate::environment::{deployment::Deployment, load_path::Loadable};

use super::{Provided, search::Search};

/// Longest chain that is followed.
const DEEPEST: usize = 64;

/// A library that is not found, with the way to it.
#[derive(Clone, Debug)]
pub struct Unmet<'a> {
    /// What is loaded first.
    pub root: Loadable<'a>,
    /// File names from the root to the object that needs it.
    pub chain: Vec<String>,
    /// The name that is needed.
    pub library: String,
    /// Whether the system may have it after all.
    pub unproven: bool,
    /// Where it lies in the packages, when it does.
    pub elsewhere: Option<Loadable<'a>>,
}

/// The loader at work over one deployment.
#[derive(Debug)]
pub struct Closure<'a> {
    search: Search<'a>,
}

impl<'a> Closure<'a> {
    /// Nothing without a runtime and an architecture.
    pub fn of(deployment: &Deployment<'a>) -> Option<Self> {
        Search::of(deployment).map(|search| Self { search })
    }

    /// What one object needs, and who provides each.
    pub fn needs(&self, object: Loadable<'a>) -> Vec<(String, Provided<'a>)> {
        let needed = object.elf().map(|elf| elf.needed.as_slice()).unwrap_or_default();
        needed.iter().map(|name| (name.clone(), self.search.locate(name, &[object]))).collect()
    }

    /// Who provides a library to one object, whether or not the object asks for it.
    pub fn needed_as(&self, library: &str, object: Loadable<'_>) -> Provided<'a> {
        self.search.locate(library, &[object])
    }

    /// Whether there was more to look up than is granted: what was not found may be incomplete.
    pub fn gave_up(&self) -> bool {
        self.search.gave_up()
    }

    /// What is not found when these are loaded, each root on its own. A library that several roots miss is told for the first.
    pub fn unmet(&self, roots: impl IntoIterator<Item = Loadable<'a>>) -> Vec<Unmet<'a>> {
        let mut told = BTreeSet::new();
        let mut found = Vec::new();
        for root in roots {
            for unmet in self.of_root(root) {
                let key =
                    (root.package.label.name.to_string(), unmet.chain.last().cloned(), unmet.library.clone());
                if told.insert(key) {
                    found.push(unmet);
                }
            }
        }
        found
    }

    /// Breadth first, as the loader maps them: what was loaded earlier satisfies what asks later.
    fn of_root(&self, root: Loadable<'a>) -> Vec<Unmet<'a>> {
        let mut loaded: HashSet<String> = HashSet::new();
        let mut waiting: Vec<Vec<Loadable<'a>>> = vec![vec![root]];
        let mut unmet = Vec::new();
        let mut at = 0usize;
        while let Some(chain) = waiting.get(at).cloned() {
            at = at.saturating_add(1);
            let Some(elf) = chain.last().and_then(Loadable::elf) else { continue };
            for name in &elf.needed {
                if !self.search.pay(1) {
                    return unmet;
                }
                if loaded.contains(name) || name.starts_with("libc.musl-") {
                    continue;
                }
                match self.search.locate(name, &chain) {
                    Provided::Package(object) => {
                        note(&mut loaded, name, &object);
                        if chain.len() < DEEPEST {
                            let mut longer = chain.clone();
                            longer.push(object);
                            waiting.push(longer);
                        }
                    }
                    Provided::Missing => unmet.push(self.miss(&chain, root, name, false)),
                    Provided::Unproven => unmet.push(self.miss(&chain, root, name, true)),
                    Provided::System | Provided::Runtime | Provided::Undecided => {
                        loaded.insert(name.clone());
                    }
                }
            }
        }
        // what came in later under the same SONAME satisfies it too
        unmet.retain(|one| !loaded.contains(&one.library));
        unmet
    }

    fn miss(&self, chain: &[Loadable<'a>], root: Loadable<'a>, name: &str, unproven: bool) -> Unmet<'a> {
        Unmet {
            root,
            chain: chain.iter().map(|object| object.entry.path.file_name().to_owned()).collect(),
            library: name.to_owned(),
            unproven,
            elsewhere: self.search.index.named(name).first().copied(),
        }
    }
}

fn note(loaded: &mut HashSet<String>, name: &str, object: &Loadable<'_>) {
    loaded.insert(name.to_owned());
    if let Some(soname) = object.elf().and_then(|elf| elf.soname.clone()) {
        loaded.insert(soname);
    }
}
