//! A function with its layers as Lambda lays them out, or a layer in a runtime that it is declared for.

use std::{
    collections::BTreeMap,
    sync::{Arc, OnceLock},
};

use crate::{
    data::{
        runtimes::Runtime,
        search_paths::{self, Holds, Root, SearchPath},
    },
    input::project::{Function, LayerRef, Role},
    model::{architecture::Architecture, place::Place, size::Bytes, text::SafeText},
};

use super::{
    filesystem::Tree,
    java::{self, Jars},
    load_path::Loadable,
    node::{Modules, Start},
    own_paths,
    package::Package,
    python::{PathFiles, PythonModules, PythonStart},
    ruby::RubyStart,
};

/// A layer of a deployment.
#[derive(Clone, Copy, Debug)]
pub enum Attached<'a> {
    /// Its content is at hand.
    Known(&'a Package),
    /// Only its name is: an ARN without a local copy.
    Unknown(&'a LayerRef),
}

/// What a deployment is made for.
#[derive(Clone, Copy, Debug)]
pub enum Purpose<'a> {
    /// A function of the inputs.
    Function(&'a Function),
    /// A function package that no function names.
    Package,
    /// A layer alone, in one of the runtimes and architectures that it is declared for.
    Layer,
}

/// Code and layers laid out for one runtime and architecture.
#[derive(Debug)]
pub struct Deployment<'a> {
    /// What it is made for.
    pub purpose: Purpose<'a>,
    /// The function's package.
    pub code: Option<&'a Package>,
    /// Layers in attach order: the later wins.
    pub layers: Vec<Attached<'a>>,
    /// The runtime, when it is known.
    pub runtime: Option<&'static Runtime>,
    /// The architecture, when it is known (a function that names none has `x86_64`).
    pub architecture: Option<Architecture>,
    /// The handler, when it is stated.
    pub handler: Option<&'a str>,
    /// Environment variables of the function, as far as they are stated.
    pub environment: Option<&'a BTreeMap<String, String>>,
    /// Folders of layers that the environment variables of the functions put on a search path, relative to `/opt`.
    pub extra_folders: Vec<String>,
    /// Whether it is a layer alone that some function of the inputs has attached: what the layer lacks is asked there.
    pub is_used: bool,
    /// The layers merged.
    pub opt: Arc<Tree<'a>>,
    /// The function's package.
    pub task: Arc<Tree<'a>>,
    /// JavaScript that was parsed so far, shared by all deployments.
    pub modules: Arc<Modules>,
    /// Python that was parsed so far, shared by all deployments.
    pub python_modules: Arc<PythonModules>,
    /// What Python imports at start, followed when it is first asked for.
    pub python_start: OnceLock<Option<PythonStart<'a>>>,
    /// What Node.js loads at start, followed when it is first asked for.
    pub node_start: OnceLock<Option<Start<'a>>>,
    /// Jars and classes that were read so far, shared by all deployments.
    pub jars: Arc<Jars>,
    /// What Java loads before the first invocation, followed when it is first asked for.
    pub java_start: OnceLock<Option<java::Start<'a>>>,
    /// What Ruby requires at start, followed when it is first asked for.
    pub ruby_start: OnceLock<RubyStart<'a>>,
    /// What `.pth` files do to Python's search path, read when it is first asked for.
    pub path_files: OnceLock<PathFiles>,
    /// Its machine code, looked for when first asked for.
    pub binaries: OnceLock<Vec<Loadable<'a>>>,
}

impl<'a> Deployment<'a> {
    /// All packages whose content is at hand: the code first, then the layers in attach order.
    pub fn packages(&self) -> impl Iterator<Item = &'a Package> {
        self.code.into_iter().chain(self.known_layers())
    }

    /// The layers whose content is at hand, in attach order.
    pub fn known_layers(&self) -> impl Iterator<Item = &'a Package> {
        self.layers.iter().filter_map(|layer| match layer {
            Attached::Known(package) => Some(*package),
            Attached::Unknown(_) => None,
        })
    }

    /// The layers whose content is not at hand.
    pub fn unknown_layers(&self) -> impl Iterator<Item = &'a LayerRef> {
        self.layers.iter().filter_map(|layer| match layer {
            Attached::Known(_) => None,
            Attached::Unknown(reference) => Some(*reference),
        })
    }

    /// Whether the content of every layer and all search paths are known, so that what is not found is not there.
    pub fn is_complete(&self) -> bool {
        let paths_are_known = self.function().is_none_or(|function| !function.environment_is_partial);
        paths_are_known && self.layers.iter().all(|layer| matches!(layer, Attached::Known(_)))
    }

    /// The function it is made for.
    pub fn function(&self) -> Option<&'a Function> {
        match self.purpose {
            Purpose::Function(function) => Some(function),
            Purpose::Package | Purpose::Layer => None,
        }
    }

    /// Whether it is a layer alone: there is no code that could add anything.
    pub fn is_layer_alone(&self) -> bool {
        matches!(self.purpose, Purpose::Layer)
    }

    /// Where findings about the function as a whole stand: the line that declares it, and its package.
    pub fn place(&self) -> Option<Place> {
        let declared = self.function().and_then(|function| function.declared_at.as_ref());
        match (self.code.or_else(|| self.known_layers().next()), declared) {
            (Some(code), declared) => {
                Some(Place::package(&code.label).declared_at(declared).declared_at(code.declared_at.as_ref()))
            }
            (None, Some(span)) => Some(Place::source(span.clone())),
            (None, None) => None,
        }
    }

    /// What Python imports at start; nothing when that cannot be followed.
    pub fn python_start(&self) -> Option<&PythonStart<'a>> {
        self.python_start.get_or_init(|| self.follow_python(&self.python_modules)).as_ref()
    }

    /// What Node.js loads at start; nothing when that cannot be followed.
    pub fn node_start(&self) -> Option<&Start<'a>> {
        self.node_start.get_or_init(|| self.follow_node(&self.modules)).as_ref()
    }

    /// The class path and what becomes of the handler's class; nothing for other languages.
    pub fn java_start(&self) -> Option<&java::Start<'a>> {
        self.java_start.get_or_init(|| java::follow(self)).as_ref()
    }

    /// The search paths of the function, in order, as the runtime sets them or its environment does; none while the runtime is unknown.
    pub fn search_paths(&self) -> Vec<SearchPath> {
        let Some(runtime) = self.runtime else { return Vec::new() };
        own_paths::applied(search_paths::of(runtime), runtime.family, |name| self.variable(name))
    }

    /// An environment variable of the function.
    pub fn variable(&self, name: &str) -> Option<&'a str> {
        self.environment?.get(name).map(String::as_str)
    }

    /// The search paths of the runtime that hold one kind of thing, in order.
    pub fn paths_of(&self, holds: Holds) -> Vec<SearchPath> {
        self.search_paths().into_iter().filter(|path| path.holds == holds).collect()
    }

    /// The merged tree below a root.
    pub fn tree(&self, root: Root) -> &Tree<'a> {
        match root {
            Root::Opt => &self.opt,
            Root::Task => &self.task,
        }
    }

    /// Uncompressed bytes of the code and of all layers at hand: what counts against the limit.
    pub fn unzipped(&self) -> Bytes {
        self.packages().map(|package| package.archive.unzipped()).sum()
    }

    /// The runtime and architecture for people: `python3.12 on arm64`.
    pub fn target(&self) -> Option<SafeText> {
        let runtime = self.runtime.map(|runtime| runtime.id.as_str());
        match (runtime, self.architecture) {
            (Some(runtime), Some(architecture)) => {
                Some(SafeText::new(format!("{runtime} on {architecture}")))
            }
            (Some(one), None) => Some(SafeText::new(one)),
            (None, Some(one)) => Some(SafeText::new(one.as_str())),
            (None, None) => None,
        }
    }
}

/// The tree root of a role.
pub fn root_of(role: Role) -> Root {
    match role {
        Role::Layer => Root::Opt,
        Role::Function => Root::Task,
    }
}
