//! How much of a hostile package is looked at. Every breach is a finding, never silence.

/// The limits of reading. Defaults are far above what Lambda accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Most entries of one package.
    pub entries: u64,
    /// Most bytes that one entry is inflated to.
    pub entry_bytes: u64,
    /// Most bytes that all entries of one package may declare before nothing of it is inflated.
    pub bytes: u64,
    /// Most bytes of a central directory.
    pub directory_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self { entries: 1_000_000, entry_bytes: 512 << 20, bytes: 8 << 30, directory_bytes: 256 << 20 }
    }
}

impl Limits {
    /// The names that `--limit NAME=VALUE` takes.
    pub const NAMES: [&'static str; 4] = ["entries", "entry-bytes", "bytes", "directory-bytes"];

    /// Sets one limit by name; `false` when there is none of that name.
    pub fn set(&mut self, name: &str, value: u64) -> bool {
        let field = match name {
            "entries" => &mut self.entries,
            "entry-bytes" => &mut self.entry_bytes,
            "bytes" => &mut self.bytes,
            "directory-bytes" => &mut self.directory_bytes,
            _ => return false,
        };
        *field = value;
        true
    }
}
