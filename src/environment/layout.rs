//! Where a layer's packages lie against where a runtime looks: the queries behind `layout/*`.

use std::collections::{BTreeMap, HashSet};

use crate::{
    data::{
        runtimes::Family,
        search_paths::{self, Holds, Root},
    },
    inspect::inventory::Ecosystem,
};

use super::{deployment::Deployment, package::Package};

/// Names of folders that never are a Python package: a distribution below one of them was put in the wrong place.
const PYTHON_PLACES: [&str; 10] = [
    "python",
    "site-packages",
    "dist-packages",
    "lib",
    "lib64",
    "Lib",
    "venv",
    ".venv",
    "env",
    "node_modules",
];

/// Top folders of a layer that language packages have no business in, whatever they hold.
const OTHER_TOPS: [&str; 8] = ["bin", "lib", "extensions", "share", "etc", "include", "man", "src"];

/// Installed packages that lie in one folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Whose packages they are.
    pub family: Family,
    /// The folder they lie in, relative to the root of the layer.
    pub folder: String,
    /// Entries that show it, one a package.
    pub entries: Vec<usize>,
    /// Names of some of the packages.
    pub names: Vec<String>,
}

/// Groups of installed packages of a layer, by family and folder. Packages vendored inside others are left out. No target matters here,
/// so they are looked for once.
pub fn groups(package: &Package) -> &[Group] {
    package.groups.get_or_init(|| find_groups(package))
}

fn find_groups(package: &Package) -> Vec<Group> {
    let mut groups: BTreeMap<(Family, String), Group> = BTreeMap::new();
    let mut known: HashSet<(Family, String, String)> = HashSet::new();
    for (family, folder, name, entry) in python(package).into_iter().chain(others(package)) {
        if !known.insert((family, folder.clone(), name.clone())) {
            continue;
        }
        let key = (family, folder.clone());
        let group = groups.entry(key).or_insert_with(|| Group {
            family,
            folder,
            entries: Vec::new(),
            names: Vec::new(),
        });
        group.names.push(name);
        group.entries.push(entry);
    }
    groups.into_values().collect()
}

type Found = (Family, String, String, usize);

fn python(package: &Package) -> Vec<Found> {
    let known: Vec<Found> = package
        .inventory
        .distributions
        .iter()
        .filter(|one| one.ecosystem == Ecosystem::Python && !is_vendored(&one.folder))
        .map(|one| (Family::Python, one.folder.clone(), one.name.clone(), one.metadata))
        .collect();
    if known.is_empty() { bare_python(package) } else { known }
}

/// Whether a folder of distributions lies inside an importable package: `python/setuptools/_vendor`.
fn is_vendored(folder: &str) -> bool {
    let place = |part: &str| {
        PYTHON_PLACES.contains(&part)
            || part.strip_prefix("python3").is_some()
            || part.eq_ignore_ascii_case("python")
    };
    let mut parts = folder.split('/').filter(|part| !part.is_empty()).skip(1);
    parts.any(|part| !place(part))
}

/// Python sources without any metadata, by the folder that they would be imported from.
fn bare_python(package: &Package) -> Vec<Found> {
    let mut found = Vec::new();
    for (index, entry) in package.files().filter(|(_, entry)| entry.path.as_str().ends_with(".py")) {
        let path = entry.path.as_str();
        if OTHER_TOPS.contains(&entry.path.top()) || path.contains("node_modules/") || path.contains('\\') {
            continue;
        }
        let parts: Vec<&str> = path.split('/').collect();
        // the folder is the longest beginning of names that are places, the package is what follows
        let places = parts
            .iter()
            .take_while(|part| is_vendored_place(part))
            .count()
            .min(parts.len().saturating_sub(1));
        let folder = parts.get(..places).unwrap_or_default().join("/");
        let name = parts.get(places).copied().unwrap_or_default().trim_end_matches(".py").to_owned();
        found.push((Family::Python, folder, name, index));
    }
    found
}

fn is_vendored_place(part: &str) -> bool {
    PYTHON_PLACES.contains(&part) || part.starts_with("python3.") || part.eq_ignore_ascii_case("python")
}

/// npm packages, jars and gems.
fn others(package: &Package) -> Vec<Found> {
    package.files().filter_map(|(index, entry)| other(entry.path.as_str(), index)).collect()
}

fn other(path: &str, index: usize) -> Option<Found> {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    if name == "package.json" {
        return node(path, index);
    }
    if name.ends_with(".jar")
        && name.len() > 4
        && !path.contains("node_modules/")
        && !path.starts_with("python/")
    {
        return Some((Family::Java, folder.to_owned(), name.to_owned(), index));
    }
    if name.ends_with(".gemspec") && (folder == "specifications" || folder.ends_with("/specifications")) {
        let root = folder.strip_suffix("specifications")?.trim_end_matches('/');
        return Some((Family::Ruby, root.to_owned(), name.trim_end_matches(".gemspec").to_owned(), index));
    }
    None
}

/// An npm package outside of any other; `nodejs/zod/package.json` without `node_modules` counts as lying in `nodejs`.
fn node(path: &str, index: usize) -> Option<Found> {
    let folder = path.strip_suffix("/package.json")?;
    let (before, after) = match folder.split_once("node_modules/") {
        Some((before, after)) if before.is_empty() || before.ends_with('/') => (Some(before), after),
        _ => (None, folder),
    };
    let name = match after.split('/').collect::<Vec<_>>().as_slice() {
        [scope, name, ..] if scope.starts_with('@') => format!("{scope}/{name}"),
        [name, ..] => (*name).to_owned(),
        [] => return None,
    };
    match before {
        Some(before) if is_node_place(before) => {
            Some((Family::Nodejs, format!("{before}node_modules"), name, index))
        }
        Some(_) => None,
        None => {
            let name = folder
                .strip_prefix("nodejs/")
                .filter(|name| !name.contains('/') && !name.starts_with("node"))?;
            Some((Family::Nodejs, "nodejs".to_owned(), name.to_owned(), index))
        }
    }
}

/// Whether what stands before `node_modules/` is a place for packages, not a package that brings its own.
fn is_node_place(before: &str) -> bool {
    let mut parts = before.split('/').filter(|part| !part.is_empty());
    parts.all(|part| part.to_ascii_lowercase().starts_with("node") || part == "lib" || part == "layer")
}

/// What a group's folder means for a deployment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// The runtime looks there.
    Reachable,
    /// It would look there if it were of another version: `python/lib/python3.11/site-packages`.
    OtherVersion,
    /// No runtime looks there.
    Unreachable,
    /// The runtime is of another language.
    OtherLanguage,
}

impl Deployment<'_> {
    /// What a folder means for this deployment's runtime. Without a runtime every version of the language counts.
    pub fn standing(&self, group: &Group) -> Standing {
        if self.extra_folders.contains(&group.folder) {
            return Standing::Reachable;
        }
        let any_version =
            || search_folders(group.family).iter().any(|pattern| is_version_of(&group.folder, pattern));
        match self.runtime {
            Some(runtime) if runtime.family != group.family => match runtime.family {
                Family::Provided | Family::Custom | Family::Go => Standing::Reachable,
                _ => Standing::OtherLanguage,
            },
            Some(runtime) => {
                let holds = holds_of(group.family);
                let is_added = || group.family == Family::Python && self.may_add(Root::Opt, &group.folder);
                if search_paths::layer_folders(holds, runtime).contains(&group.folder) || is_added() {
                    Standing::Reachable
                } else if any_version() {
                    Standing::OtherVersion
                } else {
                    Standing::Unreachable
                }
            }
            None if any_version() => Standing::Reachable,
            None => Standing::Unreachable,
        }
    }

    /// Whether an environment variable of a user puts a folder of the layer on a search path: then nothing is said about places.
    pub fn has_own_search_paths(&self) -> bool {
        !self.extra_folders.is_empty()
    }

    /// Where packages of a family belong in a layer.
    pub fn home_of(&self, family: Family) -> String {
        let own = self.runtime.filter(|runtime| runtime.family == family);
        let folders =
            own.map(|runtime| search_paths::layer_folders(holds_of(family), runtime)).unwrap_or_default();
        let fallback = search_paths::language_folder(family).unwrap_or_default();
        folders
            .into_iter()
            .find(|folder| folder == fallback || folder.starts_with("ruby/gems/"))
            .unwrap_or_else(|| fallback.to_owned())
    }
}

fn holds_of(family: Family) -> Holds {
    match family {
        Family::Python => Holds::PythonModules,
        Family::Nodejs => Holds::NodeModules,
        Family::Java => Holds::Jars,
        Family::Ruby => Holds::Gems,
        Family::Dotnet => Holds::Assemblies,
        Family::Go | Family::Provided | Family::Custom => Holds::Bootstrap,
    }
}

/// The folders of a layer that runtimes of a family search, with their versions left open.
fn search_folders(family: Family) -> Vec<String> {
    search_paths::patterns(family, Root::Opt, holds_of(family))
}

/// Whether a folder is a pattern with some version filled in: `python/lib/python3.9/site-packages`.
fn is_version_of(folder: &str, pattern: &str) -> bool {
    match pattern.split_once('{') {
        None => folder == pattern,
        Some((before, rest)) => {
            let after = rest.split_once('}').map_or("", |(_, after)| after);
            let version = folder.strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
            version.is_some_and(|version| {
                !version.is_empty() && version.chars().all(|c| c.is_ascii_digit() || c == '.' || c == 'x')
            })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_told_from_other_folders() {
        let pattern = "python/lib/python{python}/site-packages";
        assert!(is_version_of("python/lib/python3.9/site-packages", pattern));
        assert!(!is_version_of("python/lib/python/site-packages", pattern));
        assert!(!is_version_of("python/lib/pythonx/y/site-packages", pattern));
        assert!(is_version_of("python", "python"));
    }

    #[test]
    fn vendored_distributions_are_told_from_misplaced_ones() {
        for (folder, vendored) in [
            ("python", false),
            ("", false),
            ("python/python", false),
            ("python/lib/python3.11/site-packages", false),
            (".venv/lib/python3.12/site-packages", false),
            ("python/setuptools/_vendor", true),
            ("python/pip/_vendor", true),
        ] {
            assert_eq!(is_vendored(folder), vendored, "{folder}");
        }
    }

    #[test]
    fn npm_packages_are_grouped_by_the_outermost_folder() {
        let of = |path: &str| node(path, 0).map(|(_, folder, name, _)| (folder, name));
        let some = |folder: &str, name: &str| Some((folder.to_owned(), name.to_owned()));
        assert_eq!(of("nodejs/node_modules/a/node_modules/b/package.json"), some("nodejs/node_modules", "a"));
        assert_eq!(of("node_modules/@s/a/package.json"), some("node_modules", "@s/a"));
        assert_eq!(of("nodejs/node18/node_modules/a/package.json"), some("nodejs/node18/node_modules", "a"));
        assert_eq!(of("nodejs/zod/package.json"), some("nodejs", "zod"));
        assert_eq!(of("nodejs/package.json"), None);
        assert_eq!(of("python/notebook/node_modules/a/package.json"), None);
    }
}
