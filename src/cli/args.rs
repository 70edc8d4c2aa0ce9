//! What can be typed.

use std::path::PathBuf;

use clap::{ArgAction, Args, Parser, Subcommand, ValueEnum};

use crate::{
    data::tables::TABLES,
    model::{
        architecture::Architecture,
        severity::{Certainty, Severity},
    },
    output::Format,
};

/// Says before upload what AWS Lambda would say after.
///
/// Opens layer zips and function packages (or the folders they are made from) and reports what Lambda refuses, what will not
/// start, what does not fit and who may use it. Never runs or unpacks what it reads, and never uses the network.
#[derive(Debug, Parser)]
#[command(
    name = "layerlint",
    version,
    long_version = long_version(),
    propagate_version = true,
    args_conflicts_with_subcommands = true
)]
pub struct Cli {
    /// A command; without one, `check` is meant.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// What `check` takes, for `layerlint layer.zip`.
    #[command(flatten)]
    pub check: CheckArgs,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Check packages, functions and policies (what happens without a command)
    Check(Box<CheckArgs>),
    /// Write what is found now into a baseline, so that only new findings fail a run
    Baseline(Box<BaselineArgs>),
    /// Show where the bytes go: by package, by distribution, and what could go
    Size(Box<SizeArgs>),
    /// Show every binary: what it is, which versions it needs, and where each library is found
    Native(Box<NativeArgs>),
    /// Show what lies below /opt and /var/task: the provider of each path, and what it hides
    Opt(Box<OptArgs>),
    /// Make one report of those of all runs that shared the work with --shard
    Merge(Box<MergeArgs>),
    /// Print a rule's page, or which rules predict an error text pasted from CloudWatch
    Explain {
        /// A rule (`native/glibc-too-new`) or an error text
        #[arg(required = true, value_name = "RULE|TEXT")]
        subject: Vec<String>,
        /// auto, always or never
        #[arg(long, value_enum, default_value_t = ColorChoice::Auto)]
        color: ColorChoice,
    },
    /// List all rules
    Rules {
        /// How to print the list
        #[arg(long, value_enum, default_value_t = RulesFormat::Human)]
        format: RulesFormat,
    },
    /// Write a commented layerlint.toml for the packages that lie here
    Init {
        /// Replace a layerlint.toml that is there
        #[arg(long)]
        force: bool,
        /// Print it instead of writing it
        #[arg(long)]
        print: bool,
    },
    /// Print the completions of a shell
    Completions {
        /// The shell
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },
    /// Print the manual page, or write the pages of all commands into a folder
    Man {
        /// The folder
        #[arg(long, value_name = "FOLDER")]
        out: Option<PathBuf>,
    },
    /// Show the effective configuration, or a JSON schema
    Config {
        /// What to show
        #[command(subcommand)]
        what: ConfigCommand,
    },
}

/// `layerlint baseline`
#[derive(Debug, Args)]
pub struct BaselineArgs {
    /// The file to write
    #[arg(long, value_name = "FILE", default_value = "layerlint-baseline.json")]
    pub file: PathBuf,
    /// Only take out what is mended; take nothing new up
    #[arg(long)]
    pub prune: bool,
    /// What to look at, and how: as in `check`
    #[command(flatten)]
    pub check: CheckArgs,
}

/// `layerlint size`
#[derive(Debug, Args)]
pub struct SizeArgs {
    /// How many of the largest to list
    #[arg(long, value_name = "N", default_value_t = 15)]
    pub top: usize,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// Write a picture: one HTML file that needs nothing else
    #[arg(long, value_name = "FILE")]
    pub html: Option<PathBuf>,
    /// What to look at: as in `check`
    #[command(flatten)]
    pub check: CheckArgs,
}

/// `layerlint native`
#[derive(Debug, Args)]
pub struct NativeArgs {
    /// List what the operating system and the runtime provide too
    #[arg(long)]
    pub all: bool,
    /// Print JSON
    #[arg(long)]
    pub json: bool,
    /// What to look at: as in `check`
    #[command(flatten)]
    pub check: CheckArgs,
}

/// `layerlint opt`
#[derive(Debug, Args)]
pub struct OptArgs {
    /// Only paths that match, such as '/opt/python/**' (repeatable)
    #[arg(long = "only", value_name = "GLOB")]
    pub only: Vec<String>,
    /// How many folders deep to list; what lies deeper is summed up
    #[arg(long, value_name = "N", default_value_t = 2)]
    pub depth: usize,
    /// What to look at: as in `check`; `--format json` lists every file
    #[command(flatten)]
    pub check: CheckArgs,
}

/// `layerlint merge`
#[derive(Debug, Args)]
pub struct MergeArgs {
    /// The JSON or SARIF reports of all parts
    #[arg(required = true, value_name = "REPORT")]
    pub reports: Vec<PathBuf>,
    /// How to print the whole: as the parts are, unless said otherwise
    #[arg(long, short, value_parser = format, value_name = "FORMAT")]
    pub format: Option<Format>,
    /// Write a report to a file (repeatable): sarif=layerlint.sarif
    #[arg(long, short, value_name = "FORMAT[=FILE]")]
    pub output: Vec<String>,
    /// Exit with 1 from this severity on: as the parts were told, unless said otherwise
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub fail_on: Option<FailOnArg>,
    /// Exit with 0 whatever is found
    #[arg(long, conflicts_with = "fail_on")]
    pub exit_zero: bool,
    /// auto, always or never
    #[arg(long, value_enum, value_name = "WHEN")]
    pub color: Option<ColorChoice>,
}

/// `layerlint config ...`
#[derive(Debug, Subcommand)]
pub enum ConfigCommand {
    /// Print what holds here after defaults, configuration and `extend`
    Show {
        /// A path whose configuration is meant
        path: Option<PathBuf>,
    },
    /// Print the JSON schema of layerlint.toml, or of the JSON report
    Schema {
        /// The schema of the JSON report
        #[arg(long, action = ArgAction::SetTrue)]
        report: bool,
    },
}

/// How `layerlint rules` prints.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RulesFormat {
    /// A table
    Human,
    /// JSON
    Json,
    /// A Markdown table
    Markdown,
}

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ColorChoice {
    /// On a terminal, unless `NO_COLOR` is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// What a package is used as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RoleArg {
    /// Unpacked into /opt
    Layer,
    /// Unpacked into /var/task
    Function,
}

/// From which severity on the exit status is 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum FailOnArg {
    /// Errors only
    Error,
    /// Errors and warnings
    Warning,
    /// Everything
    Info,
    /// Nothing
    Never,
}

/// `--arch`
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ArchArg {
    /// 64-bit x86
    #[value(name = "x86_64", alias = "amd64", alias = "x64")]
    X86_64,
    /// 64-bit Arm
    #[value(name = "arm64", alias = "aarch64")]
    Arm64,
}

impl From<ArchArg> for Architecture {
    fn from(arch: ArchArg) -> Self {
        match arch {
            ArchArg::X86_64 => Self::X86_64,
            ArchArg::Arm64 => Self::Arm64,
        }
    }
}

/// `layerlint check`
#[derive(Debug, Default, Args)]
pub struct CheckArgs {
    /// Zips, jars or folders of layers and functions; a template or a folder that holds one; a layerlint.toml; - for standard input
    #[arg(value_name = "PATH")]
    pub paths: Vec<PathBuf>,
    /// A value that a template leaves open: a parameter, a variable, an option (repeatable)
    #[arg(long = "parameter", value_name = "NAME=VALUE", value_parser = key_value, help_heading = "Templates")]
    pub parameters: Vec<(String, String)>,
    /// The region that templates are deployed to
    #[arg(long, value_name = "REGION", help_heading = "Templates")]
    pub region: Option<String>,
    /// Exit with 1 when a value of a template could not be resolved
    #[arg(long, help_heading = "Templates")]
    pub strict_unresolved: bool,
    /// Take the packages for layers or for functions, whatever they look like
    #[arg(long = "as", value_enum, value_name = "KIND", help_heading = "Packages")]
    pub role: Option<RoleArg>,
    /// The package of a function to check together with its layers
    #[arg(long, value_name = "PATH", help_heading = "Packages")]
    pub function: Option<PathBuf>,
    /// A layer of that function, in attach order: zip, folder or version ARN (repeatable; the later wins)
    #[arg(long = "layer", value_name = "PATH|ARN", help_heading = "Packages")]
    pub layers: Vec<String>,
    /// The function's runtime, such as python3.12
    #[arg(long, value_name = "ID", help_heading = "Packages")]
    pub runtime: Option<String>,
    /// The function's architecture
    #[arg(long, value_enum, help_heading = "Packages")]
    pub arch: Option<ArchArg>,
    /// The function's handler, such as app.handler
    #[arg(long, value_name = "HANDLER", help_heading = "Packages")]
    pub handler: Option<String>,
    /// An environment variable of the function
    #[arg(long = "env", value_name = "KEY=VALUE", value_parser = key_value, help_heading = "Packages")]
    pub environment: Vec<(String, String)>,
    /// A runtime that the layer will be declared for (repeatable, comma lists)
    #[arg(long = "compatible-runtime", value_name = "ID", value_delimiter = ',', help_heading = "Packages")]
    pub compatible_runtimes: Vec<String>,
    /// An architecture that the layer will be declared for (repeatable, comma lists)
    #[arg(
        long = "compatible-arch",
        value_enum,
        value_delimiter = ',',
        value_name = "ARCH",
        help_heading = "Packages"
    )]
    pub compatible_architectures: Vec<ArchArg>,
    /// A permission policy: of a layer or function (JSON document, or output of get-layer-version-policy or get-policy), or of an identity
    #[arg(long = "policy", value_name = "FILE", help_heading = "Packages")]
    pub policies: Vec<PathBuf>,

    /// Only these rules or categories
    #[arg(long, value_name = "RULES", value_delimiter = ',', help_heading = "Rules")]
    pub select: Vec<String>,
    /// These rules too
    #[arg(long, value_name = "RULES", value_delimiter = ',', help_heading = "Rules")]
    pub extend_select: Vec<String>,
    /// Not these rules
    #[arg(long, value_name = "RULES", value_delimiter = ',', help_heading = "Rules")]
    pub ignore: Vec<String>,
    /// The pedantic rules too
    #[arg(long, help_heading = "Rules")]
    pub pedantic: bool,
    /// Leave out what is milder
    #[arg(long, value_parser = severity, value_name = "SEVERITY", help_heading = "Rules")]
    pub min_severity: Option<Severity>,
    /// Leave out what is less sure
    #[arg(long, value_parser = certainty, value_name = "CERTAINTY", help_heading = "Rules")]
    pub min_certainty: Option<Certainty>,
    /// Exit with 1 from this severity on
    #[arg(long, value_enum, value_name = "SEVERITY", help_heading = "Rules")]
    pub fail_on: Option<FailOnArg>,
    /// Exit with 0 whatever is found
    #[arg(long, conflicts_with = "fail_on", help_heading = "Rules")]
    pub exit_zero: bool,
    /// Report only what this file, written by `layerlint baseline`, does not know
    #[arg(long, value_name = "FILE", help_heading = "Rules")]
    pub baseline: Option<PathBuf>,
    /// Disregard the ignores of the configuration
    #[arg(long, help_heading = "Rules")]
    pub no_ignores: bool,

    /// How to print the report
    #[arg(long, short = 'f', value_parser = format, value_name = "NAME", help_heading = "Output")]
    pub format: Option<Format>,
    /// Another report, to stdout or into a file (repeatable)
    #[arg(long, value_name = "NAME[=FILE]", help_heading = "Output")]
    pub output: Vec<String>,
    /// When to use colour
    #[arg(long, value_enum, value_name = "WHEN", help_heading = "Output")]
    pub color: Option<ColorChoice>,
    /// Show no progress
    #[arg(long, help_heading = "Output")]
    pub no_progress: bool,
    /// Say what was taken and how long it took
    #[arg(long, short, action = ArgAction::Count, help_heading = "Output")]
    pub verbose: u8,
    /// Say nothing but the report
    #[arg(long, short, help_heading = "Output")]
    pub quiet: bool,

    /// The configuration to use
    #[arg(long, value_name = "FILE", env = "LAYERLINT_CONFIG", hide_env = true, help_heading = "Run")]
    pub config: Option<PathBuf>,
    /// Use no configuration
    #[arg(long, conflicts_with = "config", help_heading = "Run")]
    pub isolated: bool,
    /// The day to compare dates with, for reproducible runs
    #[arg(long, value_name = "DATE", help_heading = "Run")]
    pub as_of: Option<jiff::civil::Date>,
    /// Do one part of the work, counted from 1; `auto` asks the array job. `layerlint merge` makes one report of all
    #[arg(long, value_name = "I/N", help_heading = "Run")]
    pub shard: Option<String>,
    /// How many threads
    #[arg(long, short, value_name = "N", help_heading = "Run")]
    pub jobs: Option<usize>,
    /// Keep what packages are found to be in this folder, and do not inflate what it knows
    #[arg(long, value_name = "FOLDER", env = "LAYERLINT_CACHE", hide_env = true, help_heading = "Run")]
    pub cache: Option<PathBuf>,
    /// Inflate every entry and check it, whether or not a rule looks at it
    #[arg(long, help_heading = "Run")]
    pub verify: bool,
    /// Raise or lower a limit of reading hostile packages
    #[arg(long, value_name = "NAME=VALUE", value_parser = key_value, help_heading = "Run")]
    pub limit: Vec<(String, String)>,
    /// The account that owns the layers
    #[arg(long, value_name = "ID", help_heading = "Run")]
    pub account: Option<String>,
}

/// The version, and how old each table of knowledge is.
fn long_version() -> String {
    let tables: String = TABLES.iter().map(|(name, day)| format!("\n{name} as of {day}")).collect();
    format!("{}{tables}", env!("CARGO_PKG_VERSION"))
}

fn key_value(text: &str) -> Result<(String, String), String> {
    text.split_once('=')
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .ok_or_else(|| "has to be NAME=VALUE".to_owned())
}

fn severity(text: &str) -> Result<Severity, String> {
    [Severity::Error, Severity::Warning, Severity::Info]
        .into_iter()
        .find(|one| one.as_str() == text)
        .ok_or_else(|| "has to be error, warning or info".to_owned())
}

fn certainty(text: &str) -> Result<Certainty, String> {
    [Certainty::Certain, Certainty::Likely, Certainty::Advice]
        .into_iter()
        .find(|one| one.as_str() == text)
        .ok_or_else(|| "has to be certain, likely or advice".to_owned())
}

fn format(text: &str) -> Result<Format, String> {
    Format::parse(text).ok_or_else(|| format!("has to be one of {}", Format::NAMES.join(", ")))
}
