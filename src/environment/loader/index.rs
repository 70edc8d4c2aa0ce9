//! The files that the loader can open, by the path that Lambda gives them.

use std::collections::{BTreeMap, HashMap};

use crate::{
    environment::{
        deployment::{Deployment, root_of},
        load_path::Loadable,
    },
    model::{architecture::Architecture, paths},
};

/// Links that are followed from one to the next.
const MOST_LINKS: usize = 16;

/// ELF files and links of a deployment.
#[derive(Debug, Default)]
pub(super) struct Index<'a> {
    objects: HashMap<String, Loadable<'a>>,
    links: HashMap<String, String>,
    /// By file name and by SONAME, for saying where a library lies that was not found.
    names: BTreeMap<String, Vec<Loadable<'a>>>,
}

impl<'a> Index<'a> {
    pub(super) fn of(deployment: &Deployment<'a>) -> Self {
        let mut index = Self::default();
        for object in deployment.binaries().iter().copied() {
            let Some(elf) = object.elf() else { continue };
            if !fits(&object, deployment.architecture) {
                continue;
            }
            let file_name = object.entry.path.file_name().to_owned();
            if let Some(soname) = elf.soname.clone().filter(|soname| *soname != file_name) {
                index.names.entry(soname).or_default().push(object);
            }
            index.names.entry(file_name).or_default().push(object);
            index.objects.insert(object.mounted(), object);
        }
        for package in deployment.packages() {
            for (entry, target) in &package.inventory.links {
                let Some(path) = package.entry(*entry).map(|entry| entry.path.as_str()) else { continue };
                let stays = deployment
                    .tree(root_of(package.role))
                    .find(path)
                    .is_some_and(|last| std::ptr::eq(last.package, package));
                if stays {
                    let path = package.mounted(path);
                    index.links.insert(path.clone(), joined(&path, target));
                }
            }
        }
        index
    }

    /// The object that opening a path gives. A file for another processor is passed over, as the loader does.
    pub(super) fn open(&self, path: &str) -> Option<Loadable<'a>> {
        let mut path = path.to_owned();
        for _ in 0..MOST_LINKS {
            if let Some(object) = self.objects.get(&path) {
                return Some(*object);
            }
            path = self.links.get(&path)?.clone();
        }
        None
    }

    /// Where a library lies in the packages, whatever the loader thinks of the place.
    pub(super) fn named(&self, library: &str) -> &[Loadable<'a>] {
        self.names.get(library).map(Vec::as_slice).unwrap_or_default()
    }
}

/// Where the architecture is unknown, every one fits.
fn fits(object: &Loadable<'_>, architecture: Option<Architecture>) -> bool {
    object.elf().is_some_and(|elf| elf.is_64 && elf.little_endian)
        && architecture
            .is_none_or(|wanted| object.elf().is_some_and(|elf| elf.machine.architecture() == Some(wanted)))
}

/// The target of a link at `path`, without `.` and `..`.
fn joined(path: &str, target: &str) -> String {
    if target.starts_with('/') {
        return paths::absolute([target]);
    }
    paths::absolute([path.rsplit_once('/').map_or("", |(folder, _)| folder), target])
}
