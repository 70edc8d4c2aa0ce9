//! A package opened and inspected: facts only.

use std::sync::{Arc, OnceLock};

use crate::{
    archive::{anomaly::Anomaly, archive::Archive, entry::Entry},
    data::{
        ballast::{self, BallastKind},
        runtimes::Runtime,
    },
    input::project::{Role, RuntimeRef},
    inspect::inventory::Inventory,
    model::{
        architecture::Architecture,
        entry_path::EntryPath,
        place::{PackageLabel, Place, SourceSpan},
    },
};

use super::layout::Group;

/// How a package's role is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoleBy {
    /// The configuration or the command line says it.
    Declared,
    /// Its content looks like it.
    Content,
}

/// A layer or a function package.
#[derive(Debug)]
pub struct Package {
    /// How findings name it.
    pub label: Arc<PackageLabel>,
    /// What it is used as.
    pub role: Role,
    /// How that is known.
    pub role_by: RoleBy,
    /// Its entries.
    pub archive: Archive,
    /// What its content was found to be.
    pub inventory: Inventory,
    /// Archives inside of it, each as a package of its own for the rules that look at archives.
    pub nested: Vec<Self>,
    /// The entry that it is, where it is inside of another: `java/lib/a.jar`.
    pub inside: Option<EntryPath>,
    /// The runtimes it is declared for, known and unknown ones.
    pub compatible_runtimes: Vec<RuntimeRef>,
    /// The architectures it is declared for.
    pub compatible_architectures: Vec<Architecture>,
    /// The line that declares it.
    pub declared_at: Option<SourceSpan>,
    /// Installed packages by the folder they lie in, looked for when first asked for.
    pub groups: OnceLock<Vec<Group>>,
    /// Files that do nothing when a function runs, looked for when first asked for.
    pub ballast: OnceLock<Vec<(usize, BallastKind)>>,
}

impl Package {
    /// The place of the package as a whole.
    pub fn place(&self) -> Place {
        let place = match &self.inside {
            Some(outer) => Place::entry(&self.label, outer.clone()),
            None => Place::package(&self.label),
        };
        place.declared_at(self.declared_at.as_ref())
    }

    /// The place of one entry, by its index.
    pub fn entry_place(&self, index: usize) -> Place {
        let Some(entry) = self.entry(index) else { return self.place() };
        let path = match &self.inside {
            Some(outer) => outer.inner(&entry.path),
            None => entry.path.clone(),
        };
        Place::entry(&self.label, path).declared_at(self.declared_at.as_ref())
    }

    /// The entry of an index.
    pub fn entry(&self, index: usize) -> Option<&Entry> {
        self.archive.entries().get(index)
    }

    /// The regular files with their indices.
    pub fn files(&self) -> impl Iterator<Item = (usize, &Entry)> {
        self.archive.entries().iter().enumerate().filter(|(_, entry)| entry.is_file())
    }

    /// Files that do nothing when a function runs, by their index. Several rules ask, each for one kind.
    pub fn ballast(&self) -> &[(usize, BallastKind)] {
        self.ballast.get_or_init(|| {
            let kind = |path: &str| ballast::kind_of(below_packages(path));
            self.files().filter_map(|(index, entry)| Some((index, kind(entry.path.as_str())?))).collect()
        })
    }

    /// The known runtimes that it is declared for.
    pub fn runtimes(&self) -> impl Iterator<Item = &'static Runtime> {
        self.compatible_runtimes.iter().filter_map(|one| one.runtime)
    }

    /// Whether it is a layer.
    pub fn is_layer(&self) -> bool {
        self.role == Role::Layer
    }

    /// What is wrong with its structure and with the entries that were read.
    pub fn anomalies(&self) -> impl Iterator<Item = &Anomaly> {
        self.archive.anomalies().iter().chain(&self.inventory.anomalies)
    }

    /// The absolute path that Lambda gives an entry: `/opt/python/x.py`.
    pub fn mounted(&self, path: &str) -> String {
        format!("{}/{path}", self.role.mount())
    }
}

/// What remains of a path below the folder that packages are installed in.
fn below_packages(path: &str) -> &str {
    const FOLDERS: [&str; 3] = ["site-packages/", "node_modules/", "python/"];
    FOLDERS.iter().find_map(|folder| path.rsplit_once(folder).map(|(_, rest)| rest)).unwrap_or(path)
}
