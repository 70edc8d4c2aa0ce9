//! runtime/stale-bytecode: byte code without a source that another version of Python has written.

use crate::{
    archive::Scratch,
    data::{python_client, runtimes::Family, search_paths::Holds, texts},
    environment::{
        deployment::{Deployment, root_of},
        package::Package,
        python::{Trouble, byte_code},
    },
    model::severity::Severity,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

use super::python_imports::{because, faults, shown};

pub(super) static RULE: Rule =
    Rule { page: &pages::runtime::STALE_BYTECODE, check: Check::Deployment(check) };

/// Files that are looked into: those of one package were written by one Python.
const MOST: usize = 64;

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    if deployment.runtime.is_none_or(|runtime| runtime.family != Family::Python) {
        return;
    }
    let is_told = at_start(deployment, findings);
    // a layer that functions have attached is looked at there
    let is_left_out = is_told || (deployment.is_layer_alone() && deployment.is_used);
    for package in deployment.packages().filter(|_| !is_left_out) {
        lying(deployment, package, findings);
    }
}

/// What the start path comes to: the function does not start.
fn at_start(deployment: &Deployment<'_>, findings: &mut Findings) -> bool {
    let mut is_told = false;
    for (start, fault) in faults(deployment) {
        let Trouble::BadMagic { module, magic } = &fault.trouble else { continue };
        let error = texts::PYTHON_BAD_MAGIC.fill(&[("module", module), ("magic", &quoted(magic))]);
        findings
            .at(fault.spot.package.entry_place(fault.spot.index))
            .say(format!("the module {} is byte code {}", shown(module), version(magic)))
            .lambda_says(texts::PYTHON_IMPORT_ERROR.fill(&[("handler", &start.module), ("error", &error)]))
            .because(because(
                "there is no source beside it, and byte code is read by one version alone",
                &fault.spot,
            ))
            .fix(fix(deployment))
            .report();
        is_told = true;
    }
    is_told
}

/// What lies on a search path, imported or not.
fn lying(deployment: &Deployment<'_>, package: &Package, findings: &mut Findings) {
    let Some(language) = deployment.runtime.map(|runtime| runtime.language.as_str()) else { return };
    let mut stale = Vec::new();
    let mut found = None;
    for index in alone(deployment, package).into_iter().take(MOST) {
        if let Some(magic) = byte_code::foreign_magic_of(package, index, language, &mut Scratch::default()) {
            stale.push(index);
            found.get_or_insert(magic);
        }
    }
    let Some((magic, draft)) = found.zip(findings.at_entries(package, &stale, "byte code alone")) else {
        return;
    };
    draft
        .subject("byte code")
        .no_worse_than(Severity::Warning)
        .say(format!("modules without a source are byte code {}", version(&magic)))
        .because("importing one of them fails: byte code is read by one version alone")
        .fix(fix(deployment))
        .report();
}

/// Byte code on a search path that no source stands beside.
fn alone(deployment: &Deployment<'_>, package: &Package) -> Vec<usize> {
    let root = root_of(package.role);
    let folders: Vec<String> = deployment
        .paths_of(Holds::PythonModules)
        .into_iter()
        .filter(|path| path.root == root)
        .map(|path| path.folder)
        .collect();
    let is_on_path = |path: &str| {
        folders.iter().any(|folder| {
            folder.is_empty() || path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'))
        })
    };
    package
        .files()
        .filter(|(_, entry)| {
            let path = entry.path.as_str();
            let source = path.strip_suffix('c').filter(|source| source.ends_with(".py"));
            source.is_some_and(|source| {
                is_on_path(path) && !path.contains("__pycache__/") && !deployment.tree(root).is_file(source)
            })
        })
        .map(|(index, _)| index)
        .collect()
}

fn version(magic: &[u8]) -> String {
    let number = match magic {
        [low, high, ..] => u16::from_le_bytes([*low, *high]),
        _ => return "that was cut".to_owned(),
    };
    match python_client::version_of_magic(number) {
        Some(language) => format!("of Python {language}"),
        None => "of another version of Python".to_owned(),
    }
}

fn fix(deployment: &Deployment<'_>) -> String {
    let language = deployment.runtime.map(|runtime| runtime.language.as_str()).unwrap_or_default();
    format!("python{language} -m compileall -b -f python, or ship the sources")
}

/// Bytes as Python shows them.
fn quoted(magic: &[u8]) -> String {
    let shown = magic.iter().map(|byte| match byte {
        b'\r' => "\\r".to_owned(),
        b'\n' => "\\n".to_owned(),
        b'\t' => "\\t".to_owned(),
        b'\\' => "\\\\".to_owned(),
        b'\'' => "\\'".to_owned(),
        0x20..=0x7e => char::from(*byte).to_string(),
        other => format!("\\x{other:02x}"),
    });
    format!("b'{}'", shown.collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn bytes_are_shown_as_python_shows_them() {
        assert_eq!(quoted(&[0xa7, 0x0d, 0x0d, 0x0a]), "b'\\xa7\\r\\r\\n'");
        assert_eq!(quoted(&[0x6f, 0x0d, 0x0d, 0x0a]), "b'o\\r\\r\\n'");
    }
}
