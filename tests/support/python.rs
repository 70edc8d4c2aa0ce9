//! Starts deployments with the Pythons of this machine, laid out as on Lambda below a folder.

#![allow(unreachable_pub, clippy::pedantic, clippy::unwrap_used, reason = "a fault of a test is a panic")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde::Deserialize;

/// A Python of this machine.
#[derive(Clone, Debug)]
pub struct Python {
    pub program: PathBuf,
    pub minor: u16,
    /// Modules that the client has loaded before the handler.
    preloaded: String,
}

/// How a start and the first invocation ended.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Outcome {
    pub ok: bool,
    pub message: String,
    /// The words of an import that failed in the handler.
    pub invoked: Option<String>,
}

/// The newest of each of 3.10 to 3.14: on the path, below pyenv, or named by `LAYERLINT_PYTHONS`, separated by colons.
pub fn all() -> Vec<Python> {
    let named = std::env::var("LAYERLINT_PYTHONS").unwrap_or_default();
    let mut programs: Vec<PathBuf> =
        named.split(':').filter(|one| !one.is_empty()).map(PathBuf::from).collect();
    programs.extend((10..15).map(|minor| PathBuf::from(format!("python3.{minor}"))));
    programs.extend(of_pyenv());
    let mut found: Vec<Python> = Vec::new();
    for program in programs {
        let Some(minor) = minor(&program).filter(|minor| (10..15).contains(minor)) else { continue };
        if found.iter().all(|one| one.minor != minor) {
            found.push(Python { program, minor, preloaded: preloaded(minor) });
        }
    }
    found.sort_by_key(|one| one.minor);
    found
}

fn of_pyenv() -> Vec<PathBuf> {
    let home = std::env::var_os("HOME").map(|home| Path::new(&home).join(".pyenv"));
    let root = std::env::var_os("PYENV_ROOT").map(PathBuf::from).or(home).unwrap_or_default();
    let versions = fs::read_dir(root.join("versions")).into_iter().flatten().flatten();
    let mut programs: Vec<PathBuf> = versions.map(|one| one.path().join("bin/python")).collect();
    programs.sort();
    programs.reverse();
    programs
}

fn minor(program: &Path) -> Option<u16> {
    let output = Command::new(program)
        .args(["-c", "import sys; print('%d.%d' % sys.version_info[:2])"])
        .stderr(Stdio::null())
        .output()
        .ok()?;
    String::from_utf8(output.stdout).ok()?.trim().strip_prefix("3.")?.parse().ok()
}

fn preloaded(minor: u16) -> String {
    #[derive(Deserialize)]
    struct Table {
        loaded: Vec<String>,
        version: Vec<Version>,
    }
    #[derive(Deserialize)]
    struct Version {
        language: String,
        loaded: Vec<String>,
    }
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules/data/python-client.toml");
    let table: Table = toml::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    let own = table.version.into_iter().find(|one| one.language == format!("3.{minor}"));
    let mut names = table.loaded;
    names.extend(own.into_iter().flat_map(|one| one.loaded));
    names.join(",")
}

impl Python {
    /// Starts the handler of a laid-out deployment, and calls it once.
    pub fn start(&self, root: &Path, handler: &str, python_path: Option<&str>) -> Outcome {
        let root = root.canonicalize().unwrap();
        let task = root.join("var/task");
        fs::create_dir_all(&task).unwrap();
        let output = Command::new(&self.program)
            .arg("-BEsS")
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/python-launcher.py"))
            .arg(&root)
            .args([handler, python_path.unwrap_or_default(), &self.preloaded])
            .env_clear()
            .current_dir(task)
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        text.lines().rev().find_map(|line| serde_json::from_str(line).ok()).unwrap_or_else(|| Outcome {
            message: String::from_utf8_lossy(&output.stderr).into_owned(),
            ..Outcome::default()
        })
    }
}
