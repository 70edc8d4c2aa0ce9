//! Cloud assemblies of the CDK: `cdk.out` with its stacks, stages and assets.
//!
//! The schema is that of `aws-cdk-lib` (`cloud-assembly-schema`). A template names its content by a hash, which the list of assets turns
//! into a folder; the hash changes with every edit, so reports name content by its construct. Findings stand at the line of the program
//! that made the construct, where the assembly tells it and the file is there.

mod assets;
mod files;
mod stack;
mod traces;

use std::path::{Path, PathBuf};

use crate::input::document::{Document, Located};

use super::{Answers, Artifact, Input, Inventory, artifact::tidy, cloudformation, ignores};
use assets::Assets;
use files::Files;
use stack::Stack;
use traces::Traces;

/// Stages inside of stages.
const DEEPEST: usize = 8;

/// Whether a text is the manifest of an assembly.
pub(super) fn is_manifest(root: Located<'_>) -> bool {
    root.get("version").is_some()
        && root.get("artifacts").is_some_and(|artifacts| {
            artifacts.pairs().take(20).any(|one| kind_of(one.value).is_some_and(is_kind))
        })
}

fn kind_of(artifact: Located<'_>) -> Option<&str> {
    artifact.get("type").and_then(Located::text)
}

fn is_kind(kind: &str) -> bool {
    kind.starts_with("aws:cloudformation:") || kind.starts_with("cdk:")
}

/// The manifest of the assembly in a folder, or of the one that a project has in `cdk.out`.
pub(super) fn manifest_of(folder: &Path) -> Option<PathBuf> {
    let marked = |folder: &Path| folder.join("cdk.out").is_file() && folder.join("manifest.json").is_file();
    if marked(folder) {
        return Some(folder.join("manifest.json"));
    }
    let inner = folder.join("cdk.out");
    marked(&inner).then(|| inner.join("manifest.json"))
}

/// Reads an assembly by its manifest.
pub(super) fn add(document: &Document, input: &Input<'_>, inventory: &mut Inventory<'_>) {
    let files = Files::below(input.folder());
    let first = inventory.packages();
    let mut assembly = Assembly { answers: input.answers, inventory, names: Vec::new(), files };
    assembly.read(document, input.folder(), DEEPEST);
    let names = std::mem::take(&mut assembly.names);
    inventory.rename_assets(first, input.folder(), &names);
}

struct Assembly<'a, 'p> {
    answers: &'a Answers,
    inventory: &'a mut Inventory<'p>,
    /// The names of assets that were seen, with their folders.
    names: Vec<(PathBuf, String)>,
    files: Files,
}

impl Assembly<'_, '_> {
    fn read(&mut self, manifest: &Document, folder: &Path, depth: usize) {
        let Some(artifacts) = manifest.root().and_then(|root| root.get("artifacts")) else { return };
        let assets = Assets::of(artifacts, folder, &mut self.files, self.inventory);
        self.names.extend(assets.names());
        let of = |kind: &'static str| artifacts.pairs().filter(move |one| kind_of(one.value) == Some(kind));
        // stacks first: a layer that stages share has the name that it has outside of them
        for stack in of("aws:cloudformation:stack") {
            self.stack(stack.key, stack.value, folder, &assets);
        }
        for stage in of("cdk:cloud-assembly") {
            self.stage(stage.value, folder, depth);
        }
    }

    /// The assembly of a stage.
    fn stage(&mut self, artifact: Located<'_>, folder: &Path, depth: usize) {
        let name = artifact.at(&["properties", "directoryName"]).and_then(Located::text);
        let (Some(name), Some(left)) = (name, depth.checked_sub(1)) else { return };
        let inner = folder.join(name);
        if let Some(manifest) = self.files.once(&inner.join("manifest.json"), "", self.inventory) {
            self.read(&manifest, &inner, left);
        }
    }

    fn stack(&mut self, id: &str, artifact: Located<'_>, folder: &Path, assets: &Assets) {
        let Some(file) = artifact.at(&["properties", "templateFile"]).and_then(Located::text) else { return };
        let traces = Traces::of(artifact, folder, &mut self.files, self.inventory);
        let name = artifact.get("displayName").and_then(Located::text).unwrap_or(id);
        let answers = answers_of(artifact, self.answers);
        let stack = Stack { name, folder, assets, traces: &traces, scope: "" };
        self.template(&folder.join(file), stack, &answers, DEEPEST);
    }

    /// A template and those that it nests, which are assets of the same assembly.
    fn template(&mut self, path: &Path, stack: Stack<'_>, answers: &Answers, depth: usize) {
        let Some(left) = depth.checked_sub(1) else { return };
        let purpose = format!("{}:{}", stack.name, stack.scope);
        let Some(document) = self.files.once(path, &purpose, self.inventory) else { return };
        self.inventory.show_lines_of(&document);
        let surroundings = stack.around(&document);
        cloudformation::read(&document, &surroundings, answers, self.inventory);
        surroundings.ignores(self.inventory);
        for (path, scope) in stack::nested(&document, &stack) {
            self.template(&path, Stack { scope: &scope, ..stack }, answers, left);
        }
    }
}

/// `aws://ACCOUNT/REGION` of a stack, for what the user did not say.
fn answers_of(artifact: Located<'_>, answers: &Answers) -> Answers {
    let mut answers = answers.clone();
    let environment = artifact.get("environment").and_then(Located::text).unwrap_or_default();
    if let Some((account, region)) = environment.strip_prefix("aws://").and_then(|rest| rest.split_once('/'))
    {
        let known = |text: &str| (!text.starts_with("unknown-")).then(|| text.to_owned());
        answers.account = answers.account.or_else(|| known(account));
        answers.region = answers.region.or_else(|| known(region));
    }
    answers
}
