//! The files of an assembly: below its folder, each read once for one purpose, all of them together in bounds.

use std::{
    collections::HashSet,
    path::{Path, PathBuf},
};

use crate::input::{document::Document, error::UsageError, places::shown, templates::text};

use super::{Inventory, tidy};

/// Bytes of all files that are read for one assembly.
const MOST: usize = 512 * 1024 * 1024;

/// The files of an assembly while it is read.
#[derive(Debug)]
pub(super) struct Files {
    /// The folder that holds them all.
    root: PathBuf,
    seen: HashSet<(PathBuf, String)>,
    left: usize,
}

impl Files {
    /// Those below a folder.
    pub(super) fn below(root: &Path) -> Self {
        Self { root: tidy(root), seen: HashSet::new(), left: MOST }
    }

    /// A file, when it was not read for this purpose before. What is wrong with it is said and does not hide the others.
    pub(super) fn once(
        &mut self,
        path: &Path,
        purpose: &str,
        inventory: &mut Inventory<'_>,
    ) -> Option<Document> {
        let path = tidy(path);
        if !self.seen.insert((path.clone(), purpose.to_owned())) {
            return None;
        }
        self.open(&path).map_err(|error| inventory.broken(error)).ok()
    }

    fn open(&mut self, path: &Path) -> Result<Document, UsageError> {
        let fault = |why: &str| UsageError::new(format!("{} is not read: {why}", shown(path)));
        if !is_inside(path, &self.root) {
            return Err(fault("an assembly describes what lies in its own folder"));
        }
        if path.exists() && !path.is_file() {
            return Err(fault("it is no file"));
        }
        let text = text::of_file(path)?;
        self.left = self.left.checked_sub(text.len()).ok_or_else(|| fault("the assembly is too large"))?;
        Document::json(shown(path), text)
    }
}

fn is_inside(path: &Path, root: &Path) -> bool {
    let inner = if root == Path::new(".") { Some(path) } else { path.strip_prefix(root).ok() };
    inner.is_some_and(|inner| inner.components().all(|part| matches!(part, std::path::Component::Normal(_))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_assembly_ends_at_its_folder() {
        for (path, root, inside) in [
            ("cdk.out/a.json", "cdk.out", true),
            ("cdk.out/stage/a.json", "cdk.out", true),
            ("a.json", ".", true),
            ("/x/cdk.out/a.json", "/x/cdk.out", true),
            ("../a.json", ".", false),
            ("/etc/a.json", ".", false),
            ("cdk.json", "cdk.out", false),
            ("cdk.out/../a.json", "cdk.out", false),
        ] {
            assert_eq!(is_inside(Path::new(path), Path::new(root)), inside, "{path} {root}");
        }
    }
}
