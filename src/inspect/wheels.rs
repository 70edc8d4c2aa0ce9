//! What an installed wheel says of itself: its platforms in `WHEEL`, its files in `RECORD`.

use serde::{Deserialize, Serialize};

use crate::data::machine_code::is_code_name;

use super::distributions;

/// The most tags of one wheel, and the most files of machine code; real ones have some dozens.
const MOST: usize = 1024;

/// The longest tag or path that is kept.
const LONGEST: usize = 1024;

/// Folder and name of an installed distribution.
pub type Owner = (String, String);

/// One installed wheel.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wheel {
    /// What it is for: `cp312-cp312-manylinux_2_17_x86_64`.
    pub tags: Vec<String>,
    /// Paths in the package of files that may be machine code by their names.
    pub code: Vec<String>,
}

impl Wheel {
    /// Whether all its tags are for any platform.
    pub fn is_for_any_platform(&self) -> bool {
        !self.tags.is_empty() && self.tags.iter().all(|tag| tag.ends_with("-none-any"))
    }

    /// The platforms of its tags: `manylinux_2_17_x86_64`.
    pub fn platforms(&self) -> impl Iterator<Item = &str> {
        self.tags.iter().filter_map(|tag| Some(tag.rsplit_once('-')?.1)).flat_map(|set| set.split('.'))
    }

    /// Puts what two of its files say together.
    pub(super) fn add(&mut self, other: Self) {
        self.tags.extend(other.tags);
        self.code.extend(other.code);
    }
}

/// Whether a path is the file in which a wheel says what it is for.
pub(super) fn is_wheel_file(path: &str) -> bool {
    path.ends_with(".dist-info/WHEEL")
}

/// What `WHEEL` or `RECORD` of a distribution say.
pub(crate) fn read(path: &str, bytes: &[u8]) -> Option<(Owner, Wheel)> {
    let owner = distributions::owner(path)?;
    let text = std::str::from_utf8(bytes).ok()?;
    let short = |text: &&str| text.len() <= LONGEST;
    let wheel = if is_wheel_file(path) {
        let tags = text.lines().filter_map(|line| line.strip_prefix("Tag:")).map(str::trim).filter(short);
        Wheel { tags: tags.take(MOST).map(str::to_owned).collect(), ..Wheel::default() }
    } else {
        let code = text.lines().filter(short).filter_map(|line| code(&owner.0, line));
        Wheel { code: code.take(MOST).collect(), ..Wheel::default() }
    };
    Some((owner, wheel))
}

/// The file of a line, when it may be machine code. Scripts lie above the folder in the record and below it where pip puts a target.
fn code(folder: &str, line: &str) -> Option<String> {
    let name = line.trim_end().rsplitn(3, ',').nth(2)?.trim_matches('"');
    let name = name.trim_start_matches("../");
    let file = name.rsplit('/').next()?;
    let inside = !name.starts_with('/') && name.split('/').all(|part| part != "..");
    let may_be_code = is_code_name(file) || !file.contains('.');
    let path = if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
    (inside && may_be_code && !name.contains(".dist-info/")).then_some(path)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_read_from_wheel() {
        let text = b"Wheel-Version: 1.0\nTag: cp312-cp312-manylinux_2_17_x86_64\nTag: cp312-cp312-manylinux2014_x86_64\n";
        let (owner, wheel) = read("python/Ruff-1.0.dist-info/WHEEL", text).unwrap();
        assert_eq!(owner, ("python".to_owned(), "ruff".to_owned()));
        assert_eq!(wheel.platforms().collect::<Vec<_>>(), ["manylinux_2_17_x86_64", "manylinux2014_x86_64"]);
        assert!(!wheel.is_for_any_platform() && !Wheel::default().is_for_any_platform());
        let any = Wheel { tags: vec!["py3-none-any".to_owned()], code: Vec::new() };
        assert!(any.is_for_any_platform());
    }

    #[test]
    fn machine_code_is_read_from_record() {
        let text = b"../../bin/ruff,sha256=x,1\nruff/__init__.py,,\nruff/a.so,,\nruff-1.0.dist-info/LICENSE,,\n/etc/x,,\na/../../b,,\n";
        let (_, wheel) = read("python/ruff-1.0.dist-info/RECORD", text).unwrap();
        assert_eq!(wheel.code, ["python/bin/ruff", "python/ruff/a.so"]);
    }
}
