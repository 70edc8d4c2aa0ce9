//! The one model that every front end fills.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc};

use super::{error::UsageError, policy::PolicyKind};
use crate::{
    data::runtimes::{self, Runtime},
    model::{
        architecture::Architecture,
        finding::{NotAnalysed, Unresolved},
        known::Known,
        place::{PackageLabel, ReportPath, SourceSpan},
        settings::{Settings, Written},
        text::SafeText,
    },
};

/// Everything one run looks at.
#[derive(Debug, Default)]
pub struct Project {
    /// Layers and function packages.
    pub packages: Vec<PackageSource>,
    /// Layer versions that a template declares or an account has, with or without a local copy.
    pub layers: Vec<LayerVersion>,
    /// Functions with their layers in attach order.
    pub functions: Vec<Function>,
    /// Permission policies.
    pub policies: Vec<PolicyFile>,
    /// What templates say that is judged for itself.
    pub remarks: Vec<Remark>,
    /// What the configuration says.
    pub settings: Settings,
    /// What was taken without being named by the user, for people to read.
    pub taken: Vec<SafeText>,
    /// What holds for function packages that no function names.
    pub defaults: FunctionDefaults,
    /// What is known to be out of reach before anything is opened.
    pub not_analysed: Vec<NotAnalysed>,
    /// Values of templates that only a deployment knows.
    pub unresolved: Vec<Unresolved>,
    /// Inputs that could not be read while others could.
    pub broken: Vec<UsageError>,
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
    /// Whether the path is the one file that the archive is made of, and not the archive.
    pub is_bare: bool,
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

/// Whether a layer's earlier versions outlive a change of the template that declares it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Retention {
    /// No template manages it, or the template does not let it be known.
    #[default]
    Unmanaged,
    /// They are kept.
    Kept,
    /// A change deletes the version before it.
    Replaced,
}

/// A layer version that a template declares, or that the account has.
#[derive(Clone, Debug)]
pub struct LayerVersion {
    /// How reports name it: its id in the template, or its ARN.
    pub name: SafeText,
    /// Its version ARN, when it is published.
    pub arn: Option<String>,
    /// Index of its package in [`Project::packages`], when there is a local copy.
    pub package: Option<usize>,
    /// The runtimes it is declared for; nothing declared or nothing known is empty.
    pub compatible_runtimes: Vec<RuntimeRef>,
    /// The architectures it is declared for.
    pub compatible_architectures: Vec<Architecture>,
    /// What becomes of its earlier versions.
    pub retention: Retention,
    /// The line that declares it.
    pub declared_at: Option<SourceSpan>,
}

/// How a function's code is packed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Packaging {
    /// A zip in `/var/task`, with layers in `/opt`.
    #[default]
    Zip,
    /// A container image, which takes no layers.
    Image,
}

/// A function: one package, a runtime, layers in attach order.
#[derive(Clone, Debug, Default)]
pub struct Function {
    /// How reports name it.
    pub name: SafeText,
    /// Index of its package in [`Project::packages`]; nothing when only its layers are looked at.
    pub package: Option<usize>,
    /// Its runtime, when stated.
    pub runtime: Option<RuntimeRef>,
    /// Its architecture. Lambda takes `x86_64` when it is absent.
    pub architecture: Known<Architecture>,
    /// Its handler, when stated.
    pub handler: Option<Written>,
    /// Its layers; index 0 is merged first, the last one wins.
    pub layers: Vec<LayerRef>,
    /// Environment variables that change search paths.
    pub environment: BTreeMap<String, String>,
    /// Whether there are variables of which only a deployment knows the value: search paths are then unknown.
    pub environment_is_partial: bool,
    /// Zip or image.
    pub packaging: Packaging,
    /// The region it is or will be in, when that is known.
    pub region: Option<String>,
    /// The line that declares it.
    pub declared_at: Option<SourceSpan>,
}

/// How many layers a reference stands for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Extent {
    /// One.
    #[default]
    One,
    /// A list that only a deployment knows, which may be empty.
    Any,
}

/// One layer of a function.
#[derive(Clone, Debug)]
pub struct LayerRef {
    /// As written: an alias, a path, an ARN or an expression of a template. Parts that only a deployment knows are `${NAME}`.
    pub written: Written,
    /// The layer's version ARN, when the reference is one or is declared with one. It may have such parts too.
    pub arn: Option<String>,
    /// Index of its package in [`Project::packages`]; nothing when there is no local copy.
    pub package: Option<usize>,
    /// Index of the layer version in [`Project::layers`], when the inputs describe it.
    pub version: Option<usize>,
    /// One layer, or a list of unknown length.
    pub extent: Extent,
}

impl LayerRef {
    /// A reference of which nothing but the text is known.
    pub fn new(written: Written) -> Self {
        Self { written, arn: None, package: None, version: None, extent: Extent::One }
    }

    /// Whether nothing is known about which layer it is.
    pub fn is_open(&self) -> bool {
        self.arn.is_none() && self.package.is_none() && self.version.is_none()
    }
}

/// Something that a template says, which a rule of `deployment/` judges.
#[derive(Clone, Debug)]
pub struct Remark {
    /// What.
    pub kind: RemarkKind,
    /// The name of the function, layer or key that it is about.
    pub name: SafeText,
    /// Where.
    pub at: SourceSpan,
}

/// What a [`Remark`] is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RemarkKind {
    /// The function's own `Layers` is an intrinsic, so the list of `Globals` is lost.
    LostGlobalLayers,
    /// The ARN of a layer version is exported from a stack.
    ExportedLayer,
    /// Something else than a function of the inputs refers to a layer: an output, another resource.
    LayerUsedElsewhere,
    /// An account id is written without quotes, which is a number.
    UnquotedAccount,
    /// A key is written twice in one map.
    RepeatedKey,
    /// A permission names one version of a layer while the template publishes a new one.
    GrantOnOldVersion,
    /// A function URL that calls without authentication and lacks a permission.
    ForbiddenUrl,
}

/// Where the text of a policy is.
#[derive(Clone, Debug)]
pub enum PolicyContent {
    /// In a file of its own.
    File(PathBuf),
    /// Put together from what a template or the output of a command says.
    Composed(ComposedPolicy),
    /// One value of a text that was read already: of standard input, or beside others.
    Read(ReadPolicy),
}

/// A policy that stands inside of a text with more in it.
#[derive(Clone, Debug)]
pub struct ReadPolicy {
    /// Where its value begins in that text.
    pub at: SourceSpan,
    /// The value as JSON, as it is written there.
    pub text: String,
}

/// A policy that is written in another form than a JSON file.
#[derive(Clone, Debug)]
pub struct ComposedPolicy {
    /// The file that it comes from.
    pub file: ReportPath,
    /// The policy as JSON.
    pub text: String,
    /// Where each statement comes from, by its position.
    pub places: Vec<SourceSpan>,
    /// The account that owns the resource, where it is known to be another than the user's or stands for "this account".
    pub owner: Option<String>,
    /// What the API would not accept about how it is written: the statement, and why.
    pub faults: Vec<(usize, String)>,
}

/// A permission policy before it is read.
#[derive(Clone, Debug)]
pub struct PolicyFile {
    /// Where it is.
    pub content: PolicyContent,
    /// What it is attached to, if it is declared with something; otherwise its content tells.
    pub kind: Option<PolicyKind>,
    /// The alias of the layer or function it belongs to.
    pub of: Option<String>,
    /// The line that names it.
    pub declared_at: Option<SourceSpan>,
}
