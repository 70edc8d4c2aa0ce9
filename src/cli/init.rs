//! `layerlint init`: a first configuration for what lies here.

use std::path::Path;

use crate::{
    archive::{archive::Archive, limits::Limits},
    environment::role,
    input::{discover, error::UsageError, places::shown},
    output::{files, starter},
};

/// The file that is written.
const FILE: &str = "layerlint.toml";

/// Writes the configuration, or gives its text when it is only to be printed. Gives what to say.
pub(super) fn init(force: bool, print: bool) -> Result<String, UsageError> {
    let text = starter::render(&packages());
    if print {
        return Ok(text);
    }
    if Path::new(FILE).exists() && !force {
        return Err(UsageError::new(format!("{FILE} is there already"))
            .help("`layerlint init --print` shows what would be written, --force replaces it"));
    }
    files::write_whole(Path::new(FILE), &text)
        .map_err(|cause| UsageError::new(format!("cannot write {FILE}: {cause}")))?;
    Ok(format!("wrote {FILE}; run `layerlint` to check what it names\n"))
}

/// What lies here, told apart by content. What cannot be opened is left to `check` to complain about.
fn packages() -> Vec<starter::Found> {
    let found = discover::packages_here().into_iter().filter_map(|path| {
        let archive = Archive::open(&path, &Limits::default()).ok()?;
        Some(starter::Found {
            path: shown(&path),
            kind: role::of(&archive).as_str(),
            python: archive.entries().iter().any(|entry| entry.path.as_str().ends_with(".py")),
        })
    });
    found.collect()
}
