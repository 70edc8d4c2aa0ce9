//! Texts that look like credentials. The secret itself never leaves this file.

use serde::{Deserialize, Serialize};

use crate::data::secrets::{self, Patterns};

/// Bytes of the largest text that is searched.
pub(super) const LARGEST: u64 = 16 << 20;

/// Bytes in which a zero tells a binary file from a text.
const PROBE: usize = 4096;

/// Characters of a secret that are shown at most: its kind, not its value. Of a short one fewer are.
const SHOWN: usize = 4;

/// One character in so many is shown.
const SHARE: usize = 5;

/// Something that looks like a credential.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Secret {
    /// The entry.
    pub entry: usize,
    /// The pattern's name.
    pub id: String,
    /// What it is: `an AWS access key id`.
    pub description: String,
    /// The line it begins on, from 1.
    pub line: usize,
    /// Its first characters and its length: enough to find it, of no use to anybody else.
    pub masked: String,
    /// How many of the kind the entry holds.
    pub count: u32,
}

/// Looks through one text.
pub(crate) fn find(patterns: &Patterns, entry: usize, path: &str, text: &[u8]) -> Vec<Secret> {
    if text.get(..PROBE).unwrap_or(text).contains(&0) {
        return Vec::new();
    }
    let found = patterns.find(path, text).into_iter().filter_map(|(pattern, hits)| {
        let first = hits.first()?;
        Some(Secret {
            entry,
            id: pattern.id.clone(),
            description: pattern.description.clone(),
            line: line(text, first.offset),
            masked: masked(first.secret),
            count: u32::try_from(hits.len()).unwrap_or(u32::MAX),
        })
    });
    found.collect()
}

/// Whether a file that exists to hold credentials does hold some.
pub(crate) fn is_credential_file(path: &str, text: &[u8]) -> bool {
    secrets::credential_file(path).is_some_and(|one| one.shows(text))
}

/// The first line of a `.pth` file that Python would run and that no well-known tool writes, counted from 1.
///
/// Source: CPython, `Lib/site.py`, `addpackage`: a line that begins with `import` and a space or tab is executed.
pub(crate) fn code_line(path: &str, text: &[u8]) -> Option<usize> {
    if !path.ends_with(".pth") {
        return None;
    }
    let text = String::from_utf8_lossy(text);
    let is_code = |line: &str| line.starts_with("import ") || line.starts_with("import\t");
    let at = text.lines().position(|line| is_code(line) && !secrets::is_known_hook(line))?;
    Some(at.saturating_add(1))
}

fn line(text: &[u8], offset: usize) -> usize {
    text.get(..offset).unwrap_or(text).split(|byte| *byte == b'\n').count()
}

fn masked(secret: &[u8]) -> String {
    let shown: String =
        String::from_utf8_lossy(secret).chars().take(SHOWN.min(secret.len() / SHARE)).collect();
    format!("{shown}..., {} characters", secret.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_named_by_line_and_never_shown() {
        let text = b"a = 1\nkey = 'AKIA2E3KQ7VB5NRWXDTP'\nother = 'AKIA2E3KQ7VB5NRWXDTQ'\n";
        let found = find(secrets::patterns(), 3, "app.py", text);
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].entry, found[0].line, found[0].count), (3, 2, 2));
        assert_eq!(found[0].masked, "AKIA..., 20 characters");
    }

    #[test]
    fn only_code_of_unknown_make_is_told() {
        let line = |text: &str| code_line("python/x.pth", text.as_bytes());
        assert_eq!(line("# paths\n../lib\nimport os, base64; exec('')\n"), Some(3));
        assert_eq!(line("importlib_path\n./x\n"), None);
        assert_eq!(line("import os; var = 'SETUPTOOLS_USE_DISTUTILS'; enabled = 1"), None);
        assert_eq!(code_line("python/x.py", b"import os"), None);
    }

    #[test]
    fn binary_files_are_left_alone() {
        assert_eq!(find(secrets::patterns(), 0, "x", b"\0AKIA2E3KQ7VB5NRWXDTP"), []);
    }
}
