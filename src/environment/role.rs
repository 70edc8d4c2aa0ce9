//! Layer or function, told by what a package holds.

use crate::{archive::archive::Archive, input::project::Role};

/// Folders that only a layer has a use for.
const LANGUAGE_FOLDERS: [&str; 7] =
    ["python", "nodejs", "java/lib", "ruby/gems", "ruby/lib", "extensions", "dotnetcore"];

/// Files at the root that only a function has a use for.
const FUNCTION_STEMS: [&str; 8] =
    ["lambda_function", "app", "main", "index", "handler", "function", "server", "lambda"];

/// Endings of source files that a function has at its root.
const SOURCE_ENDINGS: [&str; 6] = [".py", ".js", ".mjs", ".cjs", ".rb", ".ts"];

/// What a package looks like. A package that shows neither sign is taken for a function, as most packages are.
pub fn of(archive: &Archive) -> Role {
    if has_function_file(archive) {
        return Role::Function;
    }
    // at the root, or below the one folder around everything
    let roots = [Some(String::new()), wrapper(archive).map(|folder| format!("{folder}/"))];
    let is_layer_root =
        |root: &String| LANGUAGE_FOLDERS.iter().any(|folder| has_folder(archive, &format!("{root}{folder}")));
    if roots.iter().flatten().any(is_layer_root) {
        return Role::Layer;
    }
    if is_only_packages(archive) || only_native_folders(archive) {
        return Role::Layer;
    }
    Role::Function
}

fn has_function_file(archive: &Archive) -> bool {
    archive.entries().iter().filter(|entry| entry.is_file()).any(|entry| {
        let path = entry.path.as_str();
        if path.contains('/') {
            return false;
        }
        let source = SOURCE_ENDINGS.iter().find_map(|ending| path.strip_suffix(ending));
        source.is_some_and(|stem| FUNCTION_STEMS.contains(&stem))
            || path == "bootstrap"
            || path.ends_with(".runtimeconfig.json")
            || path.ends_with(".class")
    })
}

fn has_folder(archive: &Archive, folder: &str) -> bool {
    archive.entries().iter().any(|entry| entry.path.below(folder).is_some_and(|rest| !rest.is_empty()))
}

/// The one top folder that holds everything, if there is one.
pub fn wrapper(archive: &Archive) -> Option<&str> {
    let mut tops =
        archive.entries().iter().filter(|entry| entry.is_file()).map(|entry| (entry.path.top(), entry));
    let (first, entry) = tops.next()?;
    let wrapped =
        entry.path.as_str() != first && tops.all(|(top, entry)| top == first && entry.path.as_str() != top);
    wrapped.then_some(first)
}

/// Installed packages at the root and nothing that could be a handler: a layer whose top folder was forgotten.
fn is_only_packages(archive: &Archive) -> bool {
    let mut installed = false;
    for entry in archive.entries() {
        let top = entry.path.top();
        if top.ends_with(".dist-info") || (top == "node_modules" && entry.path.as_str() != top) {
            installed = true;
        }
    }
    installed && !archive.entries().iter().any(is_root_javascript)
}

fn is_root_javascript(entry: &crate::archive::entry::Entry) -> bool {
    let path = entry.path.as_str();
    entry.is_file()
        && !path.contains('/')
        && [".js", ".mjs", ".cjs"].iter().any(|ending| path.ends_with(ending))
}

/// Nothing but `lib/` and `bin/`: a layer of libraries or programs.
fn only_native_folders(archive: &Archive) -> bool {
    let mut files = archive.entries().iter().filter(|entry| entry.is_file()).peekable();
    files.peek().is_some()
        && files.all(|entry| {
            matches!(entry.path.top(), "lib" | "bin" | "share" | "etc") && entry.path.as_str().contains('/')
        })
}
