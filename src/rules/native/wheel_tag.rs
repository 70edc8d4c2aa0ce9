//! native/wheel-tag: programs of a wheel that is for another platform, where nothing but the wheel says whose they are.

use std::collections::HashMap;

use crate::{
    data::{
        runtimes::{Family, Runtime},
        search_paths::Holds,
    },
    environment::{
        deployment::{Deployment, root_of},
        load_path::{Loadable, Reach},
        package::Package,
    },
    inspect::{machine_code::Format, wheels::Wheel},
    model::architecture::Architecture,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

use super::pip_command;

pub(super) static RULE: Rule = Rule { page: &pages::native::WHEEL_TAG, check: Check::Deployment(check) };

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    let Some(runtime) = deployment.runtime.filter(|runtime| runtime.family == Family::Python) else { return };
    for package in deployment.packages().filter(|package| !package.inventory.wheels.is_empty()) {
        let binaries: HashMap<&str, Loadable<'_>> = deployment
            .binaries()
            .iter()
            .filter(|one| std::ptr::eq(one.package, package))
            .map(|one| (one.entry.path.as_str(), *one))
            .collect();
        for ((folder, name), wheel) in &package.inventory.wheels {
            let foreign = !wheel.tags.is_empty() && !wheel.platforms().any(|one| fits(one, deployment));
            if foreign && is_searched(deployment, package, folder) {
                let code: Vec<Loadable<'_>> =
                    wheel.code.iter().filter_map(|path| binaries.get(path.as_str()).copied()).collect();
                judge(deployment, runtime, (name, wheel), &code, findings);
            }
        }
    }
}

/// The ELF decides when both speak: what is loaded is judged by other rules, and what would run is in order.
fn judge(
    deployment: &Deployment<'_>,
    runtime: &Runtime,
    (name, wheel): (&str, &Wheel),
    code: &[Loadable<'_>],
    findings: &mut Findings,
) {
    let Some(tag) = wheel.tags.first() else { return };
    let decided = |one: &Loadable<'_>| matches!(one.reach, Reach::Loaded(_)) || runs(one, deployment);
    let Some(first) = code.first().filter(|_| !code.iter().any(decided)) else { return };
    let entries: Vec<usize> = code.iter().map(|one| one.binary.entry).collect();
    let Some(draft) = findings.at_entries(first.package, &entries, "of this wheel") else { return };
    draft
        .subject(format!("wheel of {name}"))
        .say(format!(
            "{name} is installed from a wheel for {}, {runtime} cannot start its programs",
            platform(tag)
        ))
        .because(format!("its WHEEL says {tag}, and its machine code agrees"))
        .fix(pip_command(deployment, name))
        .report();
}

fn is_searched(deployment: &Deployment<'_>, package: &Package, folder: &str) -> bool {
    let root = root_of(package.role);
    deployment.paths_of(Holds::PythonModules).iter().any(|one| one.root == root && one.folder == folder)
}

/// Whether a platform is that of Lambda, however new its C library: that is for the ELF to say.
fn fits(platform: &str, deployment: &Deployment<'_>) -> bool {
    let of = |architecture: Architecture| platform.ends_with(&format!("_{}", architecture.gnu()));
    let machine = match deployment.architecture {
        Some(architecture) => of(architecture),
        None => of(Architecture::X86_64) || of(Architecture::Arm64),
    };
    platform == "any" || (machine && (platform.starts_with("manylinux") || platform.starts_with("linux_")))
}

/// Whether a program would start if something started it.
fn runs(binary: &Loadable<'_>, deployment: &Deployment<'_>) -> bool {
    match &binary.binary.format {
        Format::Elf(elf) => {
            let own = elf.machine.architecture();
            let fits = own.is_some() && (deployment.architecture.is_none() || own == deployment.architecture);
            fits && !elf.needs_musl()
        }
        Format::MachO { .. } | Format::Pe { .. } => false,
        _ => true,
    }
}

/// What people call the platform of a tag.
fn platform(tag: &str) -> String {
    let platform = tag.rsplit_once('-').map_or(tag, |(_, platform)| platform);
    let starts = |name: &str| platform.starts_with(name);
    match platform {
        _ if starts("win") => "Windows".to_owned(),
        _ if starts("macosx") => "macOS".to_owned(),
        _ if starts("musllinux") => "Alpine".to_owned(),
        _ if platform.ends_with("aarch64") => "arm64".to_owned(),
        _ if platform.ends_with("x86_64") => "x86_64".to_owned(),
        other => other.to_owned(),
    }
}
