//! The file system that Node.js sees: absolute paths below `/var/task` and `/opt`, with links followed.

use crate::{
    archive::{Scratch, entry::EntryKind},
    data::search_paths::Root,
    environment::{deployment::Deployment, filesystem::Provider},
    model::paths,
};

/// Links that are followed before a path counts as going in circles, as in Linux.
const MOST_LINKS: u32 = 40;

/// The longest target of a link.
const LONGEST_TARGET: usize = 4096;

/// The largest file that is read: far above what people and bundlers write.
pub(super) const LARGEST: u64 = 32 << 20;

/// What lies at a path.
#[derive(Clone, Copy, Debug)]
pub(super) enum At<'a> {
    /// A file.
    File(Provider<'a>),
    /// A folder.
    Folder,
    /// Nothing.
    Nothing,
    /// The path is in a layer that is not at hand.
    Unknown,
}

/// The view of one deployment.
#[derive(Debug)]
pub(super) struct Files<'d, 'a> {
    deployment: &'d Deployment<'a>,
    /// Whether some package has links at all: most have none, and then no path has to be taken apart.
    links: bool,
}

impl<'d, 'a> Files<'d, 'a> {
    pub(super) fn new(deployment: &'d Deployment<'a>) -> Self {
        let is_link = |kind: EntryKind| kind == EntryKind::Symlink;
        let links =
            deployment.packages().any(|one| one.archive.entries().iter().any(|entry| is_link(entry.kind)));
        Self { deployment, links }
    }

    /// What lies at a path, behind all links.
    pub(super) fn at(&self, path: &str) -> At<'a> {
        match self.real(path) {
            Some(real) => self.plain(&real),
            None => At::Nothing,
        }
    }

    /// Whether a file lies at a path; nothing when that is not known.
    pub(super) fn is_file(&self, path: &str) -> Option<bool> {
        match self.at(path) {
            At::File(_) => Some(true),
            At::Folder | At::Nothing => Some(false),
            At::Unknown => None,
        }
    }

    /// The path behind all links; nothing when a link leads nowhere.
    pub(super) fn real(&self, path: &str) -> Option<String> {
        if !self.links {
            return Some(path.to_owned());
        }
        let mut left = MOST_LINKS;
        let mut real = String::new();
        let mut parts: Vec<String> = path.split('/').rev().map(str::to_owned).collect();
        while let Some(part) = parts.pop() {
            match part.as_str() {
                "" | "." => continue,
                ".." => {
                    real.truncate(real.rfind('/').unwrap_or_default());
                    continue;
                }
                _ => {}
            }
            let here = format!("{real}/{part}");
            match self.link(&here) {
                None => real = here,
                Some(target) => {
                    left = left.checked_sub(1)?;
                    if target.starts_with('/') {
                        real.clear();
                    }
                    parts.extend(target.split('/').rev().map(str::to_owned));
                }
            }
        }
        Some(if real.is_empty() { "/".to_owned() } else { real })
    }

    /// The target of a link.
    fn link(&self, path: &str) -> Option<String> {
        let (root, relative) = locate(path)?;
        let provider = self.deployment.tree(root).find(relative)?;
        if provider.entry.kind != EntryKind::Symlink {
            return None;
        }
        let mut scratch = Scratch::default();
        let target =
            provider.package.archive.read_prefix(provider.index, LONGEST_TARGET, &mut scratch).ok()?;
        Some(String::from_utf8_lossy(target).into_owned())
    }

    /// What lies at a path without links in it.
    fn plain(&self, path: &str) -> At<'a> {
        let Some((root, relative)) = locate(path) else {
            return if path == "/" || path == "/var" { At::Folder } else { At::Nothing };
        };
        // a layer that is not at hand may hide what the others have
        if root == Root::Opt && !self.deployment.is_complete() {
            return At::Unknown;
        }
        let tree = self.deployment.tree(root);
        match tree.find(relative) {
            Some(one) if one.entry.kind == EntryKind::File => At::File(one),
            Some(one) if one.entry.kind != EntryKind::Directory => At::Nothing,
            _ if tree.is_folder(relative) => At::Folder,
            _ => At::Nothing,
        }
    }

    /// The content of a file; nothing when it cannot be read here or there.
    pub(super) fn read(provider: Provider<'_>) -> Option<Vec<u8>> {
        if !provider.entry.mode.others_read() || provider.entry.size.0 > LARGEST {
            return None;
        }
        let mut scratch = Scratch::default();
        provider.package.archive.read(provider.index, &mut scratch).ok().map(<[u8]>::to_vec)
    }
}

/// The root and the path below it; nothing outside of both.
fn locate(path: &str) -> Option<(Root, &str)> {
    let below = |mount: &str| {
        let rest = path.strip_prefix(mount)?;
        if rest.is_empty() { Some("") } else { rest.strip_prefix('/') }
    };
    below("/var/task").map(|rest| (Root::Task, rest)).or_else(|| below("/opt").map(|rest| (Root::Opt, rest)))
}

/// The folder of a path.
pub(super) fn folder(path: &str) -> &str {
    match path.rfind('/') {
        Some(0) | None => "/",
        Some(at) => path.get(..at).unwrap_or("/"),
    }
}

/// A path put together and taken apart at its dots, as `path.resolve` does: absolute, without a slash at its end.
pub(super) fn resolve(base: &str, path: &str) -> String {
    paths::absolute(if path.starts_with('/') { [path, ""] } else { [base, path] })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths() {
        assert_eq!(resolve("/var/task", "./a/../b.js"), "/var/task/b.js");
        assert_eq!(resolve("/var/task", "/opt/x/"), "/opt/x");
        assert_eq!(resolve("/a", "../../.."), "/");
        assert_eq!((folder("/var/task/a.js"), folder("/a"), folder("/")), ("/var/task", "/", "/"));
        assert_eq!(locate("/var/task"), Some((Root::Task, "")));
        assert_eq!(locate("/optional"), None);
    }
}
