//! layout/bundled-bootstrap: a `bootstrap` that lies where the runtime does not look.

use crate::{
    data::{runtimes::Family, texts},
    environment::{deployment::Deployment, package::Package},
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule =
    Rule { page: &pages::layout::BUNDLED_BOOTSTRAP, check: Check::Deployment(check) };

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    if deployment.runtime.is_none_or(|runtime| runtime.family != Family::Provided) {
        return;
    }
    if deployment.task.is_file("bootstrap")
        || deployment.opt.is_file("bootstrap")
        || !deployment.is_complete()
    {
        return;
    }
    for package in deployment.packages() {
        for index in misplaced(package) {
            let Some(entry) = package.entry(index) else { continue };
            findings
                .at(package.entry_place(index))
                .say("a bootstrap that Lambda does not look for here")
                .lambda_says(texts::BOOTSTRAP_MISSING.template)
                .because("only /var/task/bootstrap and /opt/bootstrap are looked for: the root of the function or of a layer")
                .fix(format!("put it at the root of the zip: zip -j package.zip {}", entry.path))
                .report();
        }
    }
}

/// Files called `bootstrap` that are not at the root.
pub(in crate::rules) fn misplaced(package: &Package) -> Vec<usize> {
    package
        .files()
        .filter(|(_, entry)| entry.path.file_name() == "bootstrap" && entry.path.as_str() != "bootstrap")
        .filter(|(_, entry)| {
            !entry.path.as_str().contains("node_modules/") && entry.path.components().count() <= 4
        })
        .map(|(index, _)| index)
        .collect()
}
