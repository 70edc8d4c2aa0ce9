//! Where the bytes of a function and its layers go.

use super::{size::Bytes, text::SafeText};

/// What counts together against the limit: a function with its layers, or one package alone.
#[derive(Clone, Debug)]
pub struct Stack {
    /// The function's name, or the package's.
    pub name: SafeText,
    /// Its packages: the code first, then the layers in attach order.
    pub parts: Vec<Part>,
    /// Layers whose content is not at hand.
    pub unknown: Vec<SafeText>,
    /// The upper folders of the merged `/opt`, in the order of paths.
    pub folders: Vec<Folder>,
}

/// A folder of the merged `/opt`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folder {
    /// Its path below `/opt`.
    pub path: SafeText,
    /// Bytes of the files that stay.
    pub bytes: Bytes,
    /// The layers that they come from, in attach order.
    pub providers: Vec<SafeText>,
    /// Files of earlier layers that are hidden.
    pub hidden: usize,
}

/// One package.
#[derive(Clone, Debug)]
pub struct Part {
    /// Its alias.
    pub name: SafeText,
    /// `layer` or `function`.
    pub kind: &'static str,
    /// Bytes after unzipping.
    pub unzipped: Bytes,
    /// Its groups, largest first.
    pub groups: Vec<Group>,
}

/// Files that belong together: a distribution, an npm package, a jar, a gem, or a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its name, with its version where one is known.
    pub name: SafeText,
    /// Bytes after unzipping.
    pub bytes: Bytes,
    /// Of these, bytes that do nothing at run time: hidden by a later layer, stored twice, or ballast.
    pub waste: Waste,
    /// Number of files.
    pub files: usize,
}

/// Bytes that do nothing at run time. A byte is counted once, by the first kind that fits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Waste {
    /// Files that a later layer replaces.
    pub hidden: Bytes,
    /// Files whose bytes are in the stack already.
    pub duplicate: Bytes,
    /// Byte code, tests, documents and the like.
    pub ballast: Bytes,
}

impl Waste {
    /// All of it.
    pub fn total(self) -> Bytes {
        [self.hidden, self.duplicate, self.ballast].into_iter().sum()
    }

    /// Both together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            hidden: self.hidden.saturating_add(other.hidden),
            duplicate: self.duplicate.saturating_add(other.duplicate),
            ballast: self.ballast.saturating_add(other.ballast),
        }
    }
}

impl Part {
    /// What of it does nothing.
    pub fn waste(&self) -> Waste {
        self.groups.iter().fold(Waste::default(), |sum, group| sum.and(group.waste))
    }
}

impl Stack {
    /// Bytes of all packages.
    pub fn unzipped(&self) -> Bytes {
        self.parts.iter().map(|part| part.unzipped).sum()
    }

    /// What of it does nothing.
    pub fn waste(&self) -> Waste {
        self.parts.iter().fold(Waste::default(), |sum, part| sum.and(part.waste()))
    }

    /// The share of bytes that do something, in whole percent; 100 when there are none.
    pub fn efficiency(&self) -> u64 {
        let (all, waste) = (u128::from(self.unzipped().0), u128::from(self.waste().total().0));
        let used = all.saturating_sub(waste).saturating_mul(100);
        used.checked_div(all).and_then(|percent| u64::try_from(percent).ok()).unwrap_or(100)
    }
}
