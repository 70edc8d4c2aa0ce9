//! Everything that a binary pulls in, and what of it is nowhere.

use std::collections::{BTreeSet, HashMap};

use crate::environment::{deployment::Deployment, load_path::Loadable};

use super::{Provided, search::Search};

/// Longest chain that is followed.
const DEEPEST: usize = 64;

/// Who provides what, by the path of the object that needs it and by name.
pub(super) type Met<'a> = HashMap<String, HashMap<String, Provided<'a>>>;

/// Is told each need of each object, and who provides it.
type Visitor<'v, 'a> = &'v mut dyn FnMut(&Loadable<'a>, &str, Provided<'a>);

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

    /// What each object that is loaded gets, by the path that Lambda gives it: in the way in which most of it is found, if several
    /// roots lead to it.
    pub(super) fn met(&self, roots: impl IntoIterator<Item = Loadable<'a>>) -> Met<'a> {
        let mut met = Met::default();
        for root in roots {
            self.walk(root, &mut |object, name, provided| {
                let needs = met.entry(object.mounted()).or_default();
                let known = needs.get(name).is_some_and(|known| !matches!(known, Provided::Missing));
                if !known {
                    needs.insert(name.to_owned(), provided);
                }
            });
        }
        met
    }

    fn of_root(&self, root: Loadable<'a>) -> Vec<Unmet<'a>> {
        self.walk(root, &mut |_, _, _| {})
    }

    /// Breadth first, as the loader maps them: what was loaded earlier satisfies what asks later. Every need of every object is visited.
    fn walk(&self, root: Loadable<'a>, visit: Visitor<'_, 'a>) -> Vec<Unmet<'a>> {
        let mut loaded: HashMap<String, Provided<'a>> = HashMap::new();
        let mut waiting: Vec<Vec<Loadable<'a>>> = vec![vec![root]];
        let mut unmet: Vec<(Loadable<'a>, Unmet<'a>)> = Vec::new();
        let mut at = 0usize;
        while let Some(chain) = waiting.get(at).cloned() {
            at = at.saturating_add(1);
            let Some((last, elf)) = chain.last().and_then(|last| Some((*last, last.elf()?))) else {
                continue;
            };
            for name in &elf.needed {
                if !self.search.pay(1) {
                    return unmet.into_iter().map(|(_, one)| one).collect();
                }
                if elf.musl_libc() == Some(name.as_str()) {
                    continue;
                }
                let before = loaded.get(name).copied();
                let provided = before.unwrap_or_else(|| self.search.locate(name, &chain));
                visit(&last, name, provided);
                match provided {
                    _ if before.is_some() => {}
                    Provided::Package(object) => {
                        note(&mut loaded, name, object);
                        if chain.len() < DEEPEST {
                            let mut longer = chain.clone();
                            longer.push(object);
                            waiting.push(longer);
                        }
                    }
                    Provided::Missing => unmet.push((last, self.miss(&chain, root, name, false))),
                    Provided::Unproven => unmet.push((last, self.miss(&chain, root, name, true))),
                    Provided::System | Provided::Runtime | Provided::Undecided => {
                        loaded.insert(name.clone(), provided);
                    }
                }
            }
        }
        // what came in later under the same SONAME satisfies it too
        unmet.retain(|(object, one)| {
            let later = loaded.get(&one.library).copied();
            if let Some(provided) = later {
                visit(object, &one.library, provided);
            }
            later.is_none()
        });
        unmet.into_iter().map(|(_, one)| one).collect()
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

fn note<'a>(loaded: &mut HashMap<String, Provided<'a>>, name: &str, object: Loadable<'a>) {
    loaded.insert(name.to_owned(), Provided::Package(object));
    if let Some(soname) = object.elf().and_then(|elf| elf.soname.clone()) {
        loaded.insert(soname, Provided::Package(object));
    }
}
