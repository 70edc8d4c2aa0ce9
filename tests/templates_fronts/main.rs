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

use std::{
    fs,
    io::Write,
    path::Path,
    process::{Command, Output, Stdio},
};

use serde_json::Value;

fn layerlint(folder: &Path, args: &[&str], stdin: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_layerlint"))
        .current_dir(folder)
        .env("NO_COLOR", "1")
        .args(args)
        .args(["--as-of", "2026-11-20"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let text = stdin.to_owned();
    let writer = std::thread::spawn(move || input.write_all(text.as_bytes()));
    let output = child.wait_with_output().unwrap();
    drop(writer.join().unwrap());
    output
}

fn report(folder: &Path, args: &[&str], stdin: &str) -> Value {
    let output = layerlint(folder, &[args, &["--format", "json"]].concat(), stdin);
    let told = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {told}"))
}

/// `rule file:line package function` of every finding.
fn findings(folder: &Path, args: &[&str], stdin: &str) -> Vec<String> {
    let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
    let one = |finding: &Value| {
        let location = &finding["location"];
        let at = match &location["file"] {
            Value::String(file) => format!("{file}:{}", location["line"]),
            _ => "-".to_owned(),
        };
        format!(
            "{} {at} {} {}",
            text(&finding["rule"]),
            text(&finding["package"]),
            text(&finding["function"])
        )
    };
    report(folder, args, stdin)["findings"].as_array().unwrap().iter().map(one).collect()
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
