//! Search paths that the function's environment sets in place of the runtime's: what they are, and what is lost by them.

use crate::data::{
    runtimes::Family,
    search_paths::{self, Holds, Root, SearchPath},
};

use super::deployment::Deployment;

/// A variable that replaces a search path.
#[derive(Debug)]
struct Variable {
    name: &'static str,
    /// The family that reads it; nothing when all do.
    family: Option<Family>,
    /// What is looked for on the path.
    holds: Holds,
    /// What is looked in first, whatever the variable says.
    kept: Option<&'static str>,
}

/// `PYTHONPATH` keeps the service from putting its folders of `/opt` on the path (published dumps of `bootstrap.py`); the others are
/// the interpreters' and the loader's own.
const VARIABLES: [Variable; 5] = [
    Variable {
        name: "PYTHONPATH",
        family: Some(Family::Python),
        holds: Holds::PythonModules,
        kept: Some(""),
    },
    Variable {
        name: "NODE_PATH",
        family: Some(Family::Nodejs),
        holds: Holds::NodeModules,
        kept: Some("node_modules"),
    },
    Variable { name: "GEM_PATH", family: Some(Family::Ruby), holds: Holds::Gems, kept: None },
    Variable { name: "LD_LIBRARY_PATH", family: None, holds: Holds::Libraries, kept: None },
    Variable { name: "PATH", family: None, holds: Holds::Programs, kept: None },
];

/// A variable that is set, and the folders that are searched no more because of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Overridden {
    /// The variable.
    pub variable: &'static str,
    /// Its value.
    pub value: String,
    /// The folders of layers that the runtime would have searched, relative to `/opt`.
    pub lost: Vec<String>,
}

/// Search paths with the one of a language's modules replaced where a variable sets it. Node.js and the loader read their own.
pub(super) fn applied<'v>(
    mut paths: Vec<SearchPath>,
    family: Family,
    variable: impl Fn(&str) -> Option<&'v str>,
) -> Vec<SearchPath> {
    for one in VARIABLES.iter().filter(|one| one.family == Some(family) && family != Family::Nodejs) {
        let Some(value) = variable(one.name) else { continue };
        paths.retain(|path| path.holds != one.holds);
        paths.extend(set_by(one, value));
    }
    paths
}

fn set_by(variable: &Variable, value: &str) -> Vec<SearchPath> {
    let kept = variable.kept.map(|folder| SearchPath {
        root: Root::Task,
        folder: folder.to_owned(),
        holds: variable.holds,
    });
    let own = value.split(':').filter_map(|folder| {
        let (root, below) = located(folder)?;
        Some(SearchPath { root, folder: below, holds: variable.holds })
    });
    let mut paths: Vec<SearchPath> = Vec::new();
    for path in kept.into_iter().chain(own) {
        if !paths.contains(&path) {
            paths.push(path);
        }
    }
    paths
}

/// Where a folder lies, when that is in the function or in a layer; a relative one starts in the function.
fn located(folder: &str) -> Option<(Root, String)> {
    let below = |rest: &str| {
        let parts: Vec<&str> = rest.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
        parts.join("/")
    };
    let mounted = |mount: &str| {
        folder
            .strip_prefix(mount)
            .filter(|rest| rest.is_empty() || rest.starts_with('/'))
            .map(below)
            .filter(|path| !path.split('/').any(|part| part == ".."))
    };
    if !folder.starts_with('/') {
        return (!folder.contains("..")).then(|| (Root::Task, below(folder)));
    }
    mounted("/var/task")
        .map(|path| (Root::Task, path))
        .or_else(|| mounted("/opt").map(|path| (Root::Opt, path)))
}

/// Folders of the runtime, whose content is known.
const OF_RUNTIME: [&str; 2] = ["/var/runtime", "/var/lang"];

impl Deployment<'_> {
    /// Whether everything on Python's search path lies in the function, in layers or in the runtime.
    pub(super) fn is_python_path_seen(&self) -> bool {
        let seen =
            |folder: &str| located(folder).is_some() || OF_RUNTIME.iter().any(|own| folder.starts_with(own));
        self.variable("PYTHONPATH").is_none_or(|path| path.split(':').all(seen))
    }

    /// The variables that take folders of layers off a search path.
    pub fn overridden_paths(&self) -> Vec<Overridden> {
        let Some(runtime) = self.runtime else { return Vec::new() };
        let before = search_paths::of(runtime);
        let lost = |one: &Variable| {
            let value = self.variable(one.name)?;
            let after = set_by(one, value);
            let is_lost = |path: &&SearchPath| {
                path.holds == one.holds && path.root == Root::Opt && !after.contains(path)
            };
            let lost: Vec<String> = before.iter().filter(is_lost).map(|path| path.folder.clone()).collect();
            (!lost.is_empty()).then(|| Overridden { variable: one.name, value: value.to_owned(), lost })
        };
        let reads = |one: &&Variable| one.family.is_none_or(|family| family == runtime.family);
        VARIABLES.iter().filter(reads).filter_map(lost).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::runtimes;

    fn folders(runtime: &str, name: &str, value: &str, holds: Holds) -> Vec<(Root, String)> {
        let runtime = runtimes::find(runtime).unwrap();
        let variable = |asked: &str| (asked == name).then_some(value);
        let paths = applied(search_paths::of(runtime), runtime.family, variable);
        paths.into_iter().filter(|one| one.holds == holds).map(|one| (one.root, one.folder)).collect()
    }

    #[test]
    fn a_variable_replaces_the_path_of_its_own_kind() {
        let path = "/opt/vendor/:/var/task/lib:relative:/usr/lib:/optional:/opt/../etc";
        let of = |root: Root, folder: &str| (root, folder.to_owned());
        assert_eq!(
            folders("python3.12", "PYTHONPATH", path, Holds::PythonModules),
            [of(Root::Task, ""), of(Root::Opt, "vendor"), of(Root::Task, "lib"), of(Root::Task, "relative")]
        );
        assert_eq!(folders("python3.12", "PYTHONPATH", path, Holds::Libraries).len(), 3);
        // another language's variable
        assert_eq!(folders("python3.12", "NODE_PATH", path, Holds::PythonModules).len(), 3);
        assert_eq!(folders("ruby3.3", "GEM_PATH", "/opt/gems", Holds::Gems), [of(Root::Opt, "gems")]);
    }
}
