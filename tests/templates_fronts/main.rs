//! Answers of the AWS CLI, cloud assemblies of the CDK and services of the Serverless Framework, run through the program.

#![allow(
    clippy::pedantic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a fault of a test is a panic"
)]

mod apps;
mod aws_cli;
mod cdk;
mod hostile;
mod serverless;
#[path = "../support/mod.rs"]
mod support;

use std::{fs, path::Path};

use serde_json::Value;
use support::repository::{fed as layerlint, found, json_fed as report};

/// `rule file:line package function` of every finding.
fn findings(folder: &Path, args: &[&str], stdin: &str) -> Vec<String> {
    found(&report(folder, args, stdin))
}

fn has(found: &[String], wanted: &str) {
    assert!(found.iter().any(|one| one == wanted), "{wanted}\n{found:#?}");
}

fn has_no(found: &[String], rule: &str) {
    assert!(!found.iter().any(|one| one.starts_with(rule)), "{rule}\n{found:#?}");
}

fn not_analysed(report: &Value) -> String {
    report["not_analysed"].to_string()
}

fn write(path: &Path, value: &Value) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, serde_json::to_string_pretty(value).unwrap()).unwrap();
}
