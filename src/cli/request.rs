//! What the arguments mean: decided once, so that nothing later asks the clock, the terminal or the environment.

use std::{
    io::IsTerminal,
    path::{Path, PathBuf},
};

use crate::{
    archive::limits::Limits,
    check::{Options, PACKAGES_AT_ONCE},
    data::runtimes,
    input::{
        adhoc::AdHoc,
        baseline, discover,
        error::UsageError,
        manifest::ManifestFile,
        project::{PolicyContent, PolicyFile, Project, Role},
        quantity::parse_bytes,
        resolve, shard,
        templates::{self, Answers},
    },
    model::{
        place::SourceSpan,
        settings::{Settings, Written},
        severity::{Certainty, Severity},
        text::SafeText,
    },
    output::{Format, Style},
    triage::report::FailOn,
};

use super::args::{CheckArgs, ColorChoice, FailOnArg, RoleArg};

/// One run of `check`.
#[derive(Debug)]
pub struct Request {
    /// What to look at.
    pub project: Project,
    /// How to look.
    pub options: Options,
    /// Reports to write, in this order.
    pub outputs: Vec<Output>,
    /// Whether to show progress.
    pub progress: bool,
    /// 0 says nothing beside the reports, 1 says what was taken when nobody named it, 2 says more.
    pub verbosity: u8,
}

/// One report.
#[derive(Clone, Debug)]
pub struct Output {
    /// How.
    pub format: Format,
    /// Where to; nothing means standard output.
    pub file: Option<PathBuf>,
    /// Colour and width.
    pub style: Style,
}

/// Reads the arguments together with the configuration that they lead to.
pub fn request(args: &CheckArgs) -> Result<Request, UsageError> {
    if let Some(jobs) = args.jobs {
        // a second call in one process keeps the first pool; only tests do that
        let _ = rayon::ThreadPoolBuilder::new().num_threads(jobs).build_global();
    }
    let mut project = project(args)?;
    apply_rules(args, &mut project);
    project.settings.baseline = args.baseline.as_deref().map(baseline::read).transpose()?;
    let outputs = outputs(&Wanted::of(args))?;
    let breakdown = outputs.iter().any(|output| output.format == Format::Html);
    Ok(Request {
        options: Options { breakdown, ..options(args, &project.settings)? },
        outputs,
        progress: !args.no_progress && !args.quiet && std::io::stderr().is_terminal(),
        verbosity: if args.quiet { 0 } else { args.verbose.saturating_add(1) },
        project,
    })
}

/// The limits of the configuration, and those of the command line over them.
fn limits(written: &[(String, String)], settings: &Settings) -> Result<Limits, UsageError> {
    let mut limits = Limits::default();
    let no_limit = |name: &str| {
        UsageError::new(format!("no limit `{name}`"))
            .help(format!("limits are {}", Limits::names().collect::<Vec<_>>().join(", ")))
    };
    for limit in &settings.limits {
        if !limits.set(&limit.name.text, limit.value) {
            return Err(at(no_limit(&limit.name.text), limit.name.at.as_ref(), settings));
        }
    }
    for (name, value) in written {
        let number = parse_bytes(value)
            .ok_or_else(|| UsageError::new(format!("`{value}` is not a number or a size")))?;
        if !limits.set(name, number) {
            return Err(no_limit(name));
        }
    }
    Ok(limits)
}

/// A fault with the line of the configuration that it is about.
fn at(error: UsageError, span: Option<&SourceSpan>, settings: &Settings) -> UsageError {
    let text = span.and_then(|span| Some((span, settings.sources.get(span.file.as_str())?)));
    match text {
        Some((span, text)) => {
            let range = span.offset..span.offset.saturating_add(span.length);
            error.in_text(span.file.as_str(), text, range, "here")
        }
        None => error,
    }
}

fn options(args: &CheckArgs, settings: &Settings) -> Result<Options, UsageError> {
    Ok(Options {
        limits: limits(&args.limit, settings)?,
        today: args.as_of.unwrap_or_else(|| jiff::Zoned::now().date()),
        pedantic: args.pedantic,
        min_severity: args.min_severity.unwrap_or(Severity::Info),
        min_certainty: args.min_certainty.unwrap_or(Certainty::Advice),
        no_ignores: args.no_ignores,
        verify: args.verify,
        breakdown: false,
        shard: args
            .shard
            .as_deref()
            .map(|text| shard::parse(text, |name| std::env::var(name).ok()))
            .transpose()?,
        packages_at_once: PACKAGES_AT_ONCE,
        cache: args.cache.clone(),
        fail_on: fail_on(args.fail_on, args.exit_zero).unwrap_or_default(),
        strict_unresolved: args.strict_unresolved,
    })
}

/// From when on the exit status is 1, where it is said.
pub(super) fn fail_on(from: Option<FailOnArg>, exit_zero: bool) -> Option<FailOn> {
    if exit_zero {
        return Some(FailOn::Never);
    }
    from.map(|from| match from {
        FailOnArg::Error => FailOn::Error,
        FailOnArg::Warning => FailOn::Warning,
        FailOnArg::Info => FailOn::Info,
        FailOnArg::Never => FailOn::Never,
    })
}

/// The reports that are asked for, and how they are dressed.
pub(super) struct Wanted<'a> {
    /// `--format`
    pub(super) format: Option<Format>,
    /// `--output`
    pub(super) output: &'a [String],
    /// `--color`
    pub(super) color: Option<ColorChoice>,
}

impl<'a> Wanted<'a> {
    fn of(args: &'a CheckArgs) -> Self {
        Self { format: args.format, output: &args.output, color: args.color }
    }
}

/// The reports that are to be written.
pub(super) fn outputs(args: &Wanted<'_>) -> Result<Vec<Output>, UsageError> {
    let mut outputs = Vec::new();
    for text in args.output {
        let (name, file) = text
            .split_once('=')
            .map_or((text.as_str(), None), |(name, file)| (name, Some(PathBuf::from(file))));
        let format = Format::parse(name).ok_or_else(|| {
            UsageError::new(format!("no report format `{name}`"))
                .help(format!("formats are {}", Format::NAMES.join(", ")))
        })?;
        outputs.push(Output { format, style: style(args.color, file.is_some()), file });
    }
    if args.format.is_some() || outputs.is_empty() {
        let format = args.format.unwrap_or(Format::Human);
        outputs.insert(0, Output { format, file: None, style: style(args.color, false) });
    }
    if outputs.iter().filter(|output| output.file.is_none()).count() > 1 {
        return Err(UsageError::new("two reports for standard output")
            .help("give one of them a file: --output sarif=layerlint.sarif"));
    }
    Ok(outputs)
}

fn style(wanted: Option<ColorChoice>, to_file: bool) -> Style {
    let color = !to_file && color(wanted.unwrap_or(ColorChoice::Auto));
    let links = color && supports_hyperlinks::on(supports_hyperlinks::Stream::Stdout);
    Style { color, width: 100, links }
}

/// Whether standard output is written in colour.
pub fn color(choice: ColorChoice) -> bool {
    match choice {
        ColorChoice::Always => true,
        ColorChoice::Never => false,
        ColorChoice::Auto => anstream::AutoStream::choice(&std::io::stdout()) != anstream::ColorChoice::Never,
    }
}

fn project(args: &CheckArgs) -> Result<Project, UsageError> {
    check_runtime_names(args)?;
    let Named { manifests, templates, packages } = split(args)?;
    let manifest = match manifests.as_slice() {
        [] => configuration(args)?,
        [one] => ManifestFile::read(one)?,
        _ => return Err(UsageError::new("two configurations in one run").help("run layerlint once for each")),
    };
    let adhoc = adhoc(args, packages);
    let bare =
        adhoc.paths.is_empty() && !adhoc.is_deployment() && args.policies.is_empty() && templates.is_empty();
    let mut project = match &manifest {
        None => Project::default(),
        Some(file) => resolve::resolve(file)?,
    };
    if bare && manifests.is_empty() {
        say_taken(manifest.as_ref(), &mut project);
    } else if manifests.is_empty() {
        keep_only_named(&mut project, &adhoc);
    }
    add_templates(&templates, args, &mut project)?;
    adhoc.add_to(&mut project)?;
    add_policies(args, &mut project);
    if bare && project.packages.is_empty() && project.policies.is_empty() {
        match templates::here() {
            Some(path) => {
                let taken = if path.is_dir() { "*.tf".into() } else { path.to_string_lossy() };
                project.taken.push(SafeText::new(taken));
                templates::add(&path, &answers(args, &project), &mut project)?;
            }
            None => discover_packages(&adhoc, &mut project)?,
        }
    }
    Ok(project)
}

/// What the user says about values that templates leave open.
fn answers(args: &CheckArgs, project: &Project) -> Answers {
    Answers {
        parameters: args.parameters.iter().cloned().collect(),
        region: args.region.clone(),
        account: args.account.clone().or_else(|| project.settings.trust.own_account.clone()),
    }
}

/// Of several templates a broken one does not hide what the others say.
fn add_templates(paths: &[PathBuf], args: &CheckArgs, project: &mut Project) -> Result<(), UsageError> {
    let answers = answers(args, project);
    for path in paths {
        let added = if path == Path::new("-") {
            templates::add_stream(std::io::stdin().lock(), &answers, project)
        } else {
            templates::add(path, &answers, project)
        };
        match added {
            Ok(()) => {}
            Err(error) if args.paths.len() > 1 => project.broken.push(error),
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

fn say_taken(manifest: Option<&ManifestFile>, project: &mut Project) {
    if let Some(file) = manifest.filter(|_| !project.packages.is_empty() || !project.functions.is_empty()) {
        project.taken.push(SafeText::new(format!("configuration {}", file.shown())));
    }
}

/// The configuration that holds where packages are named one by one: `--config`, else the nearest one.
fn configuration(args: &CheckArgs) -> Result<Option<ManifestFile>, UsageError> {
    if args.isolated {
        return Ok(None);
    }
    if let Some(path) = &args.config {
        return ManifestFile::read(path);
    }
    let target = args.paths.first().or(args.function.as_ref()).map_or(Path::new("."), PathBuf::as_path);
    discover::manifest_for(target)
}

/// The paths of the command line by what they are.
#[derive(Default)]
struct Named {
    /// Configurations, or folders that hold one.
    manifests: Vec<PathBuf>,
    /// What describes functions and layers.
    templates: Vec<PathBuf>,
    /// Everything else.
    packages: Vec<PathBuf>,
}

fn split(args: &CheckArgs) -> Result<Named, UsageError> {
    let mut named = Named::default();
    for path in &args.paths {
        let inside = path.join("layerlint.toml");
        if path.extension().is_some_and(|extension| extension == "toml") {
            if !path.is_file() {
                return Err(UsageError::new(format!("cannot read {}: no such file", path.display())));
            }
            named.manifests.push(path.clone());
        } else if inside.is_file() {
            named.manifests.push(inside);
        } else if args.role.is_none() && (path == Path::new("-") || templates::describes(path)) {
            named.templates.push(path.clone());
        } else {
            named.packages.push(path.clone());
        }
    }
    Ok(named)
}

/// With packages named on the command line, the configuration adds what it knows about just these.
fn keep_only_named(project: &mut Project, adhoc: &AdHoc) {
    let same = |one: &Path, two: &Path| match (one.canonicalize(), two.canonicalize()) {
        (Ok(one), Ok(two)) => one == two,
        _ => false,
    };
    let named = |path: &Path| adhoc.paths.iter().any(|one| same(one, path));
    if adhoc.is_deployment() || !project.packages.iter().any(|package| named(&package.path)) {
        // local copies of layers stay: the command line or a template may name them by ARN
        project.packages.retain(|package| package.label.name.starts_with("arn:"));
        project.functions.clear();
        project.policies.clear();
        return;
    }
    let wanted: Vec<bool> = project.packages.iter().map(|package| named(&package.path)).collect();
    let is_wanted =
        |index: Option<usize>| index.and_then(|index| wanted.get(index)).copied().unwrap_or(false);
    project.functions.retain(|function| {
        is_wanted(function.package) || function.layers.iter().any(|layer| is_wanted(layer.package))
    });
    for package in &mut project.packages {
        if let Some(typed) = adhoc.paths.iter().find(|path| same(path, &package.path)) {
            package.path.clone_from(typed);
        }
    }
}

fn adhoc(args: &CheckArgs, paths: Vec<PathBuf>) -> AdHoc {
    AdHoc {
        paths,
        function: args.function.clone(),
        layers: args.layers.clone(),
        runtime: args.runtime.clone(),
        architecture: args.arch.map(Into::into),
        handler: args.handler.clone(),
        environment: args.environment.iter().cloned().collect(),
        compatible_runtimes: args.compatible_runtimes.clone(),
        compatible_architectures: args.compatible_architectures.iter().map(|arch| (*arch).into()).collect(),
        role: args.role.map(|role| match role {
            RoleArg::Layer => Role::Layer,
            RoleArg::Function => Role::Function,
        }),
    }
}

/// A runtime on the command line is a word typed by a person: a wrong one is a mistake to mend, not a finding.
fn check_runtime_names(args: &CheckArgs) -> Result<(), UsageError> {
    for id in args.runtime.iter().chain(&args.compatible_runtimes) {
        if runtimes::find(id).is_none() {
            let usage = UsageError::new(format!("no runtime `{id}`"));
            return Err(match runtimes::nearest(id) {
                Some(near) => usage.help(format!("did you mean `{near}`?")),
                None => usage,
            });
        }
    }
    Ok(())
}

fn add_policies(args: &CheckArgs, project: &mut Project) {
    for path in &args.policies {
        let content = PolicyContent::File(path.clone());
        project.policies.push(PolicyFile { content, kind: None, of: None, declared_at: None });
    }
}

fn discover_packages(adhoc: &AdHoc, project: &mut Project) -> Result<(), UsageError> {
    let found = discover::packages_here();
    if found.is_empty() {
        return Err(UsageError::new("nothing to check: no layerlint.toml and no zip here, in dist/, build/, out/ or layers/")
            .help("name a package: layerlint dist/layer.zip --compatible-runtime python3.12 --compatible-arch x86_64"));
    }
    for path in &found {
        project.taken.push(SafeText::new(path.to_string_lossy()));
    }
    AdHoc { paths: found, ..adhoc.clone() }.add_to(project)
}

fn apply_rules(args: &CheckArgs, project: &mut Project) {
    let typed = |texts: &[String]| -> Vec<Written> {
        texts.iter().map(|text| Written { text: text.clone(), at: None }).collect()
    };
    let rules = &mut project.settings.rules;
    if !args.select.is_empty() {
        rules.select = typed(&args.select);
    }
    rules.extend_select.extend(typed(&args.extend_select));
    rules.ignore.extend(typed(&args.ignore));
    if args.account.is_some() {
        project.settings.trust.own_account.clone_from(&args.account);
    }
}
