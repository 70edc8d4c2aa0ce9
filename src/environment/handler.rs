//! The handler's file: where a runtime looks for it, and whether it is there.

use crate::{
    data::{
        runtimes::Family,
        search_paths::{Holds, SearchPath},
    },
    model::{answer::Answer, paths::within},
};

use super::{deployment::Deployment, dotnet, python};

/// The answer to whether the handler's file is there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum HandlerFile {
    /// It is.
    Found,
    /// It is not, and everything was looked at.
    Missing {
        /// The module, class or assembly as the runtime names it in its error.
        name: String,
        /// The path that is looked for first, relative to the function.
        expected: String,
    },
    /// Not everything could be looked at, or the handler says nothing about files.
    Undecided,
}

impl Deployment<'_> {
    /// Whether the file of the handler is there.
    pub fn handler_file(&self) -> HandlerFile {
        let (Some(runtime), Some(handler)) = (self.runtime, self.handler) else {
            return HandlerFile::Undecided;
        };
        if self.code.is_none() {
            return HandlerFile::Undecided;
        }
        let answer = match runtime.family {
            Family::Python => self.python_handler(handler),
            Family::Nodejs => self.node_handler(handler),
            Family::Ruby => self.ruby_handler(handler),
            Family::Dotnet => self.dotnet_handler(handler),
            // what becomes of a class is told by `java_start`
            Family::Java | Family::Go | Family::Provided | Family::Custom => HandlerFile::Undecided,
        };
        match answer {
            HandlerFile::Missing { .. } if !self.is_complete() || !self.are_paths_seen(runtime.family) => {
                HandlerFile::Undecided
            }
            answer => answer,
        }
    }

    fn are_paths_seen(&self, family: Family) -> bool {
        match family {
            Family::Python => self.is_python_path_seen(),
            _ => !self.has_own_search_paths(),
        }
    }

    /// `pkg/mod.fn` and `pkg.mod.fn` alike: the part before the last dot is a module.
    fn python_handler(&self, handler: &str) -> HandlerFile {
        let (Ok(parsed), None) = (python::handler::parse(handler), self.shadowed_handler()) else {
            return HandlerFile::Undecided;
        };
        let path = parsed.module.replace('.', "/");
        let (added, is_unseen) = self.added_folders();
        let mut folders = self.paths_of(Holds::PythonModules);
        folders.extend(added.into_iter().map(|(root, folder)| SearchPath {
            root,
            folder,
            holds: Holds::PythonModules,
        }));
        let found = folders.iter().any(|place| {
            let tree = self.tree(place.root);
            let base = within(&place.folder, &path);
            let plain = [".py", ".pyc", ".so", ".abi3.so", "/__init__.py", "/__init__.pyc"];
            plain.iter().any(|ending| tree.is_file(&format!("{base}{ending}")))
                || tree.names_in(base.rsplit_once('/').map_or("", |(folder, _)| folder)).iter().any(|name| {
                    let stem = base.rsplit('/').next().unwrap_or_default();
                    name.strip_prefix(stem).is_some_and(|rest| rest.starts_with(".cpython-"))
                })
        });
        let as_folder = |place: &SearchPath| self.tree(place.root).is_folder(&within(&place.folder, &path));
        if found {
            HandlerFile::Found
        } else if is_unseen || folders.iter().any(as_folder) {
            // Python imports it as a package without an __init__: what is missing is the name
            HandlerFile::Undecided
        } else {
            HandlerFile::Missing { name: parsed.written.to_owned(), expected: format!("{path}.py") }
        }
    }

    /// The part of a dotted module that Python does not find: `src` of `src.app`, or `src.app` where src is a folder.
    pub fn first_missing_part(&self, module: &str) -> String {
        let folders = self.paths_of(Holds::PythonModules);
        let is_there = |part: &str| {
            let path = part.replace('.', "/");
            folders.iter().any(|place| {
                let base = within(&place.folder, &path);
                let tree = self.tree(place.root);
                tree.is_folder(&base) || tree.is_file(&format!("{base}.py"))
            })
        };
        let ends = module.match_indices('.').map(|(at, _)| at);
        let missing = ends.filter_map(|end| module.get(..end)).find(|part| !is_there(part));
        missing.unwrap_or(module).to_owned()
    }

    /// The last path segment is split at its first dot; an absolute path may name a layer.
    fn node_handler(&self, handler: &str) -> HandlerFile {
        let last = handler.rsplit('/').next().unwrap_or(handler);
        let Some((stem, _)) = last.split_once('.') else { return HandlerFile::Undecided };
        let folder = handler.strip_suffix(last).unwrap_or_default();
        let folder = folder.trim_start_matches("/var/task/").trim_start_matches("./");
        match self.has_node_handler(handler) {
            Answer::Found(()) => HandlerFile::Found,
            // the client's last attempt is require.resolve of the bare name
            Answer::Missing => {
                HandlerFile::Missing { expected: format!("{folder}{stem}.js"), name: stem.to_owned() }
            }
            Answer::Unknown(_) => HandlerFile::Undecided,
        }
    }

    fn ruby_handler(&self, handler: &str) -> HandlerFile {
        let parts = handler.trim_end_matches('.').split('.').count();
        let Some((file, _)) = handler.split_once('.').filter(|(file, _)| !file.is_empty() && parts < 4)
        else {
            return HandlerFile::Undecided;
        };
        let found = self
            .paths_of(Holds::RubyFiles)
            .iter()
            .any(|place| self.tree(place.root).is_file(&within(&place.folder, &format!("{file}.rb"))));
        if found {
            HandlerFile::Found
        } else {
            HandlerFile::Missing { name: file.to_owned(), expected: format!("{file}.rb") }
        }
    }

    /// `Assembly::Type::Method`, or the name of an executable assembly.
    fn dotnet_handler(&self, handler: &str) -> HandlerFile {
        let (expected, native) = match dotnet::start(handler) {
            Some(dotnet::Start::Library { assembly, .. }) => (format!("{assembly}.dll"), assembly),
            Some(dotnet::Start::Program(file)) => (file, handler),
            None => return HandlerFile::Undecided,
        };
        // ahead-of-time compiled: a native program of the assembly's name
        if self.task.is_file(&expected) || self.task.is_file(native) || self.task.is_file("bootstrap") {
            return HandlerFile::Found;
        }
        HandlerFile::Missing { name: expected.clone(), expected }
    }
}
