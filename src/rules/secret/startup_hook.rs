//! secret/startup-hook: Python code that runs before the handler's module, whoever packed it.

use crate::{
    data::runtimes::Family,
    environment::{
        deployment::{Deployment, root_of},
        package::Package,
    },
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule = Rule { page: &pages::secret::STARTUP_HOOK, check: Check::Deployment(check) };

/// Modules that Python imports by itself at start.
const CUSTOMIZE: [&str; 2] = ["sitecustomize.py", "usercustomize.py"];

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    if deployment.runtime.is_none_or(|runtime| runtime.family != Family::Python) {
        return;
    }
    for package in deployment.packages() {
        path_files(deployment, package, findings);
        customizations(deployment, package, findings);
    }
}

/// Lambda's bootstrap gives every folder that holds modules to `site.addsitedir`, which runs the code of `.pth` files.
fn path_files(deployment: &Deployment<'_>, package: &Package, findings: &mut Findings) {
    for (index, line) in &package.inventory.hooks {
        let Some(entry) = package.entry(*index) else { continue };
        if !holds_modules(deployment, package, entry.path.parent()) {
            continue;
        }
        findings
            .at(package.entry_place(*index))
            .subject(&*entry.path.shown())
            .say(format!("runs code before the handler, from line {line} of a .pth file"))
            .because("Lambda hands this folder to site.addsitedir, and a line that begins with import is executed")
            .fix("read the line; if it is not needed, leave the file out, else ignore it with its reason in layerlint.toml")
            .of_the_package()
            .report();
    }
}

fn holds_modules(deployment: &Deployment<'_>, package: &Package, folder: &str) -> bool {
    let root = root_of(package.role);
    let paths = deployment.site_folders();
    paths.iter().any(|path| path.root == root && path.folder == folder)
}

/// `sitecustomize` is imported only from what `PYTHONPATH` names: Lambda's own folders are added later.
fn customizations(deployment: &Deployment<'_>, package: &Package, findings: &mut Findings) {
    let Some(path) = deployment.function().and_then(|function| function.environment.get("PYTHONPATH")) else {
        return;
    };
    let mount = package.role.mount();
    for folder in path.split(':').map(|folder| folder.trim_end_matches('/')) {
        let Some(inside) = folder.strip_prefix(mount) else { continue };
        for name in CUSTOMIZE {
            let file = format!("{inside}/{name}");
            let Some(index) = package.archive.position(file.trim_start_matches('/')) else { continue };
            findings
                .at(package.entry_place(index))
                .subject(name)
                .say(format!("{name} runs before the handler: PYTHONPATH names its folder"))
                .because("Python imports it by itself at start")
                .fix("take the folder out of PYTHONPATH if that is not meant")
                .report();
        }
    }
}
