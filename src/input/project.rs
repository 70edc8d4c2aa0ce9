//! The one model that every front end fills.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use super::policy::PolicyKind;
use crate::{
    data::runtimes::{self, Runtime},
    model::{
        architecture::Architecture,
        finding::NotAnalysed,
        place::{PackageLabel, SourceSpan},
        settings::{Settings, Written},
        text::SafeText,
    },
};

/// Everything one run looks at.
#[derive(Debug, Default)]
pub struct Project {
    /// Layers and function packages.
    pub packages: Vec<PackageSource>,
    /// Functions with their layers in attach order.
    pub functions: Vec<Function>,
    /// Permission policies.
    pub policies: Vec<PolicyFile>,
    /// What the configuration says.
    pub settings: Settings,
    /// What was taken without being named by the user, for people to read.
    pub taken: Vec<SafeText>,
    /// What holds for function packages that no function names.
    pub defaults: FunctionDefaults,
    /// What is known to be out of reach before anything is opened.
    pub not_analysed: Vec<NotAnalysed>,
}

/// What the command line says about the function whose package is given alone.
#[derive(Clone, Debug, Default)]
pub struct FunctionDefaults {
    /// `--runtime`.
    pub runtime: Option<RuntimeRef>,
    /// `--arch`.
    pub architecture: Option<Architecture>,
    /// `--handler`.
    pub handler: Option<Written>,
    /// `--env`.
    pub environment: BTreeMap<String, String>,
}

/// What a package is used as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Unpacked into `/opt`.
    Layer,
    /// Unpacked into `/var/task`.
    Function,
}

impl Role {
    /// The word used in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Layer => "layer",
            Self::Function => "function",
        }
    }

    /// Where Lambda unpacks it.
    pub fn mount(self) -> &'static str {
        match self {
            Self::Layer => "/opt",
            Self::Function => "/var/task",
        }
    }
}

/// A package before it is opened.
#[derive(Clone, Debug)]
pub struct PackageSource {
    /// How findings name it.
    pub label: Arc<PackageLabel>,
    /// Where it is.
    pub path: PathBuf,
    /// What it is used as, when that is declared; otherwise its content tells.
    pub role: Option<Role>,
    /// The runtimes a layer is declared for; for a function package the runtimes of its functions.
    pub compatible_runtimes: Vec<RuntimeRef>,
    /// The architectures a layer is declared for.
    pub compatible_architectures: Vec<Architecture>,
    /// The line that declares it.
    pub declared_at: Option<SourceSpan>,
}

/// A runtime identifier as written, and the runtime if it is one.
#[derive(Clone, Debug)]
pub struct RuntimeRef {
    /// The identifier with its place.
    pub written: Written,
    /// The row of the runtimes table.
    pub runtime: Option<&'static Runtime>,
}

impl RuntimeRef {
    /// Looks the identifier up.
    pub fn new(written: Written) -> Self {
        let runtime = runtimes::find(&written.text);
        Self { written, runtime }
    }
}

/// A function: one package, a runtime, layers in attach order.
#[derive(Clone, Debug)]
pub struct Function {
    /// How reports name it.
    pub name: SafeText,
    /// Index of its package in [`Project::packages`]; nothing when only its layers are looked at.
    pub package: Option<usize>,
    /// Its runtime, when stated.
    pub runtime: Option<RuntimeRef>,
    /// Its architecture, when stated. Lambda takes `x86_64` when it is not.
    pub architecture: Option<Architecture>,
    /// Its handler, when stated.
    pub handler: Option<Written>,
    /// Its layers; index 0 is merged first, the last one wins.
    pub layers: Vec<LayerRef>,
    /// Environment variables that change search paths.
    pub environment: BTreeMap<String, String>,
    /// The line that declares it.
    pub declared_at: Option<SourceSpan>,
}

/// One layer of a function.
#[derive(Clone, Debug)]
pub struct LayerRef {
    /// As written: an alias, a path or an ARN.
    pub written: Written,
    /// The layer's version ARN, when the reference is one or is declared with one.
    pub arn: Option<String>,
    /// Index of its package in [`Project::packages`]; nothing when there is no local copy.
    pub package: Option<usize>,
}

/// A permission policy before it is read.
#[derive(Clone, Debug)]
pub struct PolicyFile {
    /// Where it is.
    pub path: PathBuf,
    /// What it is attached to, if it is declared with something; otherwise its content tells.
    pub kind: Option<PolicyKind>,
    /// The alias of the layer or function it belongs to.
    pub of: Option<String>,
    /// The line that names it.
    pub declared_at: Option<SourceSpan>,
}
