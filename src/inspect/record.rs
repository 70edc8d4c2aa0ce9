//! `RECORD` of installed wheels: which files there were, with what hash. Source: the PyPA specification of the installation database.

use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};

/// Bytes of the largest list that is read: a hundred thousand files.
pub(super) const LARGEST: u64 = 16 << 20;

/// A file that a `RECORD` lists with its SHA-256.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Recorded {
    /// The path inside the package.
    pub(crate) path: String,
    /// Its SHA-256 when it was installed.
    pub(crate) sha256: [u8; 32],
}

/// A file of an installed wheel that is not what its `RECORD` says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Altered {
    /// The entry that differs.
    pub entry: usize,
    /// The entry of the `RECORD`.
    pub record: usize,
}

/// Whether a path is a wheel's list of files.
pub(super) fn is_record(path: &str) -> bool {
    path.ends_with(".dist-info/RECORD")
}

/// Whether the content of a file is compared. Only sources are: libraries are stripped and patched for good reasons, and
/// byte code is made anew.
pub(super) fn is_compared(path: &str) -> bool {
    path.ends_with(".py")
}

/// The sources that a `RECORD` lists, with their paths inside the package. Lines that make no sense are left out.
pub(crate) fn parse(path: &str, text: &[u8]) -> Vec<Recorded> {
    let folder = path.rsplitn(3, '/').nth(2).unwrap_or_default();
    String::from_utf8_lossy(text).lines().filter_map(|line| row(folder, line)).collect()
}

fn row(folder: &str, line: &str) -> Option<Recorded> {
    let mut fields = line.trim_end().rsplitn(3, ',');
    let _size = fields.next()?;
    let hash = fields.next()?.strip_prefix("sha256=")?;
    let name = fields.next()?.trim_matches('"');
    // scripts lie above the folder and are rewritten when they are installed
    if !is_compared(name) || name.starts_with('/') || name.split('/').any(|part| part == "..") {
        return None;
    }
    let sha256 = BASE64URL_NOPAD.decode(hash.trim_end_matches('=').as_bytes()).ok()?.try_into().ok()?;
    let path = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
    Some(Recorded { path, sha256 })
}

#[cfg(test)]
mod tests {
    use super::*;

    const HASH: &str = "sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";

    fn paths(path: &str, text: &str) -> Vec<String> {
        parse(path, text.as_bytes()).into_iter().map(|one| one.path).collect()
    }

    #[test]
    fn sources_are_listed_below_the_folder_they_are_installed_in() {
        let text = format!(
            "pkg/__init__.py,{HASH},0\npkg/x.so,{HASH},9\n\"a,b.py\",{HASH},0\npkg-1.dist-info/RECORD,,\n"
        );
        assert_eq!(
            paths("python/pkg-1.dist-info/RECORD", &text),
            ["python/pkg/__init__.py", "python/a,b.py"]
        );
        assert_eq!(paths("pkg-1.dist-info/RECORD", &text), ["pkg/__init__.py", "a,b.py"]);
    }

    #[test]
    fn what_lies_elsewhere_or_makes_no_sense_is_left_out() {
        let text = format!(
            "../../bin/x.py,{HASH},0\n/etc/x.py,{HASH},0\nx.py,md5=aa,0\ny.py,sha256=!!,0\nz.py\n,,\n"
        );
        assert!(paths("python/pkg-1.dist-info/RECORD", &text).is_empty());
    }
}
