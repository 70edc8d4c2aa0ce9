//! Repositories as people keep them, in a temporary folder, and the program run in them.

use std::{
    fs,
    io::{Cursor, Write},
    path::Path,
    process::{Command, Output, Stdio},
};

use serde_json::Value;
use tempfile::TempDir;

/// A repository: files by path; a name that ends with `.zip` is a zip with these lines as its entries, `path=text` each.
pub fn repository(files: &[(&str, &str)]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        if path.extension().is_some_and(|extension| extension == "zip") {
            fs::write(path, zip(text)).unwrap();
        } else {
            fs::write(path, text).unwrap();
        }
    }
    folder
}

pub fn zip(lines: &str) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for line in lines.lines() {
        let (path, text) = line.split_once('=').unwrap();
        writer.start_file(path, zip::write::SimpleFileOptions::default().unix_permissions(0o644)).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

pub fn layerlint(folder: &Path, args: &[&str]) -> Output {
    fed(folder, args, "")
}

/// A run with this text as its standard input.
pub fn fed(folder: &Path, args: &[&str], stdin: &str) -> Output {
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

/// `rule file:line package function` of every finding.
pub fn findings(folder: &Path, args: &[&str]) -> Vec<String> {
    found(&json(folder, args))
}

/// The same of a report.
pub fn found(report: &Value) -> Vec<String> {
    let one = |finding: &Value| {
        let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
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
    report["findings"].as_array().unwrap().iter().map(one).collect()
}

pub fn json(folder: &Path, args: &[&str]) -> Value {
    json_fed(folder, args, "")
}

/// The report of a run with this text as its standard input.
pub fn json_fed(folder: &Path, args: &[&str], stdin: &str) -> Value {
    let output = fed(folder, &[args, &["--format", "json"]].concat(), stdin);
    let told = String::from_utf8_lossy(&output.stderr);
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {told}"))
}
