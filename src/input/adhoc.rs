//! Packages that only the command line describes.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use crate::{
    data::arn::LayerArn,
    model::{architecture::Architecture, settings::Written, text::SafeText},
};

use super::{
    error::UsageError,
    places::{label, shown},
    project::{Function, FunctionDefaults, LayerRef, PackageSource, Project, Role, RuntimeRef},
};

/// What the command line says about packages.
#[derive(Clone, Debug, Default)]
pub struct AdHoc {
    /// Packages by path.
    pub paths: Vec<PathBuf>,
    /// `--function`.
    pub function: Option<PathBuf>,
    /// `--layer`, in attach order.
    pub layers: Vec<String>,
    /// `--runtime`.
    pub runtime: Option<String>,
    /// `--arch`.
    pub architecture: Option<Architecture>,
    /// `--handler`.
    pub handler: Option<String>,
    /// `--env`.
    pub environment: BTreeMap<String, String>,
    /// `--compatible-runtime`.
    pub compatible_runtimes: Vec<String>,
    /// `--compatible-arch`.
    pub compatible_architectures: Vec<Architecture>,
    /// `--as`.
    pub role: Option<Role>,
}

impl AdHoc {
    /// Whether it describes one deployment (a function with layers).
    pub fn is_deployment(&self) -> bool {
        self.function.is_some() || !self.layers.is_empty()
    }

    /// Adds what it describes to a project.
    pub fn add_to(&self, project: &mut Project) -> Result<(), UsageError> {
        project.defaults = FunctionDefaults {
            runtime: self.runtime.as_deref().map(|runtime| RuntimeRef::new(typed(runtime))),
            architecture: self.architecture,
            handler: self.handler.as_deref().map(typed),
            environment: self.environment.clone(),
        };
        for path in &self.paths {
            self.add_package(path, project)?;
        }
        if self.is_deployment() {
            self.add_deployment(project)?;
        }
        Ok(())
    }

    fn add_package(&self, path: &Path, project: &mut Project) -> Result<(), UsageError> {
        readable(path)?;
        if project.packages.iter().any(|one| one.path == path) {
            return Ok(());
        }
        project.packages.push(self.source(path, self.role));
        Ok(())
    }

    fn add_deployment(&self, project: &mut Project) -> Result<(), UsageError> {
        let package = match &self.function {
            None => None,
            Some(path) => Some(self.index_of(path, Role::Function, project)?),
        };
        let layers =
            self.layers.iter().map(|layer| self.layer_ref(layer, project)).collect::<Result<Vec<_>, _>>()?;
        let name = package
            .and_then(|index| project.packages.get(index))
            .map_or("function", |one| one.label.path.file_name());
        project.functions.push(Function {
            name: SafeText::new(name),
            package,
            runtime: self.runtime.as_deref().map(|runtime| RuntimeRef::new(typed(runtime))),
            architecture: self.architecture.into(),
            handler: self.handler.as_deref().map(typed),
            layers,
            environment: self.environment.clone(),
            ..Function::default()
        });
        Ok(())
    }

    fn layer_ref(&self, layer: &str, project: &mut Project) -> Result<LayerRef, UsageError> {
        if !layer.starts_with("arn:") {
            let package = Some(self.index_of(Path::new(layer), Role::Layer, project)?);
            return Ok(LayerRef { package, ..LayerRef::new(typed(layer)) });
        }
        match LayerArn::parse(layer) {
            Some(arn) if arn.version.is_some() => {
                let package = project.packages.iter().position(|one| *one.label.name == *layer);
                Ok(LayerRef { arn: Some(layer.to_owned()), package, ..LayerRef::new(typed(layer)) })
            }
            _ => Err(UsageError::new(format!("`{layer}` is not a layer version ARN"))
                .help("arn:aws:lambda:REGION:ACCOUNT:layer:NAME:VERSION")),
        }
    }

    fn index_of(&self, path: &Path, role: Role, project: &mut Project) -> Result<usize, UsageError> {
        readable(path)?;
        if let Some(known) =
            project.packages.iter().position(|one| one.path == path && one.role == Some(role))
        {
            return Ok(known);
        }
        project.packages.push(self.source(path, Some(role)));
        Ok(project.packages.len().saturating_sub(1))
    }

    fn source(&self, path: &Path, role: Option<Role>) -> PackageSource {
        let runtimes = or_one(&self.compatible_runtimes, self.runtime.as_ref());
        let architectures = or_one(&self.compatible_architectures, self.architecture.as_ref()).copied();
        PackageSource {
            label: label(shown(path).as_str(), path),
            path: path.to_owned(),
            role,
            compatible_runtimes: runtimes.map(|one| RuntimeRef::new(typed(one))).collect(),
            compatible_architectures: architectures.collect(),
            declared_at: None,
            is_bare: false,
        }
    }
}

/// What is declared for a layer, or else what the function that it is tried with has.
fn or_one<'a, T>(declared: &'a [T], one: Option<&'a T>) -> impl Iterator<Item = &'a T> {
    let fallback = if declared.is_empty() { one } else { None };
    declared.iter().chain(fallback)
}

fn typed(text: &str) -> Written {
    Written { text: text.to_owned(), at: None }
}

fn readable(path: &Path) -> Result<(), UsageError> {
    match std::fs::metadata(path) {
        Ok(_) => Ok(()),
        Err(cause) => Err(UsageError::new(format!("cannot read {}: {cause}", path.display()))),
    }
}
