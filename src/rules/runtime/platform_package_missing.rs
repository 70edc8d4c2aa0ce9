//! runtime/platform-package-missing: npm packages without the package that holds their machine code for Lambda.

use crate::{
    data::{npm_platform, runtimes::Family},
    environment::{deployment::Deployment, package::Package},
    inspect::inventory::{Distribution, Ecosystem},
    model::architecture::Architecture,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule =
    Rule { page: &pages::runtime::PLATFORM_PACKAGE_MISSING, check: Check::Deployment(check) };

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    let node = deployment.runtime.is_none_or(|runtime| runtime.family == Family::Nodejs);
    let Some(architecture) = deployment.architecture.filter(|_| node && deployment.is_complete()) else {
        return;
    };
    for package in deployment.packages() {
        for one in package.inventory.distributions.iter().filter(|one| one.ecosystem == Ecosystem::Node) {
            judge(deployment, package, one, architecture, findings);
        }
    }
}

fn judge(
    deployment: &Deployment<'_>,
    package: &Package,
    one: &Distribution,
    architecture: Architecture,
    findings: &mut Findings,
) {
    let Some(row) = npm_platform::find(&one.name).filter(|row| row.applies_to(&one.version)) else { return };
    let Some(missing) =
        row.needed_on(architecture).into_iter().find(|needed| !is_installed(deployment, needed))
    else {
        return;
    };
    let cpu = if architecture == Architecture::Arm64 { "arm64" } else { "x64" };
    findings
        .at(package.entry_place(one.metadata))
        .subject(format!("{} for linux", one.name))
        .say(format!("{} {} is here without {missing}", one.name, one.version))
        .because(format!("{} loads its machine code from a package per platform, and npm installed the one of the build machine", one.name))
        .fix(format!("npm install --os=linux --cpu={cpu} --libc=glibc {}", one.name))
        .report();
}

/// Whether any package of the deployment brings an npm package: Node.js looks in every folder upward and in the layers.
fn is_installed(deployment: &Deployment<'_>, name: &str) -> bool {
    let installed = |one: &Distribution| one.ecosystem == Ecosystem::Node && one.name == name;
    deployment.packages().any(|package| package.inventory.distributions.iter().any(installed))
}
