//! How much of a hostile package is looked at. Every breach is a finding, never silence.

/// The limits of reading. Defaults are above what Lambda accepts, and low enough for a small machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Most entries of one package; an archive inside of it has as many of its own, and all of those together too.
    pub entries: u64,
    /// Most bytes of a central directory.
    pub directory_bytes: u64,
    /// Most bytes that one entry is inflated to.
    pub entry_bytes: u64,
    /// Most bytes that all entries of one package may declare before nothing of it is inflated.
    pub bytes: u64,
    /// Most bytes that are really inflated of one package, archives inside of it included.
    pub real_bytes: u64,
    /// How many times its compressed size an entry may declare. Deflate cannot do more than 1032.
    pub ratio: u64,
    /// Most bytes of a path.
    pub name_length: u64,
    /// How many archives inside of one another are opened; 0 opens the package alone.
    pub nesting_depth: u64,
    /// How many folders inside of one another are entered.
    pub folder_depth: u64,
    /// Seconds that threads may work on what they read of one package, all of them together, before nothing more of it is read.
    pub seconds: u64,
}

/// What one limit is called, what it is by default, and which one it is.
struct Row {
    name: &'static str,
    default: u64,
    field: fn(&mut Limits) -> &mut u64,
}

const ROWS: [Row; 10] = [
    Row { name: "entries", default: 250_000, field: |limits| &mut limits.entries },
    Row { name: "directory-bytes", default: 64 << 20, field: |limits| &mut limits.directory_bytes },
    Row { name: "entry-bytes", default: 256 << 20, field: |limits| &mut limits.entry_bytes },
    Row { name: "bytes", default: 2 << 30, field: |limits| &mut limits.bytes },
    Row { name: "real-bytes", default: 4 << 30, field: |limits| &mut limits.real_bytes },
    Row { name: "ratio", default: 1032, field: |limits| &mut limits.ratio },
    Row { name: "name-length", default: 4096, field: |limits| &mut limits.name_length },
    Row { name: "nesting-depth", default: 1, field: |limits| &mut limits.nesting_depth },
    Row { name: "folder-depth", default: 256, field: |limits| &mut limits.folder_depth },
    Row { name: "seconds", default: 60, field: |limits| &mut limits.seconds },
];

impl Default for Limits {
    fn default() -> Self {
        let mut limits = Self {
            entries: 0,
            directory_bytes: 0,
            entry_bytes: 0,
            bytes: 0,
            real_bytes: 0,
            ratio: 0,
            name_length: 0,
            nesting_depth: 0,
            folder_depth: 0,
            seconds: 0,
        };
        for row in &ROWS {
            *(row.field)(&mut limits) = row.default;
        }
        limits
    }
}

impl Limits {
    /// The names that `--limit NAME=VALUE` and `[limits]` take.
    pub fn names() -> impl Iterator<Item = &'static str> {
        ROWS.iter().map(|row| row.name)
    }

    /// Sets one limit by name; `false` when there is none of that name.
    pub fn set(&mut self, name: &str, value: u64) -> bool {
        let row = ROWS.iter().find(|row| row.name == name);
        if let Some(row) = row {
            *(row.field)(self) = value;
        }
        row.is_some()
    }
}
