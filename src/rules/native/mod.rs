//! Machine code: will the loader take it.

use std::collections::BTreeMap;

use crate::{
    data::{runtimes::Family, search_paths::Root, texts},
    environment::{
        deployment::Deployment,
        load_path::{Loadable, Loading, is_tagged_extension},
        loader::Unmet,
        package::Package,
    },
    inspect::machine_code::Format,
    model::{
        architecture::Architecture,
        severity::{Certainty, Severity},
    },
};

use super::registry::{Draft, Findings, Rule};

mod bad_interpreter;
mod bundles_libc;
mod cpu_level;
mod debug_info;
mod executable_stack;
mod glibc_too_new;
mod hardening;
mod insecure_rpath;
mod jni;
mod library_off_path;
mod libstdcxx_too_new;
mod malformed;
mod misaligned_segment;
mod missing_library;
mod mixed_architectures;
mod musl_libc;
mod node_abi;
mod python_abi;
mod python_symbols;
mod shadowed_by_system;
mod undeclared_architecture;
mod undefined_symbol_version;
mod wheel_tag;
mod wrong_architecture;
mod wrong_platform;

/// The rules of this category, sorted by name.
pub(super) static RULES: &[&Rule] = &[
    &bad_interpreter::RULE,
    &bundles_libc::RULE,
    &cpu_level::RULE,
    &debug_info::RULE,
    &executable_stack::RULE,
    &glibc_too_new::RULE,
    &hardening::RULE,
    &insecure_rpath::RULE,
    &library_off_path::RULE,
    &libstdcxx_too_new::RULE,
    &malformed::RULE,
    &misaligned_segment::RULE,
    &missing_library::RULE,
    &mixed_architectures::RULE,
    &musl_libc::RULE,
    &node_abi::RULE,
    &python_abi::RULE,
    &shadowed_by_system::RULE,
    &undeclared_architecture::RULE,
    &undefined_symbol_version::RULE,
    &wheel_tag::RULE,
    &wrong_architecture::RULE,
    &wrong_platform::RULE,
];

/// Binaries by the installed package they belong to, so that a package with forty of them is one finding.
fn by_owner<'a>(
    binaries: impl IntoIterator<Item = Loadable<'a>>,
) -> BTreeMap<(*const Package, String), Vec<Loadable<'a>>> {
    let mut groups: BTreeMap<(*const Package, String), Vec<Loadable<'a>>> = BTreeMap::new();
    for binary in binaries {
        groups
            .entry((std::ptr::from_ref(binary.package), owner(binary.entry.path.as_str())))
            .or_default()
            .push(binary);
    }
    groups
}

/// What is loaded first: modules and programs that something starts or imports by name.
fn roots<'a>(deployment: &Deployment<'a>) -> impl Iterator<Item = Loadable<'a>> + use<'a> {
    let loaded: Vec<Loadable<'a>> = deployment.loaded_binaries().collect();
    let architecture = deployment.architecture;
    // what is for another processor is refused before anything is looked up for it
    let by_dotnet = deployment.runtime.is_some_and(|runtime| runtime.family == Family::Dotnet)
        // the runtime itself has parts that it does without
        && !deployment.task.is_file("libcoreclr.so");
    loaded.into_iter().filter(move |one| {
        (one.is_loaded_first() || (by_dotnet && is_called_by_dotnet(one))) && one.is_for(architecture)
    })
}

/// Whether a library lies where .NET looks for those that code calls: at the root or in the folder of a platform.
fn is_called_by_dotnet(binary: &Loadable<'_>) -> bool {
    let path = binary.entry.path.as_str();
    !binary.package.is_layer()
        && (!path.contains('/') || (path.starts_with("runtimes/") && path.contains("/native/")))
}

/// What is missing, by the package that needs it and the library's name.
fn by_library<'u, 'a: 'u>(
    unmet: impl IntoIterator<Item = &'u Unmet<'a>>,
) -> BTreeMap<(String, String), Vec<&'u Unmet<'a>>> {
    let mut groups: BTreeMap<(String, String), Vec<&'u Unmet<'a>>> = BTreeMap::new();
    for one in unmet {
        let owner = owner(one.root.entry.path.as_str());
        groups.entry((owner, one.library.clone())).or_default().push(one);
    }
    groups
}

/// The installed package that a path belongs to: `numpy` of `python/numpy/core/x.so` and of `python/numpy.libs/y.so`.
fn owner(path: &str) -> String {
    const FOLDERS: [&str; 3] = ["site-packages/", "node_modules/", "python/"];
    let below =
        FOLDERS.iter().find_map(|folder| path.rsplit_once(folder).map(|(_, rest)| rest)).unwrap_or(path);
    let mut parts = below.split('/');
    let first = parts.next().unwrap_or_default();
    let name = below.rsplit('/').next().unwrap_or_default();
    match parts.next() {
        // those of .NET lie together by platform
        Some(_) if first == "runtimes" && below.contains("/native/") => {
            name.split('.').next().unwrap_or(name).to_owned()
        }
        Some(second) if first.starts_with('@') => format!("{first}/{second}"),
        Some(second) if matches!(first, "lib" | "bin" | "extensions") => second.to_owned(),
        _ => first.split(".libs").next().unwrap_or(first).split('.').next().unwrap_or(first).to_owned(),
    }
}

/// The module that Python would import from an extension's path: `pkg._native` of `python/pkg/_native.abi3.so`.
fn module_of(path: &str) -> String {
    const FOLDERS: [&str; 2] = ["site-packages/", "python/"];
    let below =
        FOLDERS.iter().find_map(|folder| path.rsplit_once(folder).map(|(_, rest)| rest)).unwrap_or(path);
    let (folder, name) = below.rsplit_once('/').unwrap_or(("", below));
    let stem = name.split('.').next().unwrap_or(name);
    if folder.is_empty() { stem.to_owned() } else { format!("{}.{stem}", folder.replace('/', ".")) }
}

/// The pip command that fetches the right build of a package for a deployment.
fn pip_command(deployment: &Deployment<'_>, name: &str) -> String {
    let architecture = deployment.architecture.map_or("x86_64", Architecture::gnu);
    let python = deployment.runtime.filter(|runtime| runtime.family == Family::Python);
    let version = python.map(|runtime| format!(" --python-version {}", runtime.language)).unwrap_or_default();
    format!(
        "pip install --platform manylinux2014_{architecture}{version} --only-binary=:all: --target python {name}"
    )
}

/// The command that fetches the right build of whatever a binary belongs to.
fn rebuild_command(deployment: &Deployment<'_>, binary: &Loadable<'_>) -> String {
    let path = binary.entry.path.as_str();
    let cpu = if deployment.architecture == Some(Architecture::Arm64) { "arm64" } else { "x64" };
    if path.contains("node_modules/") {
        format!("npm install --os=linux --cpu={cpu} --libc=glibc {}", owner(path))
    } else if path.starts_with("python/")
        || path.contains("site-packages/")
        || binary.loading() == Some(Loading::PythonExtension)
    {
        pip_command(deployment, &owner(path))
    } else {
        let architecture = deployment.architecture.map_or("x86_64", Architecture::as_str);
        format!(
            "build it for Linux on {architecture}, such as with: docker run --platform linux/{}",
            if cpu == "x64" { "amd64" } else { architecture }
        )
    }
}

/// Whether Python can import a source that lies where a compiled module does.
fn can_be_imported(deployment: &Deployment<'_>, root: Root, folder: &str, name: &str) -> bool {
    let path = format!("{folder}/{name}");
    let found = deployment.tree(root).find(path.trim_start_matches('/'));
    found.is_none_or(|source| !deployment.is_for_cython(&source))
}

/// The command that fetches a build for an older system.
fn older_command(deployment: &Deployment<'_>, binary: &Loadable<'_>) -> String {
    match deployment.runtime.map(|runtime| runtime.family) {
        Some(Family::Java | Family::Dotnet) => {
            "take a version of the library that is built for an older system, or a runtime on a newer one"
                .to_owned()
        }
        _ => pip_command(deployment, &owner(binary.entry.path.as_str())),
    }
}

/// What Lambda shows when a file for another machine or system is loaded.
fn refusal(binary: &Loadable<'_>) -> String {
    let mounted = binary.package.mounted(&binary.entry.path.shown());
    let name = binary.entry.path.file_name();
    let tagged = is_tagged_extension(name) && !name.ends_with(".abi3.so");
    match binary.loading() {
        Some(Loading::PythonExtension) if tagged => {
            texts::PYTHON_NO_MODULE_SHORT.fill(&[("module", &module_of(binary.entry.path.as_str()))])
        }
        Some(Loading::Program | Loading::Extension | Loading::Bootstrap) => {
            texts::EXEC_FORMAT_ERROR.fill(&[("path", &mounted)])
        }
        _ => match &binary.binary.format {
            Format::Elf(elf) if !elf.is_64 => texts::WRONG_ELF_CLASS.fill(&[("path", &mounted)]),
            Format::Elf(_) => texts::WRONG_ARCHITECTURE_LIBRARY.fill(&[("path", &mounted)]),
            _ => texts::INVALID_ELF_HEADER.fill(&[("path", &mounted)]),
        },
    }
}

/// Begins one finding for binaries of one owner.
fn draft<'f>(findings: &'f mut Findings, group: &[Loadable<'_>]) -> Option<Draft<'f>> {
    let package = group.first()?.package;
    let entries: Vec<usize> = group.iter().map(|binary| binary.binary.entry).collect();
    let draft = findings.at_entries(package, &entries, "the same")?;
    // surely loaded or merely lying where it could be: the second is a guess
    if group.iter().any(Loadable::is_loaded_for_sure) {
        Some(draft)
    } else {
        Some(draft.no_worse_than(Severity::Warning).no_surer_than(Certainty::Likely))
    }
}
