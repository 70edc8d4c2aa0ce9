//! Editable installs: modules that stay in a project's folder, which is not there on Lambda, and other modules that only `.pth` files lead to.

use crate::{
    archive::Scratch,
    data::{
        python_modules,
        search_paths::{Holds, Root, SearchPath},
    },
    environment::{deployment::Deployment, filesystem::Provider},
    inspect::distributions::normalised,
    model::paths::within,
};

use super::{
    path_files::{Line, Target, lines, target, text_of},
    resolve::Folder,
};

/// Files off the search path that are looked at for a hint.
const MOST: usize = 100;

/// Names that tools give to the files of an editable install, around the name of the distribution.
const PREFIXES: [&str; 3] = ["__editable__.", "_editable_impl_", "_"];

/// What a `.pth` file has to do with a module that is not found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PathHint {
    /// It leads to a folder of the machine on which it was installed.
    Elsewhere {
        /// The file, as Lambda names it.
        file: String,
        /// The folder.
        leads_to: String,
    },
    /// It leads to the module and is not read where it lies.
    NotRead {
        /// The file, as Lambda names it.
        file: String,
        /// The folder with the module, as Lambda names it.
        folder: String,
    },
}

impl Deployment<'_> {
    /// The `.pth` file that would lead to a top-level module.
    pub fn path_hint(&self, top: &str) -> Option<PathHint> {
        self.editable_of(top).or_else(|| self.unread_of(top))
    }

    fn editable_of(&self, top: &str) -> Option<PathHint> {
        self.site_folders().iter().find_map(|site| {
            let tree = self.tree(site.root);
            let names = tree.names_in(&site.folder);
            names.into_iter().filter(|name| name.ends_with(".pth")).take(MOST).find_map(|name| {
                let path = within(&site.folder, name);
                let leads_to = self.led_outside(site, tree.find(&path)?, top)?;
                Some(PathHint::Elsewhere { file: site.root.mounted(&path), leads_to })
            })
        })
    }

    /// The folder outside of Lambda that a file names for a module.
    fn led_outside(&self, site: &SearchPath, file: Provider<'_>, top: &str) -> Option<String> {
        let mut scratch = Scratch::default();
        let text = text_of(file, &mut scratch)?;
        lines(text).find_map(|line| match line {
            Line::Path(path) => {
                let is_of =
                    is_of(file.entry.path.file_name(), top) || path.rsplit('/').any(|part| part == top);
                (is_of && !self.is_laid_down(&target(site, path))).then(|| path.to_owned())
            }
            Line::Code(code) => self.mapped(site, code, top),
        })
    }

    fn is_laid_down(&self, target: &Target) -> bool {
        match target {
            Target::Inside(folder) => self.tree(folder.root).is_folder(&folder.path),
            Target::Unseen => true,
            Target::Outside => false,
        }
    }

    /// Where setuptools' own finder looks for a module.
    fn mapped(&self, site: &SearchPath, code: &str, top: &str) -> Option<String> {
        let mut scratch = Scratch::default();
        let text = self.finder(site, code, &mut scratch)?;
        let (_, behind) = text.split_once(&format!("'{top}': '"))?;
        behind.split('\'').next().map(str::to_owned)
    }

    /// The source of the finder that a line of setuptools installs.
    fn finder<'s>(&self, site: &SearchPath, code: &str, scratch: &'s mut Scratch) -> Option<&'s str> {
        let name = finder_of(code)?;
        let file = self.tree(site.root).find(&within(&site.folder, &format!("{name}.py")))?;
        text_of(file, scratch)
    }

    /// A file elsewhere in the packages that leads to a module.
    fn unread_of(&self, top: &str) -> Option<PathHint> {
        let read = self.site_folders();
        let is_read =
            |root: Root, folder: &str| read.iter().any(|one| one.root == root && one.folder == folder);
        [Root::Task, Root::Opt].into_iter().find_map(|root| {
            let files = self.tree(root).below("").filter(|(path, _)| path.ends_with(".pth"));
            files.take(MOST).find_map(|(path, file)| {
                let folder = file.entry.path.parent();
                let led =
                    (!is_read(root, folder)).then(|| self.led_to(root, folder, *file, top)).flatten()?;
                Some(PathHint::NotRead { file: root.mounted(path), folder: led.root.mounted(&led.path) })
            })
        })
    }

    fn led_to(&self, root: Root, folder: &str, file: Provider<'_>, top: &str) -> Option<Folder> {
        let site = SearchPath { root, folder: folder.to_owned(), holds: Holds::PythonModules };
        let mut scratch = Scratch::default();
        lines(text_of(file, &mut scratch)?).find_map(|line| {
            let Line::Path(path) = line else { return None };
            let Target::Inside(led) = target(&site, path) else { return None };
            let names = self.tree(led.root).names_in(&led.path);
            names.iter().any(|name| name.split('.').next() == Some(top)).then_some(led)
        })
    }
}

/// Whether a line installs setuptools' finder of an editable install, and that finds nothing on Lambda.
pub(super) fn leads_outside(deployment: &Deployment<'_>, site: &SearchPath, code: &str) -> bool {
    if finder_of(code).is_none() {
        return false;
    }
    let mut scratch = Scratch::default();
    // a finder that is not there is an error that Python prints and passes over
    let Some(text) = deployment.finder(site, code, &mut scratch) else { return true };
    let mapping =
        text.split_once("MAPPING").map_or("", |(_, behind)| behind.split('}').next().unwrap_or(behind));
    let values = mapping.split("': '").skip(1).filter_map(|value| value.split('\'').next());
    let no_namespaces =
        text.lines().any(|line| line.starts_with("NAMESPACES") && line.trim_end().ends_with("{}"));
    no_namespaces && values.into_iter().all(|path| !deployment.is_laid_down(&target(site, path)))
}

/// `__editable___shop_1_0_finder` of `import __editable___shop_1_0_finder; __editable___shop_1_0_finder.install()`.
fn finder_of(code: &str) -> Option<&str> {
    let name = code.strip_prefix("import ")?.split(';').next()?.trim();
    let installs = code.split_once(';')?.1.trim() == format!("{name}.install()");
    (installs && name.starts_with("__editable__") && name.ends_with("_finder")).then_some(name)
}

/// Whether a file is named for the distribution of a module.
fn is_of(file: &str, top: &str) -> bool {
    let stem = file.strip_suffix(".pth").unwrap_or(file);
    let own = PREFIXES.iter().find_map(|prefix| stem.strip_prefix(prefix)).unwrap_or(stem);
    let version = own.rfind('-').filter(|at| {
        own.get(at.saturating_add(1)..).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    });
    let name = normalised(version.and_then(|at| own.get(..at)).unwrap_or(own));
    name == normalised(top) || name == normalised(python_modules::distribution(top))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_of_editable_installs_are_told_by_their_names() {
        for file in
            ["__editable__.my_shop-1.0.pth", "_my_shop.pth", "my-shop.pth", "_editable_impl_my_shop.pth"]
        {
            assert!(is_of(file, "my_shop"), "{file}");
        }
        assert!(!is_of("__editable__.other-1.0.pth", "my_shop"));
        assert!(is_of("__editable__.PyYAML-6.0.pth", "yaml"));
    }

    #[test]
    fn finders_are_those_of_setuptools() {
        let name = "__editable___shop_1_0_finder";
        assert_eq!(finder_of(&format!("import {name}; {name}.install()")), Some(name));
        assert_eq!(finder_of(&format!("import {name}; {name}.install(); import evil")), None);
        assert_eq!(finder_of("import os; os.install()"), None);
    }
}
