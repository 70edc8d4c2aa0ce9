//! All packages and deployments of a run at once, and how the deployments are made from the inputs.

use std::{
    collections::{BTreeMap, HashMap},
    sync::{Arc, OnceLock},
};

use jiff::civil::Date;

use crate::{
    data::runtimes::Runtime,
    input::{
        partition::Part,
        project::{Function, FunctionDefaults, LayerVersion, Remark, Role},
    },
    model::{architecture::Architecture, known::Known, settings::Settings},
};

use super::{
    deployment::{Attached, Deployment, Purpose},
    filesystem::Tree,
    java::Jars,
    load_path::Target,
    node::Modules,
    package::Package,
    python::PythonModules,
};

/// What project-wide rules look at.
#[derive(Debug)]
pub struct ProjectView<'a> {
    /// The packages that are judged.
    pub packages: &'a [Package],
    /// Layer versions that templates declare or accounts have.
    pub layers: &'a [LayerVersion],
    /// All functions of the inputs. Where several runs share the work, the packages of some are not at hand.
    pub functions: &'a [Function],
    /// What templates say that is judged for itself.
    pub remarks: &'a [Remark],
    /// Names of the layers and functions that have a policy: somebody else is meant to use them.
    pub granted: Vec<&'a str>,
    /// The deployments that are judged.
    pub deployments: &'a [Deployment<'a>],
    /// The configuration.
    pub settings: &'a Settings,
    /// The day the run is made for.
    pub today: Date,
}

impl ProjectView<'_> {
    /// What a package is laid out for: alone, and in all functions of the inputs, whoever judges these.
    pub fn targets(&self, index: usize, package: &Package) -> Vec<Target> {
        let holds = |function: &&Function| {
            function.package == Some(index)
                || function.layers.iter().any(|layer| layer.package == Some(index))
        };
        let of_functions = self.functions.iter().filter(holds).map(|function| Target {
            runtime: function.runtime.as_ref().and_then(|one| one.runtime),
            architecture: architecture_of(function),
        });
        let alone = self.deployments.iter().filter(|one| one.function().is_none());
        let alone = alone.filter(|one| one.packages().any(|one| std::ptr::eq(one, package)));
        let mut targets: Vec<Target> = Vec::new();
        for target in of_functions.chain(alone.map(Deployment::platform)) {
            if !targets.contains(&target) {
                targets.push(target);
            }
        }
        targets
    }
}

/// Makes the deployments: one for each function, one for each function package that no function names, and for each layer one for
/// every runtime and architecture that it is declared for.
pub fn deployments<'a>(
    packages: &'a [Package],
    part: &'a Part<'_>,
    defaults: &'a FunctionDefaults,
) -> Vec<Deployment<'a>> {
    let functions = &part.attached;
    let mut trees = Trees::default();
    let mut made: Vec<Deployment<'_>> =
        part.functions.iter().map(|function| of_function(function, packages, &mut trees)).collect();
    for (index, package) in packages.iter().enumerate().take(part.own) {
        match package.role {
            Role::Layer => {
                let users = functions
                    .iter()
                    .filter(|function| function.layers.iter().any(|layer| layer.package == Some(index)));
                let extra: Vec<String> =
                    users.flat_map(|function| extra_folders(&function.environment)).collect();
                let is_used = functions
                    .iter()
                    .any(|function| function.layers.iter().any(|layer| layer.package == Some(index)));
                made.extend(of_layer(package, &extra, is_used, &mut trees));
            }
            Role::Function if functions.iter().any(|function| function.package == Some(index)) => {}
            Role::Function => made.push(of_package(package, defaults, &mut trees)),
        }
    }
    made
}

/// Trees by the packages they are made of, so that functions with the same layers share one.
#[derive(Default)]
struct Trees<'a> {
    merged: HashMap<Vec<*const Package>, Arc<Tree<'a>>>,
    modules: Arc<Modules>,
    python: Arc<PythonModules>,
    jars: Arc<Jars>,
}

impl<'a> Trees<'a> {
    fn of(&mut self, packages: &[&'a Package]) -> Arc<Tree<'a>> {
        let key = packages.iter().map(|package| std::ptr::from_ref(*package)).collect();
        Arc::clone(self.merged.entry(key).or_insert_with(|| Arc::new(Tree::merge(packages.iter().copied()))))
    }
}

fn of_function<'a>(function: &'a Function, packages: &'a [Package], trees: &mut Trees<'a>) -> Deployment<'a> {
    let layers: Vec<Attached<'_>> = function
        .layers
        .iter()
        .map(|layer| match layer.package.and_then(|index| packages.get(index)) {
            Some(package) => Attached::Known(package),
            None => Attached::Unknown(layer),
        })
        .collect();
    let known: Vec<&Package> = layers.iter().filter_map(known).collect();
    let code = function.package.and_then(|index| packages.get(index));
    Deployment {
        purpose: Purpose::Function(function),
        code,
        runtime: function.runtime.as_ref().and_then(|one| one.runtime),
        architecture: architecture_of(function),
        handler: function.handler.as_ref().map(|handler| handler.text.as_str()),
        environment: Some(&function.environment),
        extra_folders: extra_folders(&function.environment),
        is_used: false,
        opt: trees.of(&known),
        task: trees.of(&code.into_iter().collect::<Vec<_>>()),
        modules: Arc::clone(&trees.modules),
        node_start: OnceLock::new(),
        python_modules: Arc::clone(&trees.python),
        python_start: OnceLock::new(),
        jars: Arc::clone(&trees.jars),
        java_start: OnceLock::new(),
        ruby_start: OnceLock::new(),
        path_files: OnceLock::new(),
        binaries: OnceLock::new(),
        layers,
    }
}

/// What is not stated is `x86_64`; what only a deployment knows stays unknown.
fn architecture_of(function: &Function) -> Option<Architecture> {
    match &function.architecture {
        Known::Known(architecture) => Some(*architecture),
        Known::Absent => Some(Architecture::X86_64),
        Known::Unknown(_) => None,
    }
}

fn known<'a>(layer: &Attached<'a>) -> Option<&'a Package> {
    match layer {
        Attached::Known(package) => Some(package),
        Attached::Unknown(_) => None,
    }
}

fn of_package<'a>(
    package: &'a Package,
    defaults: &'a FunctionDefaults,
    trees: &mut Trees<'a>,
) -> Deployment<'a> {
    Deployment {
        purpose: Purpose::Package,
        code: Some(package),
        layers: Vec::new(),
        runtime: defaults.runtime.as_ref().and_then(|one| one.runtime),
        architecture: defaults.architecture,
        handler: defaults.handler.as_ref().map(|handler| handler.text.as_str()),
        environment: Some(&defaults.environment),
        extra_folders: extra_folders(&defaults.environment),
        is_used: false,
        opt: trees.of(&[]),
        task: trees.of(&[package]),
        modules: Arc::clone(&trees.modules),
        node_start: OnceLock::new(),
        python_modules: Arc::clone(&trees.python),
        python_start: OnceLock::new(),
        jars: Arc::clone(&trees.jars),
        java_start: OnceLock::new(),
        ruby_start: OnceLock::new(),
        path_files: OnceLock::new(),
        binaries: OnceLock::new(),
    }
}

/// Variables that name folders to search.
const PATH_VARIABLES: [&str; 6] =
    ["PYTHONPATH", "NODE_PATH", "RUBYLIB", "GEM_PATH", "LD_LIBRARY_PATH", "PATH"];

/// The folders below `/opt` that a function's environment adds to a search path.
fn extra_folders(environment: &BTreeMap<String, String>) -> Vec<String> {
    let paths =
        PATH_VARIABLES.iter().filter_map(|name| environment.get(*name)).flat_map(|value| value.split(':'));
    let below = paths.filter_map(|path| path.trim_end_matches('/').strip_prefix("/opt"));
    below.map(|folder| folder.trim_start_matches('/').to_owned()).collect()
}

fn of_layer<'a>(
    package: &'a Package,
    extra: &[String],
    is_used: bool,
    trees: &mut Trees<'a>,
) -> Vec<Deployment<'a>> {
    let opt = trees.of(&[package]);
    let task = trees.of(&[]);
    let mut made = Vec::new();
    for runtime in or_unknown(package.runtimes()) {
        for architecture in or_unknown(package.compatible_architectures.iter().copied()) {
            made.push(Deployment {
                purpose: Purpose::Layer,
                code: None,
                layers: vec![Attached::Known(package)],
                runtime,
                architecture,
                handler: None,
                environment: None,
                extra_folders: extra.to_vec(),
                is_used,
                opt: Arc::clone(&opt),
                task: Arc::clone(&task),
                modules: Arc::clone(&trees.modules),
                node_start: OnceLock::new(),
                python_modules: Arc::clone(&trees.python),
                python_start: OnceLock::new(),
                jars: Arc::clone(&trees.jars),
                java_start: OnceLock::new(),
                ruby_start: OnceLock::new(),
                path_files: OnceLock::new(),
                binaries: OnceLock::new(),
            });
        }
    }
    made.retain(fits);
    made
}

/// Leaves out pairs that Lambda does not offer: an old runtime on arm64.
fn fits(deployment: &Deployment<'_>) -> bool {
    match (deployment.runtime, deployment.architecture) {
        (Some(runtime), Some(architecture)) => Runtime::runs_on(runtime, architecture),
        _ => true,
    }
}

/// Each known value, or one unknown when there is none.
fn or_unknown<T>(values: impl Iterator<Item = T>) -> Vec<Option<T>> {
    let known: Vec<Option<T>> = values.map(Some).collect();
    if known.is_empty() { vec![None] } else { known }
}
