//! What front ends put into a project, and the few decisions that all of them share.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use crate::{
    input::{
        document::{Document, veil::covered},
        error::UsageError,
        places::{label, shown},
        policy::{self, PolicyDocument, PolicySource},
        project::{
            Function, LayerRef, LayerVersion, PackageSource, PolicyContent, PolicyFile, Project, Remark,
            RemarkKind, Role, RuntimeRef,
        },
    },
    model::{
        architecture::Architecture,
        finding::{NotAnalysed, Unresolved},
        place::{ReportPath, SourceSpan},
        settings::{IgnoreSetting, Written},
        text::SafeText,
    },
};

use super::Artifact;

/// What a template declares for a layer.
#[derive(Clone, Debug, Default)]
pub(super) struct Declared {
    /// Its runtimes.
    pub(super) runtimes: Vec<RuntimeRef>,
    /// Its architectures.
    pub(super) architectures: Vec<Architecture>,
}

/// A project while it is filled.
#[derive(Debug)]
pub(super) struct Inventory<'p> {
    project: &'p mut Project,
}

impl<'p> Inventory<'p> {
    /// Fills this project.
    pub(super) fn new(project: &'p mut Project) -> Self {
        Self { project }
    }

    /// Keeps the text of a document, so that reports can show its lines.
    pub(super) fn show_lines_of(&mut self, document: &Document) {
        self.project.settings.sources.insert(document.file.as_str().to_owned(), document.text.clone());
    }

    /// The same for a text that is no document.
    pub(super) fn show_text(&mut self, file: &ReportPath, text: &str) {
        self.project.settings.sources.insert(file.as_str().to_owned(), text.to_owned());
    }

    /// Keeps a text whose secrets are covered.
    pub(super) fn show_covered_lines_of(&mut self, document: &Document) {
        let is_json = document.text.trim_start().starts_with(['{', '[']);
        if is_json {
            let text = covered(&document.text);
            self.project.settings.sources.insert(document.file.as_str().to_owned(), text);
        }
    }

    /// The content of a function; functions that share a package share its number. Nothing when it is not here, which is said.
    pub(super) fn function_package(
        &mut self,
        name: &str,
        artifact: Artifact,
        at: Option<SourceSpan>,
    ) -> Option<usize> {
        let (path, is_bare) = match artifact {
            Artifact::Local(path) => (path, false),
            Artifact::SingleFile(path) => (path, true),
            other => return self.missing("function", name, other),
        };
        let of_functions = |one: &PackageSource| {
            one.path == path && one.is_bare == is_bare && one.role == Some(Role::Function)
        };
        if let Some(known) = self.project.packages.iter().position(of_functions) {
            // what several functions share is not named by one of them
            if let Some(source) = self.project.packages.get_mut(known) {
                source.label = label(shown(&path).as_str(), &path);
            }
            return Some(known);
        }
        Some(self.push(PackageSource {
            label: label(name, &path),
            path,
            role: Some(Role::Function),
            compatible_runtimes: Vec::new(),
            compatible_architectures: Vec::new(),
            declared_at: at,
            is_bare,
        }))
    }

    /// The content of a layer. Layers of one content that declare the same, as two stages make them, share its number.
    pub(super) fn layer_package(
        &mut self,
        name: &str,
        artifact: Artifact,
        declared: Declared,
        at: Option<SourceSpan>,
    ) -> Option<usize> {
        let (path, is_bare) = match artifact {
            Artifact::Local(path) => (path, false),
            Artifact::SingleFile(path) => (path, true),
            other => return self.missing("layer", name, other),
        };
        let same = |one: &PackageSource| {
            let runtimes =
                |list: &[RuntimeRef]| list.iter().map(|one| one.written.text.clone()).collect::<Vec<_>>();
            one.path == path
                && one.is_bare == is_bare
                && one.role == Some(Role::Layer)
                && one.compatible_architectures == declared.architectures
                && runtimes(&one.compatible_runtimes) == runtimes(&declared.runtimes)
        };
        if let Some(known) = self.project.packages.iter().position(same) {
            return Some(known);
        }
        Some(self.push(PackageSource {
            label: label(name, &path),
            path,
            role: Some(Role::Layer),
            compatible_runtimes: declared.runtimes,
            compatible_architectures: declared.architectures,
            declared_at: at,
            is_bare,
        }))
    }

    /// How many packages there are.
    pub(super) fn packages(&self) -> usize {
        self.project.packages.len()
    }

    /// Names assets by what made them instead of by the hashes of their content: packages from the given number on, in an assembly's folder.
    pub(super) fn rename_assets(&mut self, first: usize, folder: &Path, names: &[(PathBuf, String)]) {
        for source in self.project.packages.iter_mut().skip(first).filter(|one| is_asset(&one.path)) {
            let hashed = shown(&source.path).to_string();
            let shared = names.iter().find(|(path, _)| shown(path).as_str() == hashed).map(|(_, name)| name);
            let name = match shared {
                Some(shared) if *source.label.name == *hashed => shared.clone(),
                _ => source.label.name.to_string(),
            };
            source.label = label(&name, &folder.join(&name));
        }
    }

    fn push(&mut self, source: PackageSource) -> usize {
        self.project.packages.push(source);
        self.project.packages.len().saturating_sub(1)
    }

    fn missing(&mut self, kind: &str, name: &str, artifact: Artifact) -> Option<usize> {
        if let Artifact::Missing(why) = artifact {
            self.not_analysed(&format!("{kind} {name}"), &why);
        }
        None
    }

    /// Adds a layer version and gives its number.
    pub(super) fn layer(&mut self, layer: LayerVersion) -> usize {
        self.project.layers.push(layer);
        self.project.layers.len().saturating_sub(1)
    }

    /// The numbers of layer versions by their ARNs.
    pub(super) fn layers_by_arn(&self) -> HashMap<String, usize> {
        let layers = self.project.layers.iter().enumerate();
        layers.filter_map(|(number, layer)| Some((layer.arn.clone()?, number))).collect()
    }

    /// Fills in what another answer tells of a layer version.
    pub(super) fn complete_layer(&mut self, number: usize, more: LayerVersion) {
        let Some(layer) = self.project.layers.get_mut(number) else { return };
        if layer.compatible_runtimes.is_empty() {
            layer.compatible_runtimes = more.compatible_runtimes;
        }
        if layer.compatible_architectures.is_empty() {
            layer.compatible_architectures = more.compatible_architectures;
        }
    }

    /// Lets functions that came before a layer version know it.
    pub(super) fn link_layers(&mut self) {
        let numbers = self.layers_by_arn();
        let open = self.project.functions.iter_mut().flat_map(|function| &mut function.layers);
        for layer in open.filter(|layer| layer.version.is_none()) {
            layer.version = layer.arn.as_ref().and_then(|arn| numbers.get(arn)).copied();
        }
    }

    /// The local copy of a layer version.
    pub(super) fn copy_of(&self, arn: &str) -> Option<usize> {
        let is_copy = |one: &PackageSource| one.role == Some(Role::Layer) && *one.label.name == *arn;
        self.project.packages.iter().position(is_copy)
    }

    /// Where a package is.
    pub(super) fn path_of(&self, number: usize) -> Option<&Path> {
        self.project.packages.get(number).map(|one| one.path.as_path())
    }

    /// The reference to a version ARN: its local copy and what the inputs say of it, where there are such.
    pub(super) fn layer_by_arn(&self, written: Written) -> LayerRef {
        let arn = written.text.clone();
        let version = self.project.layers.iter().position(|layer| layer.arn.as_ref() == Some(&arn));
        let package = self.copy_of(&arn);
        LayerRef { arn: Some(arn), package, version, ..LayerRef::new(written) }
    }

    /// The reference to a layer version by its number.
    pub(super) fn layer_by_number(&self, written: Written, number: usize) -> LayerRef {
        let layer = self.project.layers.get(number);
        LayerRef {
            arn: layer.and_then(|layer| layer.arn.clone()),
            package: layer.and_then(|layer| layer.package),
            version: Some(number),
            ..LayerRef::new(written)
        }
    }

    /// Adds a function.
    pub(super) fn function(&mut self, function: Function) {
        self.project.functions.push(function);
    }

    /// Adds a policy and gives it as read. One that cannot be read is told of, and the others count.
    pub(super) fn policy(&mut self, policy: PolicyFile) -> Option<PolicyDocument> {
        let source = match &policy.content {
            PolicyContent::Composed(composed) => PolicySource::composed(composed),
            PolicyContent::Read(read) => PolicySource::read(read),
            PolicyContent::File(_) => {
                self.project.policies.push(policy);
                return None;
            }
        };
        match policy::parse(&PolicySource { kind: policy.kind, ..source }) {
            Ok(document) => {
                self.project.policies.push(policy);
                Some(document)
            }
            Err(error) => {
                self.broken(error);
                None
            }
        }
    }

    /// Keeps an ignore that a template holds.
    pub(super) fn ignore(&mut self, ignore: IgnoreSetting) {
        self.project.settings.ignores.push(ignore);
    }

    /// Keeps something for the rules of `deployment/`.
    pub(super) fn remark(&mut self, kind: RemarkKind, name: &str, at: SourceSpan) {
        self.project.remarks.push(Remark { kind, name: SafeText::new(name), at });
    }

    /// Says that something could not be looked at.
    pub(super) fn not_analysed(&mut self, what: &str, why: &str) {
        self.project.not_analysed.push(NotAnalysed { what: SafeText::new(what), why: SafeText::new(why) });
    }

    /// Says that a value is known to a deployment only.
    pub(super) fn unresolved(&mut self, expression: &str, reason: &str, at: Option<SourceSpan>) {
        self.project.unresolved.push(Unresolved {
            expression: SafeText::new(expression),
            reason: SafeText::new(reason),
            at,
        });
    }

    /// Keeps a fault of one value while others can be read.
    pub(super) fn broken(&mut self, error: UsageError) {
        self.project.broken.push(error);
    }

    /// Says what was taken without being named.
    pub(super) fn took(&mut self, what: &str) {
        self.project.taken.push(SafeText::new(what));
    }
}

/// `asset.<hash>`, or `asset.<hash>.zip`.
fn is_asset(path: &Path) -> bool {
    path.file_name().is_some_and(|name| name.to_string_lossy().starts_with("asset."))
}
