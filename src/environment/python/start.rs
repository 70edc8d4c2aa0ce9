//! The imports that the handler's module sets off, one after another, and the first of them that fails.

use std::{
    collections::{BTreeSet, HashMap, VecDeque},
    sync::Arc,
};

use crate::{
    data::{python_modules, runtimes::Family},
    environment::{deployment::Deployment, filesystem::Provider, package::Package},
    inspect::python::{Import, ModuleFacts},
    model::answer::Answer,
};

use super::{
    modules::PythonModules,
    resolve::{Folder, Found, Resolver},
};

/// Modules that are followed: far more than any function imports.
const MOST: usize = 20_000;

/// A line of a module that is imported.
#[derive(Clone, Debug)]
pub struct Spot<'a> {
    /// The package that provides the module.
    pub package: &'a Package,
    /// Its entry.
    pub index: usize,
    /// Line, counted from 1.
    pub line: u32,
    /// The modules that led there, from the handler's on, with dots.
    pub chain: Vec<String>,
}

/// Why an import fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// `No module named 'x'`; with the whole name.
    Missing(String),
    /// The standard library had it once.
    Removed(String),
    /// `cannot import name 'x' from 'y'`
    NoName {
        /// The name.
        name: String,
        /// The module.
        module: String,
    },
    /// The source does not parse; with the parser's words.
    Syntax(String),
}

/// One thing that keeps the function from starting.
#[derive(Clone, Debug)]
pub struct Fault<'a> {
    /// Where.
    pub spot: Spot<'a>,
    /// Why.
    pub trouble: Trouble,
}

/// What following the start gave.
#[derive(Clone, Debug)]
pub struct PythonStart<'a> {
    /// The handler's module, as Lambda names it.
    pub module: String,
    /// What fails, in the order in which it is met.
    pub faults: Vec<Fault<'a>>,
    /// Whether the module has the handler.
    pub handler: Answer<()>,
    /// Where the handler's module is.
    pub file: Option<Spot<'a>>,
    /// Names that the handler's module binds.
    pub names: Vec<String>,
}

struct Node<'a> {
    name: String,
    provider: Provider<'a>,
    /// The package it lies in, for relative imports.
    package: String,
    parent: Option<usize>,
}

struct Crawl<'d, 'a> {
    resolver: Resolver<'d, 'a>,
    modules: &'d PythonModules,
    version: (u8, u8),
    nodes: Vec<Node<'a>>,
    facts: Vec<Option<Arc<ModuleFacts>>>,
    known: HashMap<String, Found<'a>>,
    at: HashMap<String, usize>,
    queue: VecDeque<usize>,
    faults: Vec<Fault<'a>>,
    /// Names to be compared when all modules are read: who asks, where, for what of which module.
    named: Vec<(usize, u32, String, String)>,
    edits_path: bool,
}

impl<'a> Deployment<'a> {
    /// Follows what Python imports at start. Nothing when that is not known.
    pub(crate) fn follow_python<'d>(&'d self, modules: &'d PythonModules) -> Option<PythonStart<'a>> {
        let runtime = self.runtime.filter(|runtime| runtime.family == Family::Python)?;
        let version = version(&runtime.language)?;
        if self.code.is_none() || self.has_own_search_paths() || !python_modules::is_known(&runtime.language)
        {
            return None;
        }
        let (module, symbol) = self.handler?.rsplit_once('.')?;
        let module = module.replace('/', ".").trim_start_matches('.').to_owned();
        let mut crawl = Crawl {
            resolver: Resolver::new(self, runtime),
            modules,
            version,
            nodes: Vec::new(),
            facts: Vec::new(),
            known: HashMap::new(),
            at: HashMap::new(),
            queue: VecDeque::new(),
            faults: Vec::new(),
            named: Vec::new(),
            edits_path: false,
        };
        crawl.load(&module, None, 0);
        crawl.run();
        Some(crawl.finish(module, symbol))
    }
}

fn version(language: &str) -> Option<(u8, u8)> {
    let (major, minor) = language.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

impl<'a> Crawl<'_, 'a> {
    /// Loads a module and the packages around it; says what it turned out to be.
    fn load(&mut self, name: &str, parent: Option<usize>, line: u32) -> Found<'a> {
        let mut folders: Option<Vec<Folder>> = None;
        let mut whole = String::new();
        let mut found = Found::Missing;
        for part in name.split('.') {
            if !whole.is_empty() {
                whole.push('.');
            }
            whole.push_str(part);
            found = match self.known.get(&whole) {
                Some(known) => known.clone(),
                None => match &folders {
                    None => self.resolver.top(part),
                    Some(folders) => self.resolver.within(folders, part),
                },
            };
            self.known.insert(whole.clone(), found.clone());
            folders = match &found {
                Found::Package(folder, init) => {
                    if let Some(provider) = *init {
                        self.add(&whole, &whole, provider, parent);
                    }
                    Some(vec![folder.clone()])
                }
                Found::Namespace(folders) => Some(folders.clone()),
                Found::Source(provider) => {
                    let package = whole.rsplit_once('.').map_or("", |(package, _)| package).to_owned();
                    self.add(&whole, &package, *provider, parent);
                    // what seems to lie below a module is made by it
                    return if whole == name { found } else { Found::Undecided };
                }
                Found::Missing | Found::Removed => {
                    let _ = line;
                    return self.of_missing(&whole, found);
                }
                Found::Opaque | Found::Builtin | Found::Undecided => {
                    return if whole == name { found } else { Found::Undecided };
                }
            };
        }
        found
    }

    /// What a package may make by itself is not called missing.
    fn of_missing(&self, whole: &str, found: Found<'a>) -> Found<'a> {
        let Some((parent, _)) = whole.rsplit_once('.') else { return found };
        let made = match self.known.get(parent) {
            Some(Found::Package(_, Some(_))) => {
                self.facts_of(parent).is_none_or(|facts| facts.makes_modules || facts.too_much)
            }
            Some(Found::Package(_, None)) => true,
            _ => false,
        };
        if made { Found::Undecided } else { found }
    }

    fn facts_of(&self, name: &str) -> Option<Arc<ModuleFacts>> {
        let index = *self.at.get(name)?;
        self.facts.get(index).cloned().flatten().or_else(|| {
            let provider = self.nodes.get(index)?.provider;
            self.modules.of(&[provider], self.version).into_iter().next().flatten()
        })
    }

    fn add(&mut self, name: &str, package: &str, provider: Provider<'a>, parent: Option<usize>) {
        if self.at.contains_key(name) || self.nodes.len() >= MOST {
            return;
        }
        let index = self.nodes.len();
        self.at.insert(name.to_owned(), index);
        self.nodes.push(Node { name: name.to_owned(), provider, package: package.to_owned(), parent });
        self.facts.push(None);
        self.queue.push_back(index);
    }

    /// Reads what waits, all at once, then what that asked for.
    fn run(&mut self) {
        while !self.queue.is_empty() {
            let wave: Vec<usize> = self.queue.drain(..).collect();
            let providers: Vec<Provider<'a>> =
                wave.iter().filter_map(|at| self.nodes.get(*at)).map(|node| node.provider).collect();
            let facts = self.modules.of(&providers, self.version);
            for (at, facts) in wave.iter().zip(&facts) {
                if let Some(slot) = self.facts.get_mut(*at) {
                    slot.clone_from(facts);
                }
            }
            for (at, facts) in wave.into_iter().zip(facts) {
                if let Some(facts) = facts {
                    self.module(at, &facts);
                }
            }
        }
    }

    fn module(&mut self, at: usize, facts: &ModuleFacts) {
        self.edits_path |= facts.edits_path;
        if let Some(fault) = &facts.fault {
            self.fault(at, fault.line, Trouble::Syntax(fault.message.clone()));
        }
        for import in &facts.imports {
            self.import(at, import);
        }
    }

    fn import(&mut self, at: usize, import: &Import) {
        let Some(base) = self.base(at, import) else { return };
        if base.is_empty() {
            return;
        }
        match self.load(&base, Some(at), import.line) {
            Found::Missing => self.fault(at, import.line, Trouble::Missing(self.first_missing(&base))),
            Found::Removed => self.fault(at, import.line, Trouble::Removed(self.first_missing(&base))),
            Found::Package(..) | Found::Namespace(_) | Found::Source(_) => {
                for name in import.names.iter().flatten().filter(|name| *name != "*") {
                    self.taken(at, import.line, &base, name);
                }
            }
            Found::Opaque | Found::Builtin | Found::Undecided => {}
        }
    }

    /// `from base import name`: a submodule, or a name that the module binds.
    fn taken(&mut self, at: usize, line: u32, base: &str, name: &str) {
        let below = format!("{base}.{name}");
        let is_folder = matches!(self.known.get(base), Some(Found::Package(..) | Found::Namespace(_)));
        if is_folder && !matches!(self.load(&below, Some(at), line), Found::Missing) {
            return;
        }
        self.named.push((at, line, base.to_owned(), name.to_owned()));
    }

    /// The absolute name of what an import asks for.
    fn base(&self, at: usize, import: &Import) -> Option<String> {
        let level = usize::try_from(import.level).ok()?;
        if level == 0 {
            return Some(import.module.clone());
        }
        let mut package = self.nodes.get(at)?.package.as_str();
        for _ in 1..level {
            package = package.rsplit_once('.').map_or("", |(outer, _)| outer);
        }
        match (package.is_empty(), import.module.is_empty()) {
            // a relative import of a module that is in no package: its own error, which nobody writes
            (true, _) => None,
            (false, true) => Some(package.to_owned()),
            (false, false) => Some(format!("{package}.{}", import.module)),
        }
    }

    /// The shortest part of a name that is not found: what Python names in its error.
    fn first_missing(&self, name: &str) -> String {
        let ends = name.match_indices('.').map(|(at, _)| at).chain([name.len()]);
        ends.filter_map(|end| name.get(..end))
            .find(|part| matches!(self.known.get(*part), Some(Found::Missing | Found::Removed)))
            .unwrap_or(name)
            .to_owned()
    }

    fn fault(&mut self, at: usize, line: u32, trouble: Trouble) {
        if let Some(spot) = self.spot(at, line) {
            self.faults.push(Fault { spot, trouble });
        }
    }

    fn spot(&self, at: usize, line: u32) -> Option<Spot<'a>> {
        let node = self.nodes.get(at)?;
        let mut chain = vec![node.name.clone()];
        let mut parent = node.parent;
        while let Some(one) = parent.and_then(|parent| self.nodes.get(parent)).filter(|_| chain.len() < 64) {
            chain.push(one.name.clone());
            parent = one.parent;
        }
        chain.reverse();
        Some(Spot { package: node.provider.package, index: node.provider.index, line, chain })
    }

    /// Names that the modules do not bind. What a module that cannot be read binds is not known.
    fn compare_names(&mut self) {
        let named = std::mem::take(&mut self.named);
        for (at, line, module, name) in named {
            let init = match self.known.get(&module) {
                // the names of a namespace folder are its modules alone
                Some(Found::Namespace(_)) => Some(false),
                _ => self.facts_of(&module).map(|facts| {
                    // `from . import x` in the package itself binds what it looks for
                    let own = self.nodes.get(at).is_some_and(|node| node.name == module);
                    let bound = !own && facts.names.contains(&name);
                    facts.dynamic || facts.too_much || facts.fault.is_some() || bound
                }),
            };
            if init == Some(false) && !name.starts_with("__") {
                self.fault(at, line, Trouble::NoName { name, module });
            }
        }
    }

    fn finish(mut self, module: String, symbol: &str) -> PythonStart<'a> {
        self.compare_names();
        // code that changes where modules are looked for, and folders that a .pth file names, may bring what seems to be missing
        if self.edits_path || self.resolver.has_unseen_folders() {
            self.faults.retain(|fault| matches!(fault.trouble, Trouble::Syntax(_) | Trouble::NoName { .. }));
        }
        let index = self.at.get(&module).copied();
        let facts = index.and_then(|index| self.facts.get(index)).cloned().flatten();
        let file = index.and_then(|index| self.spot(index, 1));
        let handler = match &facts {
            Some(facts) if facts.fault.is_none() && !facts.too_much => {
                if facts.names.contains(symbol) {
                    Answer::Found(())
                } else if facts.dynamic {
                    Answer::Unknown("the module makes names while it runs".to_owned())
                } else {
                    Answer::Missing
                }
            }
            _ => Answer::Unknown("the module cannot be read".to_owned()),
        };
        let names = facts.map(|facts| facts.names.iter().cloned().collect()).unwrap_or_default();
        let mut told = BTreeSet::new();
        self.faults.retain(|fault| told.insert(format!("{:?}", fault.trouble)));
        PythonStart { module, faults: self.faults, handler, file, names }
    }
}
