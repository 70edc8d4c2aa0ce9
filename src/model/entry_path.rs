//! The path of an entry inside a package.

use std::{borrow::Borrow, fmt, sync::Arc};

use super::text::SafeText;

/// The path of an entry inside a package: `/` between components, no `./` in front, no `/` behind.
///
/// It compares and looks up by its true characters; shown, it is escaped like [`SafeText`]. Bytes that are not UTF-8 have become
/// U+FFFD here (nothing that Lambda looks up is named so); the archive room keeps the true bytes.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EntryPath(Arc<str>);

impl EntryPath {
    /// Normalises a name as an unzipper would lay it down: `./python//x.py` becomes `python/x.py`.
    ///
    /// `..` and a leading `/` are kept: rules have to see them.
    pub fn new(name: &str) -> Self {
        if is_plain(name) {
            return Self(Arc::from(name));
        }
        let mut parts: Vec<&str> = name.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
        if name.starts_with('/') {
            parts.insert(0, "");
        }
        Self(Arc::from(parts.join("/")))
    }

    /// A path that [`as_str`](Self::as_str) gave out, taken back as it was.
    pub fn restored(path: &str) -> Self {
        Self(Arc::from(path))
    }

    /// The path as it is, unescaped: for looking up, never for showing.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last component.
    pub fn file_name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or_default()
    }

    /// The path of the folder, empty for an entry at the root.
    pub fn parent(&self) -> &str {
        self.0.rsplit_once('/').map_or("", |(parent, _)| parent)
    }

    /// The components from the root down.
    pub fn components(&self) -> std::str::Split<'_, char> {
        self.0.split('/')
    }

    /// The first component: the top folder, or the file itself at the root.
    pub fn top(&self) -> &str {
        self.components().next().unwrap_or_default()
    }

    /// What remains below `folder` (given without a trailing slash; `""` is the root).
    pub fn below(&self, folder: &str) -> Option<&str> {
        if folder.is_empty() {
            return Some(&self.0);
        }
        self.0.strip_prefix(folder)?.strip_prefix('/')
    }

    /// The path of an entry of the archive that this one is: `java/lib/a.jar!/META-INF/x`.
    #[must_use]
    pub fn inner(&self, entry: &Self) -> Self {
        Self(Arc::from(format!("{}!/{}", self.0, entry.0)))
    }

    /// Escaped, for messages.
    pub fn shown(&self) -> SafeText {
        SafeText::new(&*self.0)
    }
}

fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.split('/').all(|part| !part.is_empty() && part != ".")
}

impl fmt::Display for EntryPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.shown().fmt(f)
    }
}

impl Borrow<str> for EntryPath {
    fn borrow(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_normalised_as_an_unzipper_lays_them_down() {
        for (name, path) in [
            ("python/x.py", "python/x.py"),
            ("./python/", "python"),
            ("a//b/./c", "a/b/c"),
            ("/etc/passwd", "/etc/passwd"),
            ("../up", "../up"),
            ("", ""),
            ("./", ""),
        ] {
            assert_eq!(EntryPath::new(name).as_str(), path, "{name:?}");
        }
    }

    #[test]
    fn parts_of_a_path() {
        let path = EntryPath::new("python/pkg/mod.py");
        assert_eq!((path.top(), path.parent(), path.file_name()), ("python", "python/pkg", "mod.py"));
        assert_eq!(path.below("python"), Some("pkg/mod.py"));
        assert_eq!(path.below("pyth"), None);
        assert_eq!(path.below(""), Some("python/pkg/mod.py"));
        assert_eq!(EntryPath::new("x").parent(), "");
        assert_eq!(EntryPath::new("a.jar").inner(&path).as_str(), "a.jar!/python/pkg/mod.py");
    }
}
