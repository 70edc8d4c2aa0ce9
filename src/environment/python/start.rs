//! The imports that the handler's module sets off, one after another, and the first of them that fails.

use std::{
    collections::{BTreeSet, HashMap, VecDeque},
    sync::Arc,
};

use crate::{
    data::{python_modules, runtimes::Family},
    environment::{deployment::Deployment, filesystem::Provider},
    inspect::python::{Import, ModuleFacts, Whose},
    model::answer::Answer,
};

use super::{
    byte_code,
    fault::{Fault, PythonStart, Spot, Trouble},
    handler::{self, PythonHandler},
    modules::PythonModules,
    resolve::{Folder, Found, Resolver},
    sight::Sight,
};

/// Modules that are followed: far more than any function imports.
const MOST: usize = 20_000;

/// Faults that are collected: a start ends at its first one, and the others are told to spare more attempts.
const MOST_FAULTS: usize = 1_000;

/// Modules that are asked for one name.
const MOST_STARS: usize = 100;

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
    unmarked: Vec<Fault<'a>>,
    edits_path: bool,
    /// Functions that change the search path when they are called, of all modules.
    editors: BTreeSet<String>,
    /// What is called while modules are imported.
    called: BTreeSet<String>,
}

impl<'a> Deployment<'a> {
    /// Follows what Python imports at start. Nothing when that is not known.
    pub(crate) fn follow_python<'d>(&'d self, modules: &'d PythonModules) -> Option<PythonStart<'a>> {
        let runtime = self.runtime.filter(|runtime| runtime.family == Family::Python)?;
        let version = version(&runtime.language)?;
        if self.code.is_none() || !self.is_python_path_seen() || !python_modules::is_known(&runtime.language)
        {
            return None;
        }
        let handler = handler::parse(self.handler?).ok()?;
        // what is loaded already is never looked for
        if self.shadowed_handler().is_some() {
            return None;
        }
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
            unmarked: Vec::new(),
            edits_path: false,
            editors: BTreeSet::new(),
            called: BTreeSet::new(),
        };
        crawl.load(&handler.module, None);
        crawl.run();
        Some(crawl.finish(&handler))
    }
}

/// A package that setuptools makes has the folder of the one that is there, and none of its names for certain.
fn as_declared(found: Found<'_>) -> Found<'_> {
    match found {
        Found::Package(folder, Some(_)) => Found::Package(folder, None),
        Found::Missing => Found::Undecided,
        other => other,
    }
}

pub(super) fn version(language: &str) -> Option<(u8, u8)> {
    let (major, minor) = language.split_once('.')?;
    Some((major.parse().ok()?, minor.parse().ok()?))
}

impl<'a> Crawl<'_, 'a> {
    /// Loads a module and the packages around it; says what it turned out to be.
    fn load(&mut self, name: &str, parent: Option<usize>) -> Found<'a> {
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
            if self.resolver.is_declared(&whole) {
                found = as_declared(found);
            }
            self.known.insert(whole.clone(), found.clone());
            folders = match &found {
                Found::Package(folder, init) => {
                    if let Some(provider) = *init {
                        self.add(&whole, &whole, provider, parent);
                    }
                    Some(vec![folder.clone()])
                }
                Found::CompiledPackage(folder, init) => {
                    self.byte_code(&whole, init, parent);
                    Some(vec![folder.clone()])
                }
                Found::Namespace(folders) => Some(folders.clone()),
                Found::Source(provider) => {
                    let package = whole.rsplit_once('.').map_or("", |(package, _)| package).to_owned();
                    self.add(&whole, &package, *provider, parent);
                    // what seems to lie below a module is made by it
                    return if whole == name { found } else { Found::Undecided };
                }
                Found::Missing | Found::Removed => return self.of_missing(&whole, found),
                Found::ByteCode(code) => {
                    self.byte_code(&whole, code, parent);
                    return if whole == name { found } else { Found::Undecided };
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
            Some(Found::Package(_, None) | Found::CompiledPackage(..)) => true,
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
        let is_own = self.nodes.get(at).is_some_and(|node| python_modules::finds_its_own_alone(&node.name));
        if !is_own {
            self.edits_path |= facts.paths.now;
            self.editors.extend(facts.paths.by.iter().cloned());
        }
        self.called.extend(facts.paths.called.iter().cloned());
        if let Some(fault) = &facts.fault {
            self.fault(at, fault.line, Trouble::Syntax(fault.message.clone()));
        }
        for import in &facts.imports {
            self.import(at, import);
        }
        for asked in &facts.asked {
            let name = match &asked.whose {
                Whose::Named(name) => Some(name.clone()),
                Whose::Own => self.nodes.get(at).map(|node| node.name.clone()),
            };
            let Some(name) = name else { continue };
            self.ask(at, asked.line, name, asked.of_setuptools);
        }
        let names = self.nodes.get(at).and_then(|node| python_modules::asks_for(&node.name));
        if let Some(name) = names {
            self.ask(at, 1, name.to_owned(), false);
        }
    }

    /// Metadata of a distribution that a module asks for.
    fn ask(&mut self, at: usize, line: u32, distribution: String, of_setuptools: bool) {
        if self.unmarked.len() >= MOST_FAULTS || self.resolver.has_metadata(&distribution) {
            return;
        }
        if let Some(spot) = self.spot(at, line) {
            self.unmarked.push(Fault { spot, trouble: Trouble::NoMetadata { distribution, of_setuptools } });
        }
    }

    /// Byte code that has to be of the runtime's version.
    fn byte_code(&mut self, name: &str, code: &Provider<'a>, parent: Option<usize>) {
        let Some(magic) = byte_code::foreign_magic(code, &self.resolver.runtime.language) else { return };
        let mut chain =
            parent.and_then(|parent| self.spot(parent, 1)).map(|spot| spot.chain).unwrap_or_default();
        chain.push(name.to_owned());
        let spot = Spot { package: code.package, index: code.index, line: 1, chain };
        self.faults.push(Fault { spot, trouble: Trouble::BadMagic { module: name.to_owned(), magic } });
    }

    fn import(&mut self, at: usize, import: &Import) {
        let Some(base) = self.base(at, import) else {
            let is_beyond = self.nodes.get(at).is_some_and(|node| !node.package.is_empty());
            return self.fault(at, import.line, Trouble::NoParent { is_beyond });
        };
        if base.is_empty() {
            return;
        }
        match self.load(&base, Some(at)) {
            Found::Missing => self.fault(at, import.line, Trouble::Missing(self.first_missing(&base))),
            Found::Removed => self.fault(at, import.line, Trouble::Removed(self.first_missing(&base))),
            Found::Package(..) | Found::Namespace(_) | Found::Source(_) => {
                for name in import.names.iter().flatten().filter(|name| *name != "*") {
                    self.taken(at, import.line, &base, name);
                }
            }
            Found::CompiledPackage(..) => {
                for name in import.names.iter().flatten().filter(|name| *name != "*") {
                    self.load(&format!("{base}.{name}"), Some(at));
                }
            }
            Found::Opaque | Found::ByteCode(_) | Found::Builtin | Found::Undecided => {}
        }
    }

    /// `from base import name`: a submodule, or a name that the module binds.
    fn taken(&mut self, at: usize, line: u32, base: &str, name: &str) {
        let below = format!("{base}.{name}");
        let is_folder = matches!(self.known.get(base), Some(Found::Package(..) | Found::Namespace(_)));
        if is_folder && !matches!(self.load(&below, Some(at)), Found::Missing) {
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
        if self.faults.len() >= MOST_FAULTS {
            return;
        }
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
            // `from . import x` in the package itself binds what it looks for
            let is_own = self.nodes.get(at).is_some_and(|node| node.name == module);
            let binds = match self.known.get(&module) {
                // the names of a namespace folder are its modules alone
                Some(Found::Namespace(_)) => Some(false),
                _ => self.binds(&module, &name, is_own, &mut BTreeSet::new()),
            };
            if binds == Some(false) && !name.starts_with("__") {
                self.fault(at, line, Trouble::NoName { name, module });
            }
        }
    }

    /// Whether a module binds a name, itself or by way of modules that it takes all names of. Nothing when only running it would tell.
    fn binds(&self, module: &str, name: &str, is_own: bool, seen: &mut BTreeSet<String>) -> Option<bool> {
        if !seen.insert(module.to_owned()) {
            return Some(false);
        }
        let facts = self.facts_of(module)?;
        if facts.dynamic || facts.too_much || facts.fault.is_some() || seen.len() > MOST_STARS {
            return None;
        }
        if !is_own && facts.names.contains(name) {
            return Some(true);
        }
        let at = *self.at.get(module)?;
        for star in &facts.stars {
            let target = self.base(at, star)?;
            if self.binds(&target, name, false, seen)? {
                return Some(true);
            }
        }
        Some(false)
    }

    fn finish(mut self, handler: &PythonHandler<'_>) -> PythonStart<'a> {
        self.compare_names();
        let index = self.at.get(&handler.module).copied();
        let facts = index.and_then(|index| self.facts.get(index)).cloned().flatten();
        let late = self.late(index, facts.as_deref(), handler.symbol);
        let file = index.and_then(|index| self.spot(index, 1));
        let names = facts.as_ref().map(|facts| facts.names.iter().cloned().collect()).unwrap_or_default();
        let sight = self.sight();
        let answer = self.has_handler(&handler.module, handler.symbol);
        PythonStart {
            module: handler.written.to_owned(),
            faults: sight.told_once(self.faults),
            late: sight.of_calls().told_once(late),
            unmarked: sight.told_once(self.unmarked),
            handler: answer,
            file,
            names,
            of_runtime: self
                .known
                .iter()
                .filter(|(name, found)| matches!(found, Found::Builtin) && !name.contains('.'))
                .map(|(name, _)| name.clone())
                .collect(),
        }
    }

    /// What the handler itself imports when it is called, where everything before succeeds.
    fn late(&mut self, index: Option<usize>, facts: Option<&ModuleFacts>, symbol: &str) -> Vec<Fault<'a>> {
        let (Some(at), Some(facts), true) = (index, facts, self.faults.is_empty()) else { return Vec::new() };
        for import in facts.late.get(symbol).into_iter().flatten() {
            self.import(at, import);
        }
        self.run();
        self.compare_names();
        std::mem::take(&mut self.faults)
    }

    /// Whether the handler's module has the handler.
    fn has_handler(&self, module: &str, symbol: &str) -> Answer<()> {
        // a folder without an __init__ is imported, and empty
        if let Some(Found::Namespace(_)) = self.known.get(module) {
            return Answer::Missing;
        }
        match self.binds(module, symbol, false, &mut BTreeSet::new()) {
            Some(true) => Answer::Found(()),
            Some(false) => Answer::Missing,
            None => Answer::Unknown("only running the module would tell".to_owned()),
        }
    }

    /// Whether what is not found is not there: no code changes where modules are looked for, that of `.pth` files included.
    fn sight(&self) -> Sight<'a> {
        let edits = self.edits_path || !self.editors.is_disjoint(&self.called);
        let finds_eggs = self.known.contains_key("pkg_resources") && self.resolver.has_eggs();
        if edits || finds_eggs || self.resolver.has_unseen_folders() {
            return Sight::None;
        }
        let deployment = self.resolver.deployment;
        let trees = [deployment.opt.clone(), deployment.task.clone()];
        if self.editors.is_empty() { Sight::All } else { Sight::Search(trees) }
    }
}
