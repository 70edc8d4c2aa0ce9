//! Programs of the execution environments: which interpreters a script can name.

use std::sync::LazyLock;

use serde::Deserialize;

use super::{
    runtimes::{Family, Os, Runtime},
    table,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Table {
    #[serde(rename = "source")]
    _source: String,
    #[serde(rename = "as-of")]
    _as_of: toml::value::Datetime,
    present: Vec<String>,
    absent: Vec<String>,
    build_machine: Vec<String>,
    runtime: Vec<Row>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    family: Family,
    programs: Vec<String>,
}

static TABLE: LazyLock<Table> =
    LazyLock::new(|| table::parse(include_str!("../../rules/data/programs.toml")));

/// Folders of the system that are one: a program of one is in the other.
const SYSTEM: [&str; 2] = ["/bin", "/usr/bin"];

/// Where a runtime's own programs are.
const LANGUAGE: &str = "/var/lang/bin";

/// Whether a runtime has a program at an absolute path outside of `/opt` and `/var/task`. Nothing when that is not known.
pub fn is_at(runtime: &Runtime, path: &str) -> Option<bool> {
    // what this was read from are the systems of today
    runtime.os.filter(|os| *os != Os::Al1)?;
    let (folder, name) = path.rsplit_once('/')?;
    if TABLE.build_machine.iter().any(|begin| path.starts_with(begin.as_str())) {
        return Some(false);
    }
    if folder == LANGUAGE {
        return language_has(runtime, name);
    }
    let is_listed = |names: &[String]| names.iter().any(|one| one == name);
    match SYSTEM.contains(&folder) {
        true if is_listed(&TABLE.present) => Some(true),
        true if is_listed(&TABLE.absent) || is_python(name) => Some(false),
        _ => None,
    }
}

/// Whether a runtime's own search path, without the folders of layers, has a program of a name. Nothing when that is not known.
pub fn is_on_path(runtime: &Runtime, name: &str) -> Option<bool> {
    match (language_has(runtime, name), is_at(runtime, &format!("/usr/bin/{name}"))) {
        (Some(true), _) | (_, Some(true)) => Some(true),
        (Some(false), Some(false)) => Some(false),
        _ => None,
    }
}

fn language_has(runtime: &Runtime, name: &str) -> Option<bool> {
    let own = TABLE.runtime.iter().find(|row| row.family == runtime.family);
    let has = |row: &Row| row.programs.iter().any(|one| one.replace("{language}", &runtime.language) == name);
    if own.is_some_and(has) {
        return Some(true);
    }
    let is_interpreter = TABLE.absent.iter().any(|one| one == name) || is_python(name);
    is_interpreter.then_some(false)
}

/// `python3.11`
fn is_python(name: &str) -> bool {
    name.strip_prefix("python").is_some_and(|rest| {
        rest.starts_with(|c: char| c.is_ascii_digit()) && rest.chars().all(|c| c.is_ascii_digit() || c == '.')
    })
}

/// The program that a runtime of a family has for its own language, by its path.
pub fn own_interpreter(runtime: &Runtime) -> Option<String> {
    let row = TABLE.runtime.iter().find(|row| row.family == runtime.family)?;
    Some(format!("{LANGUAGE}/{}", row.programs.first()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::data::runtimes;

    fn asked(runtime: &str, path: &str) -> Option<bool> {
        is_at(runtimes::find(runtime).unwrap(), path)
    }

    #[test]
    fn a_runtime_has_its_own_language_and_the_shell() {
        assert_eq!(asked("provided.al2023", "/bin/bash"), Some(true));
        assert_eq!(asked("provided.al2023", "/usr/bin/python3"), Some(false));
        assert_eq!(asked("python3.12", "/usr/bin/python3.12"), Some(false));
        assert_eq!(asked("python3.12", "/var/lang/bin/python3.12"), Some(true));
        assert_eq!(asked("python3.12", "/var/lang/bin/python3.11"), Some(false));
        assert_eq!(asked("nodejs22.x", "/var/lang/bin/python3"), Some(false));
        assert_eq!(asked("nodejs22.x", "/home/me/.nvm/bin/node"), Some(false));
        assert_eq!(asked("nodejs22.x", "/usr/local/bin/bash"), Some(false));
    }

    #[test]
    fn what_is_in_no_list_is_unknown() {
        assert_eq!(asked("provided.al2023", "/usr/bin/jq"), None);
        assert_eq!(asked("provided.al2023", "/mnt/efs/python3"), None);
        assert_eq!(asked("python3.6", "/usr/bin/perl"), None, "the oldest system had it");
        let node = runtimes::find("nodejs22.x").unwrap();
        assert_eq!(is_on_path(node, "node"), Some(true));
        assert_eq!(is_on_path(node, "python3"), Some(false));
        assert_eq!(is_on_path(node, "jq"), None);
        assert_eq!(is_on_path(node, "bash"), Some(true));
    }

    #[test]
    fn no_program_is_both_there_and_not() {
        assert!(TABLE.present.iter().all(|one| !TABLE.absent.contains(one)));
        assert!(TABLE.present.is_sorted() && TABLE.absent.is_sorted());
    }
}
