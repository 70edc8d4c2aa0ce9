//! Where runtimes look, in order.

use std::{collections::BTreeMap, sync::LazyLock};

use serde::Deserialize;

use super::{
    runtimes::{Family, Runtime},
    table,
};

/// The folder that a search path starts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Root {
    /// `/var/task`: the function.
    Task,
    /// `/opt`: the layers.
    Opt,
}

impl Root {
    /// Where it lies in Lambda.
    #[must_use]
    pub const fn mount(self) -> &'static str {
        match self {
            Self::Task => "/var/task",
            Self::Opt => "/opt",
        }
    }

    /// The absolute path of one below it.
    #[must_use]
    pub fn mounted(self, path: &str) -> String {
        let mount = self.mount();
        if path.is_empty() { mount.to_owned() } else { format!("{mount}/{path}") }
    }
}

/// What is looked for in a folder.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Holds {
    /// Python modules and packages.
    PythonModules,
    /// npm packages.
    NodeModules,
    /// Jars, directly in the folder.
    Jars,
    /// Class files in folders of their packages.
    Classes,
    /// Installed gems.
    Gems,
    /// Ruby files.
    RubyFiles,
    /// .NET assemblies.
    Assemblies,
    /// Shared libraries (`LD_LIBRARY_PATH`).
    Libraries,
    /// Programs (`PATH`).
    Programs,
    /// External extensions.
    Extensions,
    /// The `bootstrap` of a custom runtime.
    Bootstrap,
}

/// One folder that is searched.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SearchPath {
    /// Where it starts.
    pub root: Root,
    /// Relative to the root; `""` is the root itself.
    pub folder: String,
    /// What is looked for.
    pub holds: Holds,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Paths {
    #[serde(rename = "source")]
    _source: String,
    #[serde(default)]
    move_to: Option<String>,
    #[serde(rename = "paths")]
    folders: Vec<SearchPath>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Table {
    #[serde(rename = "as-of")]
    _as_of: toml::value::Datetime,
    every: Paths,
    #[serde(flatten)]
    families: BTreeMap<Family, Paths>,
}

static TABLE: LazyLock<Table> =
    LazyLock::new(|| table::parse(include_str!("../../rules/data/search-paths.toml")));

/// The search paths of a runtime, in order, with its version filled in.
pub fn of(runtime: &Runtime) -> Vec<SearchPath> {
    let own = TABLE.families.get(&runtime.family).map(|paths| paths.folders.as_slice()).unwrap_or_default();
    own.iter().chain(&TABLE.every.folders).map(|path| filled(path, runtime)).collect()
}

fn filled(path: &SearchPath, runtime: &Runtime) -> SearchPath {
    let gems = runtime.gem_abi.as_deref().unwrap_or_default();
    let major = runtime.major().map(|major| major.to_string()).unwrap_or_default();
    let folder =
        path.folder.replace("{python}", &runtime.language).replace("{node}", &major).replace("{gems}", gems);
    SearchPath { folder, ..*path }
}

/// The folders of a layer that a runtime searches for one kind of thing, in order.
pub fn layer_folders(holds: Holds, runtime: &Runtime) -> Vec<String> {
    of(runtime)
        .into_iter()
        .filter(|path| path.root == Root::Opt && path.holds == holds)
        .map(|path| path.folder)
        .collect()
}

/// The folders that a family searches below a root for one kind of thing, with the placeholders of versions left in.
pub fn patterns(family: Family, root: Root, holds: Holds) -> Vec<String> {
    let own = TABLE.families.get(&family).map(|paths| paths.folders.as_slice()).unwrap_or_default();
    own.iter()
        .filter(|path| path.root == root && path.holds == holds)
        .map(|path| path.folder.clone())
        .collect()
}

/// The folder of a layer that a family's packages belong in, for the advice to move them there.
pub fn language_folder(family: Family) -> Option<&'static str> {
    TABLE.families.get(&family)?.move_to.as_deref()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::runtimes;

    #[test]
    fn every_runtime_but_a_custom_one_has_a_search_path_of_its_own() {
        for runtime in runtimes::all().iter().filter(|runtime| runtime.family != Family::Custom) {
            assert!(of(runtime).len() > TABLE.every.folders.len(), "{}", runtime.id);
            assert!(of(runtime).iter().all(|path| !path.folder.contains(['{', '}'])), "{}", runtime.id);
        }
    }

    #[test]
    fn versions_are_filled_in() {
        let folders = |id, holds| layer_folders(holds, runtimes::find(id).unwrap());
        assert_eq!(
            folders("python3.12", Holds::PythonModules),
            ["python/lib/python3.12/site-packages", "python"]
        );
        assert_eq!(
            folders("nodejs22.x", Holds::NodeModules),
            ["nodejs/node22/node_modules", "nodejs/node_modules"]
        );
        assert_eq!(folders("ruby3.3", Holds::Gems), ["ruby/gems/3.3.0"]);
        assert_eq!(folders("java21", Holds::Jars), ["java/lib"]);
    }
}
