//! runtime/platform-package-missing: packages without their machine code for Lambda; those of npm here.

use globset::GlobBuilder;

use crate::{
    data::{
        npm_platform::{self, Addon, PlatformPackage},
        runtimes::Family,
    },
    environment::{
        deployment::{Deployment, root_of},
        package::Package,
    },
    inspect::inventory::{Distribution, Ecosystem},
    model::{architecture::Architecture, severity::Severity},
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

use super::platform_libraries;

pub(super) static RULE: Rule =
    Rule { page: &pages::runtime::PLATFORM_PACKAGE_MISSING, check: Check::Deployment(check) };

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    let Some(architecture) = deployment.architecture.filter(|_| deployment.is_complete()) else { return };
    match deployment.runtime.map(|runtime| runtime.family) {
        None | Some(Family::Nodejs) => from_npm(deployment, architecture, findings),
        Some(Family::Java) => platform_libraries::in_jars(deployment, architecture, findings),
        Some(Family::Dotnet) => platform_libraries::in_nuget(deployment, architecture, findings),
        Some(_) => {}
    }
}

fn from_npm(deployment: &Deployment<'_>, architecture: Architecture, findings: &mut Findings) {
    for package in deployment.packages() {
        for one in package.inventory.distributions.iter().filter(|one| one.ecosystem == Ecosystem::Node) {
            if let Some(row) = npm_platform::find(&one.name).filter(|row| row.applies_to(&one.version)) {
                picks(deployment, package, one, row, architecture, findings);
            }
            if let Some(row) = npm_platform::find_addon(&one.name).filter(|row| row.applies_to(&one.version))
            {
                brings(deployment, package, one, row, architecture, findings);
            }
        }
    }
}

/// Where a function is known to start, only what it loads counts.
fn is_loaded(deployment: &Deployment<'_>, package: &Package, one: &Distribution) -> bool {
    let Some(start) = deployment.node_start() else { return true };
    let folder = format!("{}/", package.mounted(&format!("{}/{}", one.folder, one.name)));
    let first = start.paths.partition_point(|path| *path < folder);
    start.paths.get(first).is_some_and(|path| path.starts_with(&folder))
}

fn picks(
    deployment: &Deployment<'_>,
    package: &Package,
    one: &Distribution,
    row: &PlatformPackage,
    architecture: Architecture,
    findings: &mut Findings,
) {
    let needed = row.needed_on(architecture);
    let Some(missing) = needed.into_iter().find(|needed| !is_installed(deployment, needed)) else { return };
    if !is_loaded(deployment, package, one) {
        return;
    }
    let mut draft = findings
        .at(package.entry_place(one.metadata))
        .subject(format!("{} for linux", one.name))
        .say(format!("{} {} is here without {missing}", one.name, one.version))
        .because(format!(
            "{} loads its machine code from a package per platform, and npm installed the one of the build machine",
            one.name
        ))
        .fix(install(one, architecture));
    if let Some(says) = row.says(architecture) {
        draft = draft.lambda_says(says);
    }
    draft.report();
}

fn brings(
    deployment: &Deployment<'_>,
    package: &Package,
    one: &Distribution,
    row: &Addon,
    architecture: Architecture,
    findings: &mut Findings,
) {
    let has = |pattern: &str| has_file(deployment, package, one, pattern);
    if row.among.as_deref().is_some_and(|among| !has(among)) {
        return;
    }
    let files = row.files_on(architecture);
    if files.iter().any(|file| has(file)) || !is_loaded(deployment, package, one) {
        return;
    }
    findings
        .at(package.entry_place(one.metadata))
        .no_worse_than(if row.late { Severity::Warning } else { Severity::Error })
        .subject(format!("{} for linux", one.name))
        .say(format!(
            "{} {} is here without its machine code for linux-{}",
            one.name,
            one.version,
            npm_platform::cpu(architecture)
        ))
        .lambda_says(row.says(architecture))
        .because(format!(
            "an install script makes or fetches {}, and it did not run, or on another system",
            files.join(" or ")
        ))
        .fix(format!(
            "{} (on Linux, or in a container of Lambda's build image, without --ignore-scripts)",
            install(one, architecture)
        ))
        .report();
}

fn install(one: &Distribution, architecture: Architecture) -> String {
    format!("npm install --os=linux --cpu={} --libc=glibc {}", npm_platform::cpu(architecture), one.name)
}

/// Whether a file fits a pattern that is relative to an installed package.
fn has_file(deployment: &Deployment<'_>, package: &Package, one: &Distribution, pattern: &str) -> bool {
    let mut parts: Vec<&str> =
        one.folder.split('/').chain(one.name.split('/')).filter(|part| !part.is_empty()).collect();
    for part in pattern.split('/') {
        match part {
            ".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    let pattern = parts.join("/");
    let fixed = pattern.split('*').next().unwrap_or_default();
    let folder = fixed.rsplit_once('/').map_or("", |(folder, _)| folder);
    let Ok(glob) = GlobBuilder::new(&pattern).literal_separator(true).build() else { return false };
    let glob = glob.compile_matcher();
    deployment.tree(root_of(package.role)).below(folder).any(|(path, _)| glob.is_match(path))
}

/// Whether any package of the deployment brings an npm package: Node.js looks in every folder upward and in the layers.
fn is_installed(deployment: &Deployment<'_>, name: &str) -> bool {
    let installed = |one: &Distribution| one.ecosystem == Ecosystem::Node && one.name == name;
    deployment.packages().any(|package| package.inventory.distributions.iter().any(installed))
}
