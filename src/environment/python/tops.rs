//! The top-level modules and packages of each folder of Python's search path.

use std::collections::BTreeMap;

use crate::{
    archive::Scratch,
    data::search_paths::{Holds, SearchPath},
    environment::{deployment::Deployment, filesystem::Provider},
    model::paths::within,
};

/// Words by which an `__init__` lets further folders of its name in.
const JOINERS: [&str; 3] = ["extend_path", "declare_namespace", "__path__"];

/// The longest `__init__` that is read for them.
const LONGEST: usize = 64 << 10;

/// A module or a package with an `__init__`, as it lies in one folder of the search path.
#[derive(Clone, Copy, Debug)]
pub struct Top<'a> {
    /// Its file, or its `__init__`.
    pub file: Provider<'a>,
    /// Whether it is a package.
    pub is_package: bool,
}

impl Top<'_> {
    /// Whether it lets portions of later folders in, or may do so.
    pub fn joins_others(&self) -> bool {
        let mut scratch = Scratch::default();
        let read = self.file.package.archive.read_prefix(self.file.index, LONGEST, &mut scratch);
        self.is_package
            && read.map_or(true, |bytes| {
                let text = String::from_utf8_lossy(bytes);
                JOINERS.iter().any(|word| text.contains(word))
            })
    }
}

/// What lies in one folder of the search path, by name.
#[derive(Debug)]
pub struct PlaceOfTops<'a> {
    /// The folder.
    pub path: SearchPath,
    /// Its modules.
    pub tops: BTreeMap<String, Top<'a>>,
}

impl<'a> Deployment<'a> {
    /// The top-level modules of each folder, in the order of the search path. Folders without an `__init__` hide nothing and are left out.
    pub fn python_tops(&self) -> Vec<PlaceOfTops<'a>> {
        self.paths_of(Holds::PythonModules)
            .into_iter()
            .map(|path| PlaceOfTops { tops: self.tops_in(&path), path })
            .collect()
    }

    fn tops_in(&self, path: &SearchPath) -> BTreeMap<String, Top<'a>> {
        let tree = self.tree(path.root);
        let join = |name: &str| within(&path.folder, name);
        let mut found: BTreeMap<String, Top<'a>> = BTreeMap::new();
        for name in tree.names_in(&path.folder) {
            let module = name.split('.').next().unwrap_or(name);
            if !is_identifier(module) {
                continue;
            }
            let init = || tree.find(&join(&format!("{name}/__init__.py")));
            let top = match name.strip_prefix(module) {
                Some("") => init().map(|file| Top { file, is_package: true }),
                Some(".py") => tree.find(&join(name)).map(|file| Top { file, is_package: false }),
                _ => None,
            };
            // a package comes before a module of its name, and `x` is listed before `x.py`
            if let Some(top) = top.filter(|top| top.file.entry.is_file()) {
                found.entry(module.to_owned()).or_insert(top);
            }
        }
        found
    }
}

fn is_identifier(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(|c: char| c.is_ascii_digit())
        && name.chars().all(|c| c.is_alphanumeric() || c == '_')
}
