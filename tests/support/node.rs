//! Starts deployments with the Node.js of this machine, laid out as on Lambda below a folder.

#![allow(unreachable_pub, clippy::pedantic, clippy::unwrap_used, reason = "a fault of a test is a panic")]

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use serde::Deserialize;
use zip::ZipArchive;

/// A Node.js of this machine.
#[derive(Clone, Debug)]
pub struct Node {
    pub program: PathBuf,
    pub major: u16,
}

/// How a start ended.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct Outcome {
    pub ok: bool,
    pub code: Option<String>,
    pub message: String,
    #[serde(rename = "type")]
    pub kind: Option<String>,
}

/// `node` on the path, and those that `LAYERLINT_NODES` names, separated by colons.
pub fn all() -> Vec<Node> {
    let named = std::env::var("LAYERLINT_NODES").unwrap_or_default();
    let programs = std::iter::once("node").chain(named.split(':').filter(|one| !one.is_empty()));
    programs.filter_map(|program| Some(Node { program: program.into(), major: major(program)? })).collect()
}

fn major(program: &str) -> Option<u16> {
    let output = Command::new(program).arg("--version").output().ok()?;
    let text = String::from_utf8(output.stdout).ok()?;
    text.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

impl Node {
    /// What Lambda switches off.
    fn flags(&self) -> &'static [&'static str] {
        match self.major {
            ..20 => &[],
            20..22 => &["--no-experimental-require-module"],
            _ => &["--no-experimental-require-module", "--no-experimental-detect-module"],
        }
    }

    /// `NODE_PATH` as the runtime sets it, below a folder.
    fn path(&self, root: &Path) -> String {
        let root = root.display();
        let major = self.major;
        let folders = [
            format!("{root}/opt/nodejs/node{major}/node_modules"),
            format!("{root}/opt/nodejs/node_modules"),
            format!("{root}/var/runtime/node_modules"),
            format!("{root}/var/runtime"),
            format!("{root}/var/task"),
        ];
        folders.join(":")
    }

    /// Starts the handler of a laid-out deployment.
    pub fn start(
        &self,
        root: &Path,
        handler: &str,
        node_path: Option<&str>,
        options: Option<&str>,
    ) -> Outcome {
        let root = root.canonicalize().unwrap();
        let own = node_path.map(|path| {
            path.split(':').map(|one| format!("{}{one}", root.display())).collect::<Vec<_>>().join(":")
        });
        // the service drops its own flag when the function sets this one
        let wants_esm = options.is_some_and(|options| options.contains("--experimental-require-module"));
        let mut command = Command::new(&self.program);
        command
            .args(self.flags().iter().filter(|flag| !(wants_esm && flag.contains("require-module"))))
            .arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/support/node-launcher.mjs"))
            .arg(&root)
            .arg(handler)
            .env_clear()
            .env("NODE_PATH", own.unwrap_or_else(|| self.path(&root)))
            .env("NODE_NO_WARNINGS", "1")
            .stdin(Stdio::null());
        if let Some(options) = options {
            command.env("NODE_OPTIONS", options);
        }
        let output = command.output().unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        text.lines().rev().find_map(|line| serde_json::from_str(line).ok()).unwrap_or_else(|| Outcome {
            message: String::from_utf8_lossy(&output.stderr).into_owned(),
            ..Outcome::default()
        })
    }
}

/// Unpacks a zip into a folder; later ones are laid over earlier ones.
pub fn unpack(zip: &Path, mount: &str, root: &Path) {
    let mut archive = ZipArchive::new(fs::File::open(zip).unwrap()).unwrap();
    let folder = root.join(mount);
    fs::create_dir_all(&folder).unwrap();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).unwrap();
        let path = folder.join(entry.name().unwrap().as_ref());
        if entry.is_dir() {
            fs::create_dir_all(&path).unwrap();
            continue;
        }
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let mut content = Vec::new();
        std::io::Read::read_to_end(&mut entry, &mut content).unwrap();
        let _ = fs::remove_file(&path);
        if entry.unix_mode().is_some_and(|mode| mode & 0o170_000 == 0o120_000) {
            let target = String::from_utf8(content).unwrap();
            let target = if target.starts_with('/') { format!("{}{target}", root.display()) } else { target };
            std::os::unix::fs::symlink(target, &path).unwrap();
        } else {
            fs::write(&path, content).unwrap();
        }
    }
}

/// Stands in for the SDK that the runtime brings.
pub fn lay_out_runtime(root: &Path) {
    for name in ["@aws-sdk/client-s3", "@smithy/types"] {
        let folder = root.join("var/runtime/node_modules").join(name);
        fs::create_dir_all(&folder).unwrap();
        fs::write(folder.join("package.json"), format!("{{\"name\": \"{name}\", \"version\": \"3.0.0\"}}"))
            .unwrap();
        fs::write(folder.join("index.js"), "exports.S3 = class {}").unwrap();
    }
}
