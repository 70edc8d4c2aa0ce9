//! Reads the file that `layerlint baseline` writes.

use std::{collections::BTreeMap, path::Path};

use serde::Deserialize;

use crate::model::{
    baseline::{Baseline, KnownFinding},
    size::Bytes,
};

use super::error::UsageError;

/// The version of the format that is read and written.
pub const VERSION: u32 = 1;

#[derive(Deserialize)]
struct File {
    version: u32,
    #[serde(default)]
    findings: BTreeMap<String, Finding>,
    #[serde(default)]
    packages: BTreeMap<String, Package>,
}

#[derive(Deserialize)]
struct Finding {
    rule: String,
    at: String,
    package: Option<String>,
}

#[derive(Deserialize)]
struct Package {
    unzipped: u64,
}

/// Reads a baseline. A file that is none is a mistake of the request: without it, everything known would be reported again.
pub fn read(path: &Path) -> Result<Baseline, UsageError> {
    let text = std::fs::read_to_string(path).map_err(|cause| {
        UsageError::new(format!("cannot read {}: {cause}", path.display()))
            .help("`layerlint baseline` writes the file")
    })?;
    parse(&text).map_err(|why| UsageError::new(format!("{} is no baseline: {why}", path.display())))
}

fn parse(text: &str) -> Result<Baseline, String> {
    let file: File = serde_json::from_str(text).map_err(|cause| cause.to_string())?;
    if file.version != VERSION {
        return Err(format!("its version is {}, this layerlint reads {VERSION}", file.version));
    }
    let known = |one: Finding| KnownFinding { rule: one.rule, at: one.at, package: one.package };
    Ok(Baseline {
        findings: file.findings.into_iter().map(|(print, one)| (print, known(one))).collect(),
        unzipped: file.packages.into_iter().map(|(name, one)| (name, Bytes(one.unzipped))).collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_baseline_of_another_version_is_refused() {
        assert!(parse(r#"{"version": 2}"#).unwrap_err().contains("version is 2"));
        assert!(parse("[]").is_err());
        assert_eq!(parse(r#"{"version": 1}"#).unwrap(), Baseline::default());
    }
}
