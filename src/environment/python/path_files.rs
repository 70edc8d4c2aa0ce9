//! `.pth` files: where Python reads them, and the folders that they add to the search path.
//!
//! Source: CPython, `Lib/site.py`, `addsitedir` and `addpackage`; published dumps of the runtimes' `bootstrap.py`.

use std::collections::BTreeSet;

use crate::{
    archive::Scratch,
    data::{
        python_modules,
        search_paths::{Root, SearchPath},
        secrets::{self, Effect},
    },
    environment::{deployment::Deployment, filesystem::Provider},
    model::paths,
};

use super::{editable, resolve::Folder};

/// The longest file that is read.
pub(super) const LONGEST: usize = 64 << 10;

/// Files that are read, and folders that are added: far more than any function has.
const MOST: usize = 100;

/// One line of a `.pth` file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Line<'t> {
    /// A path, absolute or below the folder of the file.
    Path(&'t str),
    /// Code that is run.
    Code(&'t str),
}

/// Where a path leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// Into the function or a layer.
    Inside(Folder),
    /// To a folder that may be there at run time, with whatever content.
    Unseen,
    /// To the runtime's own folders, or to nothing that is there on Lambda.
    Outside,
}

/// What the `.pth` files of a deployment do to the search path.
#[derive(Debug, Default)]
pub struct PathFiles {
    /// Folders behind all others, in order.
    pub(super) folders: Vec<Folder>,
    /// Packages that a line of setuptools makes, with dots.
    pub(super) declared: BTreeSet<String>,
    /// Whether setuptools brings distutils back.
    pub(super) brings_distutils: bool,
    /// Whether a line does what cannot be seen.
    pub(super) is_unseen: bool,
}

impl PathFiles {
    fn file(&mut self, deployment: &Deployment<'_>, site: &SearchPath, file: Provider<'_>) {
        // whether a hidden file counts depends on the release
        let is_hidden = file.entry.path.file_name().starts_with('.');
        let mut scratch = Scratch::default();
        let Some(text) = text_of(file, &mut scratch).filter(|_| !is_hidden) else {
            self.is_unseen |= file.entry.mode.others_read();
            return;
        };
        for line in lines(text) {
            match line {
                Line::Path(path) => self.path(deployment, site, path),
                Line::Code(code) => self.code(deployment, site, code),
            }
        }
    }

    fn path(&mut self, deployment: &Deployment<'_>, site: &SearchPath, path: &str) {
        match target(site, path) {
            Target::Inside(folder) => {
                let tree = deployment.tree(folder.root);
                // a file that is named is an archive to import from
                self.is_unseen |= tree.is_file(&folder.path) || self.folders.len() >= MOST;
                if tree.is_folder(&folder.path) && !self.folders.contains(&folder) && !self.is_unseen {
                    self.folders.push(folder);
                }
            }
            Target::Unseen => self.is_unseen = true,
            Target::Outside => {}
        }
    }

    fn code(&mut self, deployment: &Deployment<'_>, site: &SearchPath, code: &str) {
        match secrets::known_hook(code) {
            Some(Effect::Distutils) => self.brings_distutils = true,
            Some(Effect::Namespace) => self.declared.extend(declared(code)),
            None if editable::leads_outside(deployment, site, code) => {}
            None => self.is_unseen = true,
        }
    }
}

impl Deployment<'_> {
    /// The folders whose `.pth` files are read. Where `PYTHONPATH` is set, Lambda's client passes over the layers.
    pub(crate) fn site_folders(&self) -> Vec<SearchPath> {
        let all = self.paths_of(crate::data::search_paths::Holds::PythonModules);
        if self.variable("PYTHONPATH").is_none() {
            return all;
        }
        all.into_iter().filter(|path| path.root == Root::Task && path.folder.is_empty()).collect()
    }

    /// What the `.pth` files do to the search path.
    pub(super) fn path_files(&self) -> &PathFiles {
        self.path_files.get_or_init(|| self.read_path_files())
    }

    fn read_path_files(&self) -> PathFiles {
        let mut found = PathFiles::default();
        let mut read: usize = 0;
        for site in self.site_folders() {
            let tree = self.tree(site.root);
            let names = tree.names_in(&site.folder);
            for name in names.into_iter().filter(|name| name.ends_with(".pth")) {
                let Some(file) = tree.find(&paths::within(&site.folder, name)) else { continue };
                read = read.saturating_add(1);
                if read > MOST {
                    found.is_unseen = true;
                    return found;
                }
                found.file(self, &site, file);
            }
        }
        found.folders.retain(|folder| !self.is_searched(folder));
        found
    }

    fn is_searched(&self, folder: &Folder) -> bool {
        let paths = self.paths_of(crate::data::search_paths::Holds::PythonModules);
        paths.iter().any(|path| path.root == folder.root && path.folder == folder.path)
    }

    /// Whether a `.pth` file adds a folder, or may do so.
    pub(crate) fn may_add(&self, root: Root, folder: &str) -> bool {
        let found = self.path_files();
        found.is_unseen || found.folders.iter().any(|one| one.root == root && one.path == folder)
    }

    /// Folders that `.pth` files add, and whether there may be more.
    pub(crate) fn added_folders(&self) -> (Vec<(Root, String)>, bool) {
        let found = self.path_files();
        (found.folders.iter().map(|folder| (folder.root, folder.path.clone())).collect(), found.is_unseen)
    }
}

/// The text of a file that Python can read; nothing where it is too long, or is no plain text.
pub(super) fn text_of<'s>(file: Provider<'_>, scratch: &'s mut Scratch) -> Option<&'s str> {
    let is_plain = file.entry.is_file() && file.entry.mode.others_read();
    let longest = u64::try_from(LONGEST).unwrap_or(u64::MAX);
    if !is_plain || file.entry.size.0 > longest {
        return None;
    }
    let bytes = file.package.archive.read_prefix(file.index, LONGEST, scratch).ok()?;
    let text = std::str::from_utf8(bytes).ok()?;
    (!text.starts_with('\u{feff}')).then_some(text)
}

/// The lines that do something.
pub(super) fn lines(text: &str) -> impl Iterator<Item = Line<'_>> {
    text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty()).map(|line| {
        let is_code = line.starts_with("import ") || line.starts_with("import\t");
        if is_code { Line::Code(line) } else { Line::Path(line.trim_end()) }
    })
}

/// Where a path of a file in this folder leads.
pub(super) fn target(site: &SearchPath, path: &str) -> Target {
    let whole = if path.starts_with('/') {
        paths::absolute([path])
    } else {
        paths::absolute([site.root.mount(), site.folder.as_str(), path])
    };
    let parts: Vec<&str> = whole.split('/').filter(|part| !part.is_empty()).collect();
    let inside = |root: Root, rest: &[&str]| Target::Inside(Folder { root, path: rest.join("/") });
    match parts.as_slice() {
        ["opt", rest @ ..] => inside(Root::Opt, rest),
        ["var", "task", rest @ ..] => inside(Root::Task, rest),
        ["var", "runtime" | "lang", ..] => Target::Outside,
        [first, ..] if python_modules::may_hold_modules(first) => Target::Unseen,
        [] => Target::Unseen,
        _ => Target::Outside,
    }
}

/// `google.cloud` of setuptools' `... *('google', 'cloud',)) ...`.
fn declared(code: &str) -> Option<String> {
    let (_, behind) = code.split_once("*(")?;
    let (names, _) = behind.split_once(')')?;
    let parts: Vec<&str> = names
        .split(',')
        .map(|part| part.trim().trim_matches(['\'', '"']))
        .filter(|part| !part.is_empty())
        .collect();
    Some(parts.join("."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::search_paths::Holds;

    #[test]
    fn paths_lead_where_python_would_look() {
        let site =
            |root, folder: &str| SearchPath { root, folder: folder.to_owned(), holds: Holds::PythonModules };
        let layer = site(Root::Opt, "python");
        let inside = |root, path: &str| Target::Inside(Folder { root, path: path.to_owned() });
        for (path, expected) in [
            ("vendor", inside(Root::Opt, "python/vendor")),
            ("./vendor/", inside(Root::Opt, "python/vendor")),
            ("../shared//x", inside(Root::Opt, "shared/x")),
            ("/var/task/src", inside(Root::Task, "src")),
            ("/opt", inside(Root::Opt, "")),
            ("../../var/task", inside(Root::Task, "")),
            ("/mnt/lib", Target::Unseen),
            ("/usr/lib/python3/dist-packages", Target::Unseen),
            ("../../../../..", Target::Unseen),
            ("/home/me/shop/src", Target::Outside),
            ("/var/lang/lib/python3.12/site-packages", Target::Outside),
            ("C:\\Users\\me\\shop", inside(Root::Opt, "python/C:\\Users\\me\\shop")),
        ] {
            assert_eq!(target(&layer, path), expected, "{path}");
        }
        assert_eq!(target(&site(Root::Task, ""), "src"), inside(Root::Task, "src"));
    }

    #[test]
    fn lines_are_comments_paths_or_code() {
        let text = "# vendor\n\nvendor  \r\nimport x\nimport\ty\nimportant\n";
        let found: Vec<Line<'_>> = lines(text).collect();
        let expected =
            [Line::Path("vendor"), Line::Code("import x"), Line::Code("import\ty"), Line::Path("important")];
        assert_eq!(found, expected);
    }

    #[test]
    fn packages_of_setuptools_are_named() {
        let line = "import sys, types, os;p = os.path.join(sys._getframe(1).f_locals['sitedir'], *('google', 'cloud',));m = 1";
        assert_eq!(declared(line).as_deref(), Some("google.cloud"));
        assert_eq!(declared("import x"), None);
    }
}
