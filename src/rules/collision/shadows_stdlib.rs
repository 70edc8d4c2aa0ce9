//! collision/shadows-stdlib: a module of a package that Python takes in place of the standard library's.

use crate::{
    data::{
        python_client,
        python_modules::{self, Builtin},
        runtimes::Family,
    },
    environment::{deployment::Deployment, python::tops::Top},
    inspect::inventory::Ecosystem,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule =
    Rule { page: &pages::collision::SHADOWS_STDLIB, check: Check::Deployment(check) };

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    let Some(runtime) = deployment.runtime.filter(|runtime| runtime.family == Family::Python) else { return };
    if !python_modules::is_known(&runtime.language) {
        return;
    }
    for place in deployment.python_tops() {
        for (name, top) in &place.tops {
            if hides(&runtime.language, name) {
                report(name, top, &place.path.folder, findings);
            }
        }
    }
}

/// Whether a module of this name is found before the standard library's, which somebody uses.
fn hides(language: &str, name: &str) -> bool {
    python_modules::builtin(language, name) == Builtin::Standard
        && !python_modules::is_quiet(name)
        && !python_client::is_loaded_before(language, name)
        && !python_client::is_compiled_in(language, name)
}

fn report(name: &str, top: &Top<'_>, folder: &str, findings: &mut Findings) {
    let package = top.file.package;
    let installed = package.inventory.distributions.iter().any(|one| {
        one.ecosystem == Ecosystem::Python && one.folder == folder && one.name == name.replace('_', "-")
    });
    let kind = if top.is_package { "package" } else { "module" };
    let fix = if installed {
        format!("pip uninstall {name}: the standard library has it")
    } else {
        format!("rename it: {name} is a name of the standard library")
    };
    findings
        .at(package.entry_place(top.file.index))
        .say(format!("the {kind} {name} is imported in place of the standard library's {name}"))
        .because("function and layers come before the standard library on the search path, for the runtime's own packages too")
        .fix(fix)
        .of_the_package()
        .report();
}
