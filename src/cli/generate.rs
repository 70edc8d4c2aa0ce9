//! Completions and manual pages, from the definition of the command line.

use std::{fs, path::Path};

use clap::CommandFactory;
use clap_complete::Shell;
use clap_mangen::Man;

use crate::input::error::UsageError;

use super::args::Cli;

/// The completions of a shell.
pub(super) fn completions(shell: Shell) -> String {
    let mut out = Vec::new();
    clap_complete::generate(shell, &mut Cli::command(), "layerlint", &mut out);
    String::from_utf8_lossy(&out).into_owned()
}

/// The manual page of the program.
pub(super) fn manual() -> Result<String, UsageError> {
    let mut out = Vec::new();
    Man::new(Cli::command()).render(&mut out).map_err(|cause| UsageError::new(cause.to_string()))?;
    Ok(String::from_utf8_lossy(&out).into_owned())
}

/// Writes the manual pages of all commands into a folder.
pub(super) fn manuals(folder: &Path) -> Result<(), UsageError> {
    let failed =
        |cause: std::io::Error| UsageError::new(format!("cannot write into {}: {cause}", folder.display()));
    fs::create_dir_all(folder).map_err(failed)?;
    clap_mangen::generate_to(Cli::command(), folder).map_err(failed)
}
