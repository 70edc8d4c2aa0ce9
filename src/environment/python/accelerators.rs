//! Extension modules that a package does without: every import of them is caught, and plain Python takes their place.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    data::search_paths::Holds,
    environment::{
        deployment::{Deployment, root_of},
        filesystem::Provider,
        load_path::Loadable,
        package::Package,
    },
    inspect::python::{Import, ModuleFacts},
};

use super::start::version;

/// Sources of one package that are read for this; larger packages are left undecided.
const MOST: usize = 2_000;

/// The module that the sources of compiled modules import.
const CYTHON: &str = "cython";

/// What a module of a package imports, as dotted names.
#[derive(Default)]
struct Edges {
    met: BTreeSet<String>,
    tried: BTreeSet<String>,
}

impl Deployment<'_> {
    /// Whether the packages of these extension modules start without them: what their `__init__` imports leads to each module, and
    /// only through imports whose failure is caught, or every import of it in the package is caught. `false` where nothing tells.
    pub fn does_without(&self, extensions: &[Loadable<'_>]) -> bool {
        let mut packages: BTreeMap<(&str, &str), Vec<&Loadable<'_>>> = BTreeMap::new();
        for extension in extensions {
            let Some(home) = self.home(extension) else { return false };
            packages.entry(home).or_default().push(extension);
        }
        packages.into_iter().all(|((folder, top), extensions)| self.starts_without(folder, top, &extensions))
    }

    /// Whether a source imports `cython` in any case, and nothing brings that: the source can be compiled and cannot be imported.
    pub fn is_for_cython(&self, source: &Provider<'_>) -> bool {
        let Some(version) = self.runtime.and_then(|runtime| version(&runtime.language)) else { return false };
        let facts = self.python_modules.of(&[*source], version);
        let imports = facts.first().and_then(Option::as_ref).is_some_and(|facts| {
            facts.imports.iter().any(|one| one.level == 0 && one.module.split('.').next() == Some(CYTHON))
        });
        imports && self.is_complete() && !self.brings_cython()
    }

    fn brings_cython(&self) -> bool {
        let is_it = |path: &str| {
            path.strip_suffix("cython.py").is_some_and(|rest| rest.is_empty() || rest.ends_with('/'))
        };
        [&self.task, &self.opt].iter().any(|tree| tree.paths().any(|(path, _)| is_it(path)))
    }

    /// The folder in which Python finds the package of an extension module, with its closing slash, and the package's name.
    fn home<'p>(&self, extension: &'p Loadable<'_>) -> Option<(&'p str, &'p str)> {
        let root = root_of(extension.package.role);
        let paths = self.paths_of(Holds::PythonModules);
        let folders = paths.iter().filter(|path| path.root == root);
        let path = &extension.entry.path;
        let inside =
            folders.filter_map(|folder| path.below(&folder.folder)).min_by_key(|inside| inside.len())?;
        let (folder, _) = path.as_str().split_at_checked(path.as_str().len().checked_sub(inside.len())?)?;
        Some((folder, inside.split_once('/')?.0))
    }

    /// The same for extension modules of the package `top` in `folder`.
    fn starts_without(&self, folder: &str, top: &str, extensions: &[&Loadable<'_>]) -> bool {
        let Some(edges) = extensions.first().and_then(|first| self.edges(first.package, folder, top)) else {
            return false;
        };
        let (met, all) = (reach(&edges, top, false), reach(&edges, top, true));
        let does_without = |name: &String| {
            let is_met = edges.values().any(|one| one.met.contains(name));
            let is_tried = edges.values().any(|one| one.tried.contains(name));
            !met.contains(name.as_str()) && all.contains(name.as_str()) || is_tried && !is_met
        };
        let names: Vec<String> = extensions
            .iter()
            .map(|extension| {
                let inside = extension.entry.path.as_str().strip_prefix(folder).unwrap_or_default();
                inside.split('.').next().unwrap_or(inside).replace('/', ".")
            })
            .filter(|name| !is_for_tests(name))
            .collect();
        !names.is_empty() && names.iter().all(does_without)
    }

    fn edges(&self, package: &Package, folder: &str, top: &str) -> Option<BTreeMap<String, Edges>> {
        let version = version(&self.runtime?.language)?;
        let begin = format!("{folder}{top}/");
        let sources: Vec<(String, Provider<'_>)> = package
            .archive
            .entries()
            .iter()
            .enumerate()
            .filter_map(|(index, entry)| {
                let name = entry.path.as_str();
                let inside = name.strip_prefix(&begin).and_then(|_| name.get(folder.len()..))?;
                Some((
                    inside.strip_suffix(".py")?.replace('/', "."),
                    Provider { package, order: 0, index, entry },
                ))
            })
            .take(MOST.saturating_add(1))
            .collect();
        if sources.len() > MOST {
            return None;
        }
        let wanted: Vec<Provider<'_>> = sources.iter().map(|(_, provider)| *provider).collect();
        let facts = self.python_modules.of(&wanted, version);
        let named = sources.into_iter().map(|(name, _)| name).zip(facts);
        Some(named.filter_map(|(name, facts)| facts.map(|facts| edges_of(&name, &facts))).collect())
    }
}

/// `pkg._testcapi`: what only the tests of a package import.
fn is_for_tests(name: &str) -> bool {
    name.rsplit('.').next().is_some_and(|own| own.starts_with("_test"))
}

/// A module's own name, without `__init__`, and what it leads to.
fn edges_of(name: &str, facts: &ModuleFacts) -> (String, Edges) {
    let (own, package) = match name.strip_suffix(".__init__") {
        Some(package) => (package, package),
        None => (name, name.rsplit_once('.').map_or("", |(package, _)| package)),
    };
    let all = |imports: &[Import]| imports.iter().flat_map(|import| targets(import, package)).collect();
    (own.to_owned(), Edges { met: all(&facts.imports), tried: all(&facts.tried) })
}

/// The modules that an import may load: the one it names, and those of the names that it takes.
fn targets(import: &Import, package: &str) -> Vec<String> {
    let mut base: Vec<&str> = Vec::new();
    if import.level > 0 {
        base = package.split('.').collect();
        let above = usize::try_from(import.level).unwrap_or(usize::MAX).saturating_sub(1);
        base.truncate(base.len().saturating_sub(above));
    }
    base.extend(import.module.split('.').filter(|part| !part.is_empty()));
    let base = base.join(".");
    let taken = import.names.iter().flatten().map(|name| format!("{base}.{name}"));
    taken.chain([base.clone()]).collect()
}

/// The modules that are reached from a package, through caught imports too or through others alone. Those above a module come with it.
fn reach<'e>(edges: &'e BTreeMap<String, Edges>, top: &'e str, with_tried: bool) -> BTreeSet<&'e str> {
    let mut reached = BTreeSet::from([top]);
    let mut waiting = vec![top];
    while let Some(module) = waiting.pop() {
        let Some(found) = edges.get(module) else { continue };
        let tried = found.tried.iter().filter(|_| with_tried);
        for target in found.met.iter().chain(tried).flat_map(|target| with_parents(target)) {
            if reached.insert(target) {
                waiting.push(target);
            }
        }
    }
    reached
}

/// `a.b.c`, `a.b` and `a`.
fn with_parents(module: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(module), |name| name.rsplit_once('.').map(|(above, _)| above))
}
