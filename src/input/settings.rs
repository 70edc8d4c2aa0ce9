//! The parts of a configuration that are not packages: rules, budgets, trust, ignores, with what it extends.

use std::ops::Range;

use jiff::civil::Date;
use toml::{Spanned, Value};

use crate::{
    data::secrets::Patterns,
    model::{
        settings::{
            BudgetMeasure, BudgetSetting, IgnoreSetting, LimitSetting, RuleSettings, Settings, TrustSettings,
            Written,
        },
        severity::Severity,
    },
};

use super::{
    error::UsageError,
    manifest::{IgnoreTable, ManifestFile, PolicyTable},
    places::{shown, span},
    quantity::parse_bytes,
};

/// How many configurations may extend one another: more is a circle or nobody's intention.
const LONGEST_CHAIN: usize = 8;

/// The settings of a file, on top of those of the file that it extends.
pub fn resolve(file: &ManifestFile) -> Result<Settings, UsageError> {
    resolve_chain(file, LONGEST_CHAIN)
}

fn resolve_chain(file: &ManifestFile, left: usize) -> Result<Settings, UsageError> {
    let mut settings = match &file.manifest.extend {
        None => Settings::default(),
        Some(path) => extended(file, path, left)?,
    };
    settings.sources.insert(shown(&file.path).as_str().to_owned(), file.text.clone());
    rules(file, &mut settings.rules)?;
    for (name, value) in &file.manifest.budgets {
        let budget = budget(file, name, value)?;
        settings.budgets.retain(|old| old.measure != budget.measure);
        settings.budgets.push(budget);
    }
    for (name, value) in &file.manifest.limits {
        let limit =
            LimitSetting { name: written(file, name.get_ref(), name.span()), value: size(file, value)? };
        settings.limits.retain(|old| old.name.text != limit.name.text);
        settings.limits.push(limit);
    }
    trust(&file.manifest.policy, &mut settings.trust);
    if let Some(path) = &file.manifest.secrets.patterns {
        settings.secret_patterns = Some(patterns(file, path)?);
    }
    for table in &file.manifest.ignore {
        settings.ignores.push(ignore(file, table)?);
    }
    Ok(settings)
}

/// The text of a file of patterns, after it has proved to be one.
fn patterns(file: &ManifestFile, path: &Spanned<String>) -> Result<String, UsageError> {
    let fault = |why: String| file.fault(path.span(), why, "named here");
    let text = std::fs::read_to_string(file.folder().join(path.get_ref()))
        .map_err(|cause| fault(format!("cannot read {}: {cause}", path.get_ref())))?;
    match Patterns::parse(&text) {
        Ok(_) => Ok(text),
        Err(why) => Err(fault(format!("{} holds no patterns: {why}", path.get_ref()))),
    }
}

fn extended(file: &ManifestFile, path: &Spanned<String>, left: usize) -> Result<Settings, UsageError> {
    let Some(left) = left.checked_sub(1) else {
        return Err(file.fault(
            path.span(),
            "the chain of `extend` does not end",
            "extends itself, or is too long",
        ));
    };
    let target = file.folder().join(path.get_ref());
    if !target.is_file() {
        return Err(file.fault(path.span(), format!("{} is not there", path.get_ref()), "no such file"));
    }
    match ManifestFile::read(&target)? {
        Some(other) => resolve_chain(&other, left),
        None => Ok(Settings::default()),
    }
}

fn rules(file: &ManifestFile, settings: &mut RuleSettings) -> Result<(), UsageError> {
    for (key, value) in &file.manifest.rules {
        let list = match key.get_ref().as_str() {
            "select" => &mut settings.select,
            "extend-select" => &mut settings.extend_select,
            "ignore" => &mut settings.ignore,
            _ => {
                let severity = severity(file, value)?;
                settings.severity.push((written(file, key.get_ref(), key.span()), severity));
                continue;
            }
        };
        *list = names(file, value)?;
    }
    Ok(())
}

fn names(file: &ManifestFile, value: &Spanned<Value>) -> Result<Vec<Written>, UsageError> {
    let fault = || file.fault(value.span(), "a list of rules is a list of strings", "here");
    let list = value.get_ref().as_array().ok_or_else(fault)?;
    list.iter()
        .map(|one| one.as_str().map(|text| written(file, text, value.span())).ok_or_else(fault))
        .collect()
}

/// A name inside a list: its own place where the text shows it, else the list's.
fn written(file: &ManifestFile, text: &str, within: Range<usize>) -> Written {
    let start = file
        .text
        .get(within.clone())
        .and_then(|slice| slice.find(text))
        .map_or(within.start, |at| within.start + at);
    let end = start.saturating_add(text.len());
    Written { text: text.to_owned(), at: Some(file.span(&(start..end))) }
}

fn severity(file: &ManifestFile, value: &Spanned<Value>) -> Result<Severity, UsageError> {
    match value.get_ref().as_str() {
        Some("error") => Ok(Severity::Error),
        Some("warning") => Ok(Severity::Warning),
        Some("info") => Ok(Severity::Info),
        _ => Err(file
            .fault(value.span(), "not a severity", "here")
            .help("a rule takes \"error\", \"warning\" or \"info\"; `ignore = [...]` switches it off")),
    }
}

fn budget(
    file: &ManifestFile,
    name: &Spanned<String>,
    value: &Spanned<Value>,
) -> Result<BudgetSetting, UsageError> {
    let measure = match name.get_ref().as_str() {
        "zipped" => BudgetMeasure::Zipped,
        "unzipped" => BudgetMeasure::Unzipped,
        "growth" => BudgetMeasure::Growth,
        "files" => BudgetMeasure::Files,
        glob if glob.contains(['/', '*', '.']) => BudgetMeasure::Paths(glob.to_owned()),
        other => {
            return Err(file
                .fault(name.span(), format!("no budget `{other}`"), "here")
                .help("budgets are `zipped`, `unzipped`, `growth`, `files`, or a glob over paths such as \"python/pandas/**\""));
        }
    };
    if let BudgetMeasure::Paths(glob) = &measure {
        globset::Glob::new(glob)
            .map_err(|cause| file.fault(name.span(), format!("not a glob: {cause}"), "here"))?;
    }
    Ok(BudgetSetting { measure, limit: size(file, value)?, at: Some(span(file, name)) })
}

/// A number, or a text with its unit.
fn size(file: &ManifestFile, value: &Spanned<Value>) -> Result<u64, UsageError> {
    let size = match value.get_ref() {
        Value::Integer(number) => u64::try_from(*number).ok(),
        Value::String(text) => parse_bytes(text),
        _ => None,
    };
    size.ok_or_else(|| file.fault(value.span(), "not a size", "such as \"240 MB\" or 20000"))
}

fn trust(table: &PolicyTable, settings: &mut TrustSettings) {
    if table.own_account.is_some() {
        settings.own_account.clone_from(&table.own_account);
    }
    settings.accounts.extend(table.trusted_accounts.iter().cloned());
    settings.organizations.extend(table.trusted_organizations.iter().cloned());
    settings.public_layers.extend(table.public_layers.iter().cloned());
}

fn ignore(file: &ManifestFile, table: &IgnoreTable) -> Result<IgnoreSetting, UsageError> {
    if table.reason.get_ref().trim().is_empty() {
        return Err(file.fault(
            table.reason.span(),
            "an ignore needs a reason",
            "say why it is right to ignore it",
        ));
    }
    if let Some(path) = &table.path {
        let glob = path.split_once('!').map_or(path.as_str(), |(_, glob)| glob);
        globset::Glob::new(glob)
            .map_err(|cause| file.fault(table.rule.span(), format!("not a glob: {cause}"), "here"))?;
    }
    Ok(IgnoreSetting {
        rule: Written { text: table.rule.get_ref().clone(), at: Some(span(file, &table.rule)) },
        path: table.path.clone(),
        region: None,
        reason: table.reason.get_ref().clone(),
        until: table.until.as_ref().map(|until| day(file, until)).transpose()?,
    })
}

fn day(file: &ManifestFile, until: &Spanned<toml::value::Datetime>) -> Result<Date, UsageError> {
    let fault = || file.fault(until.span(), "not a day", "such as 2027-03-31");
    let date = until.get_ref().date.ok_or_else(fault)?;
    let (month, day) = (i8::try_from(date.month), i8::try_from(date.day));
    match (i16::try_from(date.year), month, day) {
        (Ok(year), Ok(month), Ok(day)) => Date::new(year, month, day).map_err(|_| fault()),
        _ => Err(fault()),
    }
}
