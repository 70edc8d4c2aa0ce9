//! What the loader makes of each binary, for people who look for the one that fails.

use super::text::SafeText;

/// The binaries of one deployment.
#[derive(Clone, Debug)]
pub struct NativeTable {
    /// The function's name, or the package's.
    pub name: SafeText,
    /// Runtime and architecture, when they are known.
    pub target: Option<SafeText>,
    /// Its binaries, in the order of packages and entries.
    pub rows: Vec<NativeRow>,
}

/// One binary.
#[derive(Clone, Debug)]
pub struct NativeRow {
    /// The path that Lambda gives it.
    pub path: SafeText,
    /// The package's alias.
    pub package: SafeText,
    /// What it is: `ELF x86-64`, `Mach-O arm64`.
    pub format: SafeText,
    /// How it comes to be loaded; nothing when nothing loads it.
    pub loading: Option<&'static str>,
    /// The highest version of the C library that it needs.
    pub glibc: Option<SafeText>,
    /// The highest version of the C++ library that it needs.
    pub glibcxx: Option<SafeText>,
    /// The highest version of the C++ ABI that it needs.
    pub cxxabi: Option<SafeText>,
    /// The highest version of the compiler's own library that it needs.
    pub libgcc: Option<SafeText>,
    /// What it needs, in order.
    pub needs: Vec<NeedRow>,
}

/// One library that is needed.
#[derive(Clone, Debug)]
pub struct NeedRow {
    /// Its name.
    pub library: SafeText,
    /// How it is found.
    pub found: Found,
    /// The path that it is found at, when it is in a package.
    pub path: Option<SafeText>,
}

/// How a library is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Found {
    /// In the function or a layer.
    Package,
    /// In the operating system.
    System,
    /// In the runtime.
    Runtime,
    /// Perhaps in the operating system.
    Unproven,
    /// Not to be known from the inputs.
    Undecided,
    /// Nowhere.
    Missing,
}

impl Found {
    /// The word of the JSON report.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Package => "package",
            Self::System => "system",
            Self::Runtime => "runtime",
            Self::Unproven => "unproven",
            Self::Undecided => "undecided",
            Self::Missing => "missing",
        }
    }
}
