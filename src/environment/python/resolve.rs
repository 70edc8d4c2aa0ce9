//! Where a module lies: packages, extension modules, sources, byte code and namespace folders, in the order of CPython.

use crate::{
    data::{
        python_client,
        python_modules::{self, Builtin},
        runtimes::Runtime,
        search_paths::{Holds, Root},
    },
    environment::{deployment::Deployment, filesystem::Provider},
    inspect::distributions::normalised,
};

use super::path_files::PathFiles;

/// A folder of one of the trees.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Folder {
    pub(super) root: Root,
    pub(super) path: String,
}

impl Folder {
    fn join(&self, name: &str) -> String {
        if self.path.is_empty() { name.to_owned() } else { format!("{}/{name}", self.path) }
    }
}

/// What a name turns out to be.
#[derive(Clone, Debug)]
pub(super) enum Found<'a> {
    /// A package with an `__init__`; submodules lie in its folder. Without a source nothing is known of its names.
    Package(Folder, Option<Provider<'a>>),
    /// A package whose `__init__` is byte code alone.
    CompiledPackage(Folder, Provider<'a>),
    /// A source.
    Source(Provider<'a>),
    /// An extension module: not looked into.
    Opaque,
    /// Byte code without a source beside it.
    ByteCode(Provider<'a>),
    /// Folders of this name without an `__init__`.
    Namespace(Vec<Folder>),
    /// The standard library or the runtime has it.
    Builtin,
    /// The standard library of an earlier version had it.
    Removed,
    /// Only the service could tell.
    Undecided,
    /// Nowhere.
    Missing,
}

/// Looks modules up in one deployment.
pub(super) struct Resolver<'d, 'a> {
    pub(super) deployment: &'d Deployment<'a>,
    pub(super) runtime: &'static Runtime,
    /// The search path below function and layers, in order.
    folders: Vec<Folder>,
    /// What `.pth` files do to it.
    path_files: &'d PathFiles,
    /// `cpython-312`
    tag: String,
}

impl<'d, 'a> Resolver<'d, 'a> {
    pub(super) fn new(deployment: &'d Deployment<'a>, runtime: &'static Runtime) -> Self {
        let folders = deployment.paths_of(Holds::PythonModules);
        Self {
            deployment,
            runtime,
            folders: folders.into_iter().map(|path| Folder { root: path.root, path: path.folder }).collect(),
            path_files: deployment.path_files(),
            tag: runtime.cpython_tag.as_deref().unwrap_or_default().replace("cp", "cpython-"),
        }
    }

    /// A module without dots. What packages bring comes before the standard library.
    pub(super) fn top(&self, name: &str) -> Found<'a> {
        let language = &self.runtime.language;
        if python_client::is_compiled_in(language, name) || python_client::is_loaded_by_all(name) {
            return Found::Builtin;
        }
        if self.path_files.brings_distutils && name == "distutils" {
            return Found::Undecided;
        }
        match self.within(&self.folders, name) {
            Found::Missing => {}
            // whether Lambda's client has loaded Python's own before depends on its version
            found if python_client::is_loaded_before(language, name) => {
                return if matches!(found, Found::Namespace(_)) { Found::Builtin } else { Found::Undecided };
            }
            // a folder without an __init__ never hides a module that comes later
            Found::Namespace(folders) => {
                return match self.builtin(name) {
                    Found::Missing => self.behind(name, folders),
                    other => other,
                };
            }
            found => return found,
        }
        match self.builtin(name) {
            Found::Missing => self.behind(name, Vec::new()),
            Found::Removed => match self.behind(name, Vec::new()) {
                Found::Missing => Found::Removed,
                found => found,
            },
            found => found,
        }
    }

    /// A module in the folders that `.pth` files add, behind portions of a namespace that were found before.
    fn behind(&self, name: &str, mut portions: Vec<Folder>) -> Found<'a> {
        match self.within(&self.path_files.folders, name) {
            Found::Namespace(more) => portions.extend(more),
            Found::Missing => {}
            found => return found,
        }
        if portions.is_empty() { Found::Missing } else { Found::Namespace(portions) }
    }

    /// Whether a line of a `.pth` file makes this package, with names that only running it would tell.
    pub(super) fn is_declared(&self, name: &str) -> bool {
        self.path_files.declared.contains(name)
    }

    fn builtin(&self, name: &str) -> Found<'a> {
        match python_modules::builtin(&self.runtime.language, name) {
            Builtin::Standard | Builtin::Runtime => Found::Builtin,
            Builtin::Undecided => Found::Undecided,
            Builtin::Removed => Found::Removed,
            Builtin::Absent => Found::Missing,
        }
    }

    /// A module in some folders: those of the search path, or of a package.
    pub(super) fn within(&self, folders: &[Folder], name: &str) -> Found<'a> {
        let mut portions = Vec::new();
        for folder in folders {
            match self.in_folder(folder, name) {
                Found::Namespace(more) => portions.extend(more),
                Found::Missing => {}
                found => return found,
            }
        }
        if portions.is_empty() { Found::Missing } else { Found::Namespace(portions) }
    }

    /// Package before extension module before source before byte code before folder.
    fn in_folder(&self, folder: &Folder, name: &str) -> Found<'a> {
        let tree = self.deployment.tree(folder.root);
        let base = folder.join(name);
        let own = Folder { root: folder.root, path: base.clone() };
        if let Some(init) = tree.find(&format!("{base}/__init__.py")) {
            return Found::Package(own, Some(init));
        }
        let names = tree.names_in(&folder.path);
        let compiled = ["__init__.abi3.so", "__init__.so"];
        if compiled.iter().any(|file| tree.is_file(&format!("{base}/{file}"))) {
            return Found::Package(own, None);
        }
        if let Some(init) = tree.find(&format!("{base}/__init__.pyc")) {
            return Found::CompiledPackage(own, init);
        }
        if names.iter().any(|file| self.is_extension(file, name)) {
            return Found::Opaque;
        }
        if let Some(source) = tree.find(&format!("{base}.py")) {
            return Found::Source(source);
        }
        if let Some(code) = tree.find(&format!("{base}.pyc")) {
            return Found::ByteCode(code);
        }
        if names.contains(&name) && tree.is_folder(&base) {
            return Found::Namespace(vec![own]);
        }
        Found::Missing
    }

    /// `name.cpython-312-x86_64-linux-gnu.so`, `name.abi3.so`, `name.so`. Which of them the processor takes is asked elsewhere.
    fn is_extension(&self, file: &str, name: &str) -> bool {
        let Some(rest) = file.strip_prefix(name).and_then(|rest| rest.strip_prefix('.')) else {
            return false;
        };
        rest == "so"
            || rest == "abi3.so"
            || (rest.ends_with(".so") && rest.starts_with(&format!("{}-", self.tag)))
    }

    /// Whether metadata of a distribution lies on the search path, or the runtime may have it.
    pub(super) fn has_metadata(&self, distribution: &str) -> bool {
        if python_modules::may_have_metadata(distribution) {
            return true;
        }
        let wanted = normalised(distribution);
        let is_of = |name: &str| {
            let stem = name.strip_suffix(".dist-info").or_else(|| name.strip_suffix(".egg-info"));
            stem.is_some_and(|stem| normalised(stem.split('-').next().unwrap_or(stem)) == wanted)
        };
        self.folders.iter().chain(&self.path_files.folders).any(|folder| {
            self.deployment.tree(folder.root).names_in(&folder.path).iter().any(|name| is_of(name))
        })
    }

    /// Whether a `.pth` file does what cannot be seen.
    pub(super) fn has_unseen_folders(&self) -> bool {
        self.path_files.is_unseen
    }

    /// Whether there are eggs, which setuptools may put on the search path.
    pub(super) fn has_eggs(&self) -> bool {
        self.folders.iter().any(|folder| {
            let names = self.deployment.tree(folder.root).names_in(&folder.path);
            names.iter().any(|name| name.ends_with(".egg") || name.ends_with(".egg-link"))
        })
    }
}
