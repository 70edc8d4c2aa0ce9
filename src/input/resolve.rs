//! From a configuration file as written to the [`Project`] it means.

use std::path::PathBuf;

use toml::Spanned;

use crate::{
    data::arn::LayerArn,
    model::{architecture::Architecture, place::SourceSpan, settings::Written, text::SafeText},
};

use super::{
    error::{UsageError, did_you_mean},
    manifest::{ArnTable, FunctionTable, LayerTable, ManifestFile},
    places::{label, span},
    policy::PolicyKind,
    project::{
        Function, LayerRef, PackageSource, Packaging, PolicyContent, PolicyFile, Project, Role, RuntimeRef,
    },
    settings,
};

/// Resolves one configuration file, and those it extends, into a project.
pub fn resolve(file: &ManifestFile) -> Result<Project, UsageError> {
    let mut resolver = Resolver { file, project: Project::default() };
    resolver.project.settings = settings::resolve(file)?;
    for (alias, table) in &file.manifest.layer {
        resolver.layer(alias, table)?;
    }
    for (arn, table) in &file.manifest.arn {
        resolver.arn(arn, table)?;
    }
    for (name, table) in &file.manifest.function {
        resolver.function(name, table)?;
    }
    for pattern in &file.manifest.policies {
        resolver.policies(pattern)?;
    }
    Ok(resolver.project)
}

struct Resolver<'a> {
    file: &'a ManifestFile,
    project: Project,
}

impl Resolver<'_> {
    fn layer(&mut self, alias: &Spanned<String>, table: &LayerTable) -> Result<(), UsageError> {
        let path = self.locate(&table.path)?;
        let source = PackageSource {
            label: label(alias.get_ref(), &path),
            path,
            role: Some(Role::Layer),
            compatible_runtimes: self.runtimes(&table.compatible_runtimes),
            compatible_architectures: self.architectures(&table.compatible_architectures)?,
            declared_at: Some(self.span(alias)),
            is_bare: false,
        };
        self.project.packages.push(source);
        table.policy.as_ref().map_or(Ok(()), |policy| self.policy(policy, PolicyKind::Layer, alias))
    }

    fn arn(&mut self, arn: &Spanned<String>, table: &ArnTable) -> Result<(), UsageError> {
        self.check_arn(arn)?;
        let path = self.locate(&table.path)?;
        let source = PackageSource {
            label: label(arn.get_ref(), &path),
            path,
            role: Some(Role::Layer),
            compatible_runtimes: self.runtimes(&table.compatible_runtimes),
            compatible_architectures: self.architectures(&table.compatible_architectures)?,
            declared_at: Some(self.span(arn)),
            is_bare: false,
        };
        self.project.packages.push(source);
        Ok(())
    }

    fn check_arn(&self, arn: &Spanned<String>) -> Result<(), UsageError> {
        match LayerArn::parse(arn.get_ref()) {
            Some(parsed) if parsed.version.is_some() => Ok(()),
            Some(_) => {
                Err(self.fault(arn, "a layer is attached by version", "the version number is missing"))
            }
            None => Err(self.fault(
                arn,
                "not a layer version ARN",
                "arn:aws:lambda:REGION:ACCOUNT:layer:NAME:VERSION",
            )),
        }
    }

    fn function(&mut self, name: &Spanned<String>, table: &FunctionTable) -> Result<(), UsageError> {
        let package = table.path.as_ref().map(|path| self.function_package(name, path)).transpose()?;
        let architectures =
            table.architecture.iter().map(|one| self.architecture(one)).collect::<Result<Vec<_>, _>>()?;
        let layers = table.layers.iter().map(|one| self.layer_ref(one)).collect::<Result<Vec<_>, _>>()?;
        let function = Function {
            name: SafeText::new(name.get_ref()),
            package,
            runtime: table.runtime.as_ref().map(|runtime| RuntimeRef::new(self.written(runtime))),
            architecture: architectures.first().copied().into(),
            handler: table.handler.as_ref().map(|handler| self.written(handler)),
            layers,
            environment: table.environment.clone(),
            environment_is_partial: false,
            packaging: Packaging::Zip,
            region: None,
            declared_at: Some(self.span(name)),
        };
        self.project.functions.push(function);
        table.policy.as_ref().map_or(Ok(()), |policy| self.policy(policy, PolicyKind::Function, name))
    }

    /// The files that a glob matches; there has to be one.
    fn policies(&mut self, pattern: &Spanned<String>) -> Result<(), UsageError> {
        let found = super::discover::glob(self.file.folder(), pattern.get_ref())
            .map_err(|cause| self.fault(pattern, format!("not a glob: {cause}"), "here"))?;
        if found.is_empty() {
            return Err(self.fault(pattern, format!("nothing matches {}", pattern.get_ref()), "no file"));
        }
        let declared_at = Some(self.span(pattern));
        self.project.policies.extend(found.into_iter().map(|path| PolicyFile {
            content: PolicyContent::File(path),
            kind: None,
            of: None,
            declared_at: declared_at.clone(),
        }));
        Ok(())
    }

    fn policy(
        &mut self,
        file: &Spanned<String>,
        kind: PolicyKind,
        of: &Spanned<String>,
    ) -> Result<(), UsageError> {
        let path = self.locate(file)?;
        let declared_at = Some(self.span(file));
        let of = Some(of.get_ref().clone());
        self.project.policies.push(PolicyFile {
            content: PolicyContent::File(path),
            kind: Some(kind),
            of,
            declared_at,
        });
        Ok(())
    }

    /// The package of a function. One that several functions share is named by its path, not by one of them.
    fn function_package(
        &mut self,
        name: &Spanned<String>,
        path: &Spanned<String>,
    ) -> Result<usize, UsageError> {
        let written = path.get_ref().clone();
        let path = self.locate(path)?;
        let of_functions = |one: &PackageSource| one.path == path && one.role == Some(Role::Function);
        if let Some(known) = self.project.packages.iter().position(of_functions) {
            if let Some(source) = self.project.packages.get_mut(known) {
                source.label = label(&written, &path);
            }
            return Ok(known);
        }
        let declared_at = Some(self.span(name));
        Ok(self.push(name.get_ref(), path, Role::Function, declared_at))
    }

    /// Adds a package that declares nothing about itself.
    fn push(&mut self, name: &str, path: PathBuf, role: Role, declared_at: Option<SourceSpan>) -> usize {
        self.project.packages.push(PackageSource {
            label: label(name, &path),
            path,
            role: Some(role),
            compatible_runtimes: Vec::new(),
            compatible_architectures: Vec::new(),
            declared_at,
            is_bare: false,
        });
        self.project.packages.len().saturating_sub(1)
    }

    /// An alias, an ARN with or without a local copy, or a path: tried in this order.
    fn layer_ref(&mut self, text: &Spanned<String>) -> Result<LayerRef, UsageError> {
        let written = self.written(text);
        let name = text.get_ref();
        let known = self
            .project
            .packages
            .iter()
            .position(|one| one.role == Some(Role::Layer) && *one.label.name == **name);
        if name.starts_with("arn:") {
            self.check_arn(text)?;
            return Ok(LayerRef { arn: Some(name.clone()), package: known, ..LayerRef::new(written) });
        }
        if known.is_some() {
            let arn = self.file.manifest.layer.get(name.as_str()).and_then(|table| table.arn.as_ref());
            let arn = arn.map(|arn| arn.get_ref().clone());
            return Ok(LayerRef { arn, package: known, ..LayerRef::new(written) });
        }
        let package = self.layer_by_path(text)?;
        Ok(LayerRef { package: Some(package), ..LayerRef::new(written) })
    }

    fn layer_by_path(&mut self, text: &Spanned<String>) -> Result<usize, UsageError> {
        if !text.get_ref().contains(['/', '.', '*']) {
            let aliases: Vec<&str> =
                self.file.manifest.layer.keys().map(|alias| alias.get_ref().as_str()).collect();
            let fault = self.fault(
                text,
                format!("no layer `{}`", text.get_ref()),
                "neither an alias, nor a path, nor an ARN",
            );
            return Err(match did_you_mean(text.get_ref(), aliases) {
                Some(near) => fault.help(format!("did you mean `{near}`?")),
                None => fault,
            });
        }
        let path = self.locate(text)?;
        if let Some(known) =
            self.project.packages.iter().position(|one| one.path == path && one.role == Some(Role::Layer))
        {
            return Ok(known);
        }
        let declared_at = Some(self.span(text));
        Ok(self.push(text.get_ref(), path, Role::Layer, declared_at))
    }

    /// The file or folder that a path of the configuration means. Paths start at the configuration's folder.
    fn locate(&self, text: &Spanned<String>) -> Result<PathBuf, UsageError> {
        let path = self.file.folder().join(text.get_ref());
        if path.exists() {
            return Ok(path);
        }
        if !text.get_ref().contains(['*', '?', '[']) {
            return Err(self.fault(
                text,
                format!("{} is not there", text.get_ref()),
                "no such file or folder",
            ));
        }
        let found = super::discover::glob(self.file.folder(), text.get_ref())
            .map_err(|cause| self.fault(text, format!("not a glob: {cause}"), "here"))?;
        match found.as_slice() {
            [one] => Ok(one.clone()),
            [] => Err(self.fault(text, format!("nothing matches {}", text.get_ref()), "no file or folder")),
            more => Err(self.fault(
                text,
                format!("{} matches {} packages", text.get_ref(), more.len()),
                "has to match one",
            )),
        }
    }

    fn runtimes(&self, texts: &[Spanned<String>]) -> Vec<RuntimeRef> {
        texts.iter().map(|text| RuntimeRef::new(self.written(text))).collect()
    }

    fn architectures(&self, texts: &[Spanned<String>]) -> Result<Vec<Architecture>, UsageError> {
        texts.iter().map(|text| self.architecture(text)).collect()
    }

    fn architecture(&self, text: &Spanned<String>) -> Result<Architecture, UsageError> {
        parse_architecture(text.get_ref()).map_err(|help| {
            self.fault(text, format!("no architecture `{}`", text.get_ref()), "x86_64 or arm64").help(help)
        })
    }

    fn written(&self, text: &Spanned<String>) -> Written {
        Written { text: text.get_ref().clone(), at: Some(self.span(text)) }
    }

    fn span<T>(&self, value: &Spanned<T>) -> SourceSpan {
        span(self.file, value)
    }

    fn fault<T>(&self, value: &Spanned<T>, message: impl AsRef<str>, label: &str) -> UsageError {
        self.file.fault(value.span(), message, label)
    }
}

/// Reads an architecture; the error says which spelling is right for the usual other names.
pub fn parse_architecture(text: &str) -> Result<Architecture, String> {
    Architecture::parse(text).ok_or_else(|| match text.to_ascii_lowercase().as_str() {
        "aarch64" | "arm" | "graviton" | "armv8" => "Lambda calls it `arm64`".to_owned(),
        "amd64" | "x64" | "x86-64" | "intel" => "Lambda calls it `x86_64`".to_owned(),
        _ => "Lambda offers `x86_64` and `arm64`".to_owned(),
    })
}
