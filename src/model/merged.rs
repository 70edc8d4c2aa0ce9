//! What lies below `/opt` and `/var/task` once everything is laid down, path by path.

use super::{size::Bytes, text::SafeText};

/// One deployment's merged trees.
#[derive(Clone, Debug)]
pub struct MergedView {
    /// The function, or the package that stands alone.
    pub name: SafeText,
    /// Layers without a local copy: what they lay down is not known.
    pub unknown: Vec<SafeText>,
    /// Every file, `/opt` first, sorted by path.
    pub files: Vec<MergedFile>,
}

/// A file with the packages that bring it.
#[derive(Clone, Debug)]
pub struct MergedFile {
    /// Its absolute path at run time.
    pub path: SafeText,
    /// The size of the copy that stays.
    pub size: Bytes,
    /// The package whose copy stays.
    pub provider: SafeText,
    /// The packages whose copies are hidden, in attach order.
    pub hides: Vec<SafeText>,
}
