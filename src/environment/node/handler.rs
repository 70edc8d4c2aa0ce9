//! Which file the handler is in, as Lambda's Node.js client looks for it, and the environment that it looks in.

use crate::environment::deployment::Deployment;

use super::{
    files::{At, folder, resolve},
    manifest::{Kind, Read},
    resolve::{Resolution, Resolver},
    start::Format,
};

/// Variables that change what is loaded in ways that are not followed.
const UNFOLLOWED: [&str; 2] = ["AWS_LAMBDA_EXEC_WRAPPER", "NODE_PRESERVE_SYMLINKS"];

/// Flags of `NODE_OPTIONS` that change nothing about how modules are found.
const HARMLESS_OPTIONS: [&str; 10] = [
    "--enable-source-maps",
    "--max-old-space-size",
    "--max-semi-space-size",
    "--no-warnings",
    "--trace-warnings",
    "--max-http-header-size",
    "--dns-result-order",
    "--unhandled-rejections",
    "--no-deprecation",
    "--stack-trace-limit",
];

/// The handler taken apart: `src/app.api.handler` is the module `src/app` and the names `api`, `handler`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Handler<'h> {
    /// The folder, as written, with its slash.
    pub(super) root: &'h str,
    /// The module without its ending.
    pub(super) module: &'h str,
    /// The first exported name.
    pub(super) name: &'h str,
    /// Whether further names follow.
    pub(super) nested: bool,
}

/// Takes a handler apart as the client does; nothing for one that it refuses.
pub(super) fn parse(handler: &str) -> Option<Handler<'_>> {
    if handler.contains("..") {
        return None;
    }
    let base = handler.trim_end_matches('/').rsplit('/').next()?;
    let root = handler.get(..handler.find(base)?)?;
    let (module, names) = base.split_once('.')?;
    let (name, nested) = names.split_once('.').map_or((names, false), |(first, _)| (first, true));
    (!module.is_empty() && !name.is_empty()).then_some(Handler { root, module, name, nested })
}

/// The folders of `NODE_PATH` in order, as the runtime sets it or as the function's environment does.
pub fn node_path(deployment: &Deployment<'_>, major: u16) -> Vec<String> {
    let own = deployment.function().and_then(|function| function.environment.get("NODE_PATH"));
    let path = own.cloned().unwrap_or_else(|| {
        format!(
            "/opt/nodejs/node{major}/node_modules:/opt/nodejs/node_modules:/var/runtime/node_modules:/var/runtime:/var/task"
        )
    });
    path.split(':').filter(|one| one.starts_with('/')).map(|one| resolve("/", one)).collect()
}

/// Whether the function's environment changes loading in ways that are not followed.
pub(super) fn is_followed(deployment: &Deployment<'_>) -> bool {
    let Some(function) = deployment.function() else { return !deployment.has_own_search_paths() };
    let environment = &function.environment;
    let relative =
        environment.get("NODE_PATH").is_some_and(|path| path.split(':').any(|one| !one.starts_with('/')));
    let options = environment.get("NODE_OPTIONS").map(String::as_str).unwrap_or_default();
    let harmless = |option: &str| HARMLESS_OPTIONS.contains(&option.split('=').next().unwrap_or_default());
    !relative
        && !UNFOLLOWED.iter().any(|name| environment.contains_key(*name))
        && options.split_whitespace().all(harmless)
}

/// What the client loads for a handler.
pub(super) enum Entry {
    /// This file.
    File(String, Format),
    /// There is none.
    Missing,
    /// It cannot be told.
    Unknown,
}

/// The file of a handler: `.js`, `.mjs`, `.cjs`, then whatever `require` finds.
pub(super) fn entry(handler: &Handler<'_>, resolver: &Resolver<'_, '_>) -> Entry {
    let path = resolve(&resolve("/var/task", handler.root), handler.module);
    match resolver.files.at(&path) {
        At::Nothing => {}
        // a folder beside app.js: what the client does with it has changed from version to version
        At::Folder => return required_folder(&path, resolver),
        At::File(_) | At::Unknown => return Entry::Unknown,
    }
    for (ending, format) in [(".js", None), (".mjs", Some(Format::Module)), (".cjs", Some(Format::CommonJs))]
    {
        let file = format!("{path}{ending}");
        match resolver.files.is_file(&file) {
            Some(true) => {
                let format = format.unwrap_or_else(|| of_scope(&file, resolver));
                return resolver.files.real(&file).map_or(Entry::Unknown, |real| Entry::File(real, format));
            }
            Some(false) => {}
            None => return Entry::Unknown,
        }
    }
    let root = resolve("/var/task", handler.root);
    match resolver.require_from(handler.module, &["/var/task", &root]) {
        Resolution::File(file) => Entry::File(file, Format::CommonJs),
        Resolution::Own | Resolution::Unknown => Entry::Unknown,
        Resolution::Failed(_) => Entry::Missing,
    }
}

fn required_folder(path: &str, resolver: &Resolver<'_, '_>) -> Entry {
    match resolver.require(path, "/var/task/index.js") {
        Resolution::File(file) if resolver.major < 24 && of_scope(&file, resolver) == Format::CommonJs => {
            Entry::File(file, Format::CommonJs)
        }
        _ => Entry::Unknown,
    }
}

/// How a `.js` file is taken: as the nearest `package.json` says. A broken one counts as none here, and stops Node.js later.
fn of_scope(file: &str, resolver: &Resolver<'_, '_>) -> Format {
    match resolver.manifests.scope(file) {
        Read::Known(manifest) if manifest.kind == Kind::Module => Format::Module,
        _ => Format::CommonJs,
    }
}

/// Whether a path lies in the function's own code rather than in an installed package.
pub(super) fn is_own_code(path: &str) -> bool {
    path.starts_with("/var/task/") && !folder(path).split('/').any(|part| part == "node_modules")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn handlers_are_taken_apart_at_the_first_dot_of_the_last_part() {
        let of = |handler| parse(handler).map(|one| (one.root, one.module, one.name, one.nested));
        assert_eq!(of("index.handler"), Some(("", "index", "handler", false)));
        assert_eq!(of("src/app.api.get"), Some(("src/", "app", "api", true)));
        assert_eq!(of("/opt/nodejs/wrapper.handler"), Some(("/opt/nodejs/", "wrapper", "handler", false)));
        assert_eq!(of("src.v1/app.handler"), Some(("src.v1/", "app", "handler", false)));
        assert_eq!(of("index"), None);
        assert_eq!(of("../index.handler"), None);
    }
}
