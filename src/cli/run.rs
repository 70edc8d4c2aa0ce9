//! Runs what was asked for and gives the exit status.

use std::{
    io::{self, Write},
    path::Path,
    time::Duration,
};

use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use miette::{GraphicalReportHandler, GraphicalTheme};

use crate::{
    check::{breakdown, check, merged, native, selection},
    input::{discover, error::UsageError, manifest, settings},
    model::size::Bytes,
    output::{self, Style, explain, files, json, rules_table},
    rules::pages,
    triage::report::Report,
};

use super::{
    args::{
        BaselineArgs, CheckArgs, Cli, Command, ConfigCommand, NativeArgs, OptArgs, RulesFormat, SizeArgs,
    },
    generate, init, merge,
    request::{self, Output},
};

/// Exit status of a run that could not be made.
const USAGE: u8 = 2;

/// Parses the arguments of this process, runs, prints, and returns the exit status: 0, 1 or 2.
pub fn run() -> u8 {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let wanted = !error.use_stderr();
            let _ = error.print();
            return if wanted { 0 } else { USAGE };
        }
    };
    let done = match cli.command {
        None => check_command(&cli.check),
        Some(Command::Check(args)) => check_command(&args),
        Some(Command::Baseline(args)) => baseline_command(*args),
        Some(Command::Size(args)) => size_command(&args),
        Some(Command::Native(args)) => native_command(&args),
        Some(Command::Opt(args)) => opt_command(&args),
        Some(Command::Merge(args)) => merge::merge(&args),
        Some(Command::Explain { subject, color }) => {
            explain_command(&subject.join(" "), request::color(color))
        }
        Some(Command::Rules { format }) => say(&rules_list(format)),
        Some(Command::Init { force, print }) => init::init(force, print).and_then(|text| say(&text)),
        Some(Command::Completions { shell }) => say(&generate::completions(shell)),
        Some(Command::Man { out }) => manual(out.as_deref()),
        Some(Command::Config { what }) => config_command(what),
    };
    done.unwrap_or_else(|error| {
        complain(&error);
        USAGE
    })
}

fn check_command(args: &CheckArgs) -> Result<u8, UsageError> {
    let mut request = request::request(args)?;
    if request.options.shard.is_some() && !request.project.broken.is_empty() {
        // the whole would be told as if it were whole
        return Err(request.project.broken.swap_remove(0));
    }
    let progress = progress(request.progress);
    let started = std::time::Instant::now();
    let report = check(&request.project, &request.options)?;
    progress.finish_and_clear();
    for output in &request.outputs {
        write(output, &output::render(output.format, &report, output.style))?;
    }
    if request.verbosity > 1 {
        complain_plainly(&timing(&report, started.elapsed()));
    }
    for error in &request.project.broken {
        complain(error);
    }
    Ok(match request.project.broken.as_slice() {
        [] => status(&report, request.options.strict_unresolved),
        _ => USAGE,
    })
}

/// 0 or 1.
pub(super) fn status(report: &Report, strict_unresolved: bool) -> u8 {
    let is_unresolved = strict_unresolved && !report.unresolved.is_empty();
    report.exit_code().max(u8::from(is_unresolved))
}

fn timing(report: &Report, took: Duration) -> String {
    let unzipped: Bytes = report.packages.iter().map(|package| package.unzipped).sum();
    let entries: usize = report.packages.iter().map(|package| package.entries).sum();
    format!(
        "{} packages ({entries} entries, {unzipped} unzipped), {} rules, {} threads: {took:.0?}",
        report.packages.len(),
        report.pages.len(),
        rayon::current_num_threads(),
    )
}

/// Writes a baseline. Findings are what it is for, so they do not make the status 1.
fn baseline_command(args: BaselineArgs) -> Result<u8, UsageError> {
    let BaselineArgs { file, prune, check: mut looked } = args;
    undivided(&looked, "baseline")?;
    if prune && looked.baseline.is_none() {
        looked.baseline = Some(file.clone());
    }
    let request = request::request(&looked)?;
    let report = check(&request.project, &request.options)?;
    files::write_whole(&file, &output::baseline::render(&report, prune))
        .map_err(|cause| UsageError::new(format!("cannot write {}: {cause}", file.display())))?;
    say(&output::baseline::told(&report, prune, &file.to_string_lossy()))
}

fn size_command(args: &SizeArgs) -> Result<u8, UsageError> {
    undivided(&args.check, "size")?;
    let request = request::request(&args.check)?;
    let stacks = breakdown(&request.project, &request.options)?;
    if let Some(file) = &args.html {
        files::write_whole(file, &output::html::size(&stacks))
            .map_err(|cause| UsageError::new(format!("cannot write {}: {cause}", file.display())))?;
    }
    let as_json = args.json || args.check.format == Some(output::Format::Json);
    say(&if as_json { output::size::json(&stacks) } else { output::size::human(&stacks, args.top) })
}

fn native_command(args: &NativeArgs) -> Result<u8, UsageError> {
    undivided(&args.check, "native")?;
    let request = request::request(&args.check)?;
    let tables = native(&request.project, &request.options)?;
    let as_json = args.json || args.check.format == Some(output::Format::Json);
    say(&if as_json { output::native::json(&tables) } else { output::native::human(&tables, args.all) })
}

/// Only `check` shares its work: a baseline of a part would forget the rest.
fn undivided(args: &CheckArgs, command: &str) -> Result<(), UsageError> {
    if args.shard.is_none() {
        return Ok(());
    }
    Err(UsageError::new(format!("layerlint {command} looks at everything: --shard is for `layerlint check`")))
}

fn opt_command(args: &OptArgs) -> Result<u8, UsageError> {
    undivided(&args.check, "opt")?;
    let request = request::request(&args.check)?;
    let mut views = merged(&request.project, &request.options)?;
    let mut only = globset::GlobSetBuilder::new();
    for glob in &args.only {
        only.add(globset::Glob::new(glob).map_err(|error| UsageError::new(format!("--only: {error}")))?);
    }
    let only = only.build().map_err(|error| UsageError::new(format!("--only: {error}")))?;
    if !only.is_empty() {
        for view in &mut views {
            view.files.retain(|file| only.is_match(file.path.as_str()));
        }
    }
    let as_json = args.check.format == Some(output::Format::Json);
    say(&if as_json { output::opt::json(&views) } else { output::opt::human(&views, args.depth) })
}

/// A spinner that appears only on a terminal and only when the run takes longer than half a second.
fn progress(wanted: bool) -> ProgressBar {
    if !wanted {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new_spinner();
    if let Ok(style) = ProgressStyle::with_template("{spinner} reading packages {elapsed}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(500));
    bar
}

/// Writes one report to where it belongs.
pub(super) fn write(output: &Output, text: &str) -> Result<(), UsageError> {
    match &output.file {
        None => say(text).map(drop),
        Some(file) => files::write_whole(file, text)
            .map_err(|cause| UsageError::new(format!("cannot write {}: {cause}", file.display()))),
    }
}

fn manual(folder: Option<&Path>) -> Result<u8, UsageError> {
    match folder {
        Some(folder) => generate::manuals(folder).map(|()| 0),
        None => say(&generate::manual()?),
    }
}

fn config_command(what: ConfigCommand) -> Result<u8, UsageError> {
    match what {
        ConfigCommand::Schema { report: true } => say(&json::schema()),
        ConfigCommand::Schema { report: false } => say(&manifest::schema()),
        ConfigCommand::Show { path } => {
            let file = discover::manifest_for(path.as_deref().unwrap_or(Path::new(".")))?;
            let settings = file.as_ref().map(settings::resolve).transpose()?.unwrap_or_default();
            let selection = selection(&settings, false)?;
            let from = file.map_or("no configuration: the defaults".to_owned(), |file| file.shown());
            say(&output::effective::render(&from, &settings, &selection))
        }
    }
}

fn explain_command(subject: &str, color: bool) -> Result<u8, UsageError> {
    match explain::explain(subject, pages::ALL, Style { color, width: 100, links: false }) {
        Ok(text) => say(&text),
        Err(unknown) => {
            let usage = UsageError::new(format!("no rule and no known error text: {}", unknown.subject));
            Err(match unknown.near {
                Some(near) => usage.help(format!("did you mean `{near}`?")),
                None => usage.help("`layerlint rules` lists all rules"),
            })
        }
    }
}

fn rules_list(format: RulesFormat) -> String {
    match format {
        RulesFormat::Human => rules_table::human(pages::ALL),
        RulesFormat::Json => rules_table::json(pages::ALL),
        RulesFormat::Markdown => rules_table::markdown(pages::ALL),
    }
}

/// Prints to standard output. A reader that went away (`| head`) is no fault.
fn say(text: &str) -> Result<u8, UsageError> {
    let mut out = io::stdout().lock();
    match out.write_all(text.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Ok(0),
        Err(cause) if cause.kind() == io::ErrorKind::BrokenPipe => Ok(0),
        Err(cause) => Err(UsageError::new(format!("cannot write to standard output: {cause}"))),
    }
}

fn complain(error: &UsageError) {
    let color = anstream::AutoStream::choice(&io::stderr()) != anstream::ColorChoice::Never;
    let theme = if color { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let mut text = String::new();
    let handler = GraphicalReportHandler::new_themed(theme).with_links(false).with_width(100);
    if handler.render_report(&mut text, error).is_err() {
        text = format!("{error}\n");
    }
    complain_plainly(text.trim_end());
}

fn complain_plainly(text: &str) {
    let _ = writeln!(io::stderr().lock(), "{text}");
}
