//! native/python-abi: extension modules whose file name is none that the runtime's Python tries.

use std::collections::BTreeSet;

use crate::{
    data::{
        runtimes::{Family, Runtime},
        search_paths::Root,
        texts,
    },
    environment::{
        deployment::{Deployment, root_of},
        load_path::{Loadable, Loading},
    },
    inspect::{elf::ElfFacts, machine_code::Format},
    model::severity::Severity,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

use super::{by_owner, can_be_imported, draft, module_of, owner, pip_command};

pub(super) static RULE: Rule = Rule { page: &pages::native::PYTHON_ABI, check: Check::Deployment(check) };

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    super::python_symbols::check(deployment, findings);
    let Some(runtime) = deployment.runtime.filter(|runtime| runtime.family == Family::Python) else { return };
    let foreign = deployment.loaded_binaries().filter(|binary| {
        binary.loading() == Some(Loading::PythonExtension)
            && is_right_machine(deployment, binary)
            && built_for(binary.entry.path.file_name(), runtime).is_some()
            && !has_substitute(deployment, binary, runtime)
    });
    let alpine: BTreeSet<String> = deployment
        .loaded_binaries()
        .filter(|one| one.elf().is_some_and(ElfFacts::needs_musl))
        .map(|one| owner(one.entry.path.as_str()))
        .collect();
    for ((_, owner), group) in by_owner(foreign) {
        // a module without a library beside others that need musl: the same wheel, told already
        let Some(first) = group.first().copied().filter(|_| !alpine.contains(&owner)) else { continue };
        let what = built_for(first.entry.path.file_name(), runtime).unwrap_or_default();
        let tag = runtime.cpython_tag.as_deref().unwrap_or_default().replace("cp", "cpython-");
        let Some(mut draft) = draft(findings, &group) else { continue };
        if deployment.does_without(&group) {
            draft = draft.no_worse_than(Severity::Warning);
        }
        draft
            .subject(format!("abi of {owner}"))
            .say(format!("{owner} is built for {what}, {runtime} does not load it"))
            .lambda_says(texts::PYTHON_NO_MODULE_SHORT.fill(&[("module", &module_of(first.entry.path.as_str()))]))
            .because(format!("{runtime} tries the endings .{tag}-...-linux-gnu.so, .abi3.so and .so only: the name decides before the file is opened"))
            .fix(pip_command(deployment, &owner))
            .report();
    }
}

/// Another machine or system is another rule's finding: the same file would be reported twice.
fn is_right_machine(deployment: &Deployment<'_>, binary: &Loadable<'_>) -> bool {
    match &binary.binary.format {
        Format::Elf(elf) => {
            !elf.needs_musl()
                && (deployment.architecture.is_none()
                    || elf.machine.architecture() == deployment.architecture)
        }
        _ => false,
    }
}

/// What a file name says it is for, when it is not for this runtime.
fn built_for(name: &str, runtime: &Runtime) -> Option<String> {
    let (_, rest) = name.split_once('.')?;
    let tag = rest.strip_suffix(".so")?;
    if tag == "abi3" || tag.is_empty() {
        return None;
    }
    if let Some(pypy) = tag.strip_prefix("pypy") {
        return Some(format!("PyPy {}", pypy.split('-').next().unwrap_or_default()));
    }
    let tag = tag.strip_prefix("cpython-")?;
    let (version, platform) = tag.split_once('-').unwrap_or((tag, ""));
    let own = runtime.cpython_tag.as_deref()?.strip_prefix("cp")?;
    if version == own {
        return match platform {
            "" => Some("an unnamed platform".to_owned()),
            musl if musl.ends_with("-musl") => Some("the Python of Alpine".to_owned()),
            _ => None,
        };
    }
    let digits = version.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let (major, minor) = digits.split_at_checked(1).unwrap_or((digits, ""));
    let kind = match version.get(digits.len()..) {
        Some("t") => " without the GIL",
        Some("d") => " in its debug build",
        _ => "",
    };
    Some(format!("Python {major}.{minor}{kind}"))
}

/// Whether the module can be imported from another file of the same folder.
fn has_substitute(deployment: &Deployment<'_>, binary: &Loadable<'_>, runtime: &Runtime) -> bool {
    let root: Root = root_of(binary.package.role);
    let path = binary.entry.path.as_str();
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = name.split('.').next().unwrap_or(name);
    deployment.tree(root).names_in(folder).iter().any(|other| {
        let Some(rest) = other.strip_prefix(stem) else { return false };
        let extension = rest.ends_with(".so") && rest.starts_with('.') && built_for(other, runtime).is_none();
        // a folder of type stubs alone is no package
        let package = rest.is_empty()
            && deployment.tree(root).is_file(format!("{folder}/{stem}/__init__.py").trim_start_matches('/'));
        let source = rest == ".py" && can_be_imported(deployment, root, folder, other);
        source || package || (extension && !rest.contains("-darwin") && !rest.contains("-musl"))
    })
}
