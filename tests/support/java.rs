//! Starts deployments with the Java of this machine: small programs are compiled, laid out as on Lambda, and looked up.

#![allow(unreachable_pub, clippy::pedantic, clippy::unwrap_used, reason = "a fault of a test is a panic")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::OnceLock,
};

/// What Lambda's own jar declares, as far as a handler sees it.
const CLIENT: [(&str, &str); 3] = [
    ("Context", "public interface Context {}"),
    (
        "RequestHandler",
        "public interface RequestHandler<I, O> { O handleRequest(I input, Context context); }",
    ),
    (
        "RequestStreamHandler",
        "public interface RequestStreamHandler { void handleRequest(java.io.InputStream in, java.io.OutputStream out, Context context) throws java.io.IOException; }",
    ),
];

/// The launcher and the client, compiled once; nothing on a machine without a compiler.
pub fn launcher() -> Option<&'static Path> {
    static MADE: OnceLock<Option<PathBuf>> = OnceLock::new();
    MADE.get_or_init(|| {
        Command::new("javac").arg("-version").output().ok().filter(|output| output.status.success())?;
        let folder = tempfile::tempdir().unwrap().keep();
        let sources = folder.join("src");
        let package = sources.join("com/amazonaws/services/lambda/runtime");
        fs::create_dir_all(&package).unwrap();
        for (name, text) in CLIENT {
            let text = format!("package com.amazonaws.services.lambda.runtime; {text}");
            fs::write(package.join(format!("{name}.java")), text).unwrap();
        }
        let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/Launcher.java");
        fs::copy(own, sources.join("Launcher.java")).unwrap();
        let out = folder.join("out");
        compile(&sources, &out, &[], 17);
        Some(out)
    })
    .as_deref()
}

/// The release of the Java that starts them.
pub fn release() -> Option<u16> {
    let output = Command::new("java").arg("-version").output().ok()?;
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    text.split('"').nth(1)?.split('.').next()?.parse().ok()
}

/// Compiles all sources below a folder.
pub fn compile(sources: &Path, out: &Path, class_path: &[&Path], release: u16) {
    let mut files = Vec::new();
    walk(sources, &mut files);
    let path: Vec<String> = class_path.iter().map(|one| one.display().to_string()).collect();
    let output = Command::new("javac")
        .args(["--release", &release.to_string(), "-nowarn", "-d"])
        .arg(out)
        .args(["-cp", &path.join(":")])
        .args(files)
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            walk(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// The lines that the launcher prints for handlers of a laid-out deployment.
pub fn start(launcher: &Path, root: &Path, handlers: &[&str]) -> Vec<String> {
    let mut command = Command::new("java");
    command.arg("-cp").arg(launcher).arg("Launcher").arg(root).args(handlers);
    let output = command.output().unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<String> = text.lines().map(str::to_owned).collect();
    assert_eq!(lines.len(), handlers.len(), "{}", String::from_utf8_lossy(&output.stderr));
    lines
}
