//! native/missing-library: a library that the loader finds nowhere.

use crate::{
    data::{runtimes::Runtime, texts},
    environment::{
        deployment::Deployment,
        load_path::Loading,
        loader::{Closure, Unmet},
    },
    model::severity::Severity,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

use super::{by_library, roots};

pub(super) static RULE: Rule =
    Rule { page: &pages::native::MISSING_LIBRARY, check: Check::Deployment(check) };

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    let Some(closure) = Closure::of(deployment).filter(|_| !deployment.is_used) else { return };
    let unmet = closure.unmet(roots(deployment));
    if closure.gave_up() {
        findings.not_analysed(
            "some of the needed libraries",
            "the binaries ask for more look-ups than any real package",
        );
    }
    for ((owner, library), group) in by_library(unmet.iter().filter(|one| one.elsewhere.is_none())) {
        let Some(first) = group.first() else { continue };
        if !deployment.is_complete() {
            findings.not_analysed(
                format!("{library}, which {owner} needs"),
                "it is in none of the packages at hand, and a layer without a local copy may bring it",
            );
            continue;
        }
        let system =
            deployment.runtime.and_then(Runtime::os_facts).map_or("the system", |os| os.name.as_str());
        let draft = findings
            .at(first.root.place())
            .subject(format!("{library} of {owner}"))
            .say(format!("{owner} needs {library}, which is nowhere: {}", chain(first)))
            .lambda_says(texts::LIBRARY_NOT_FOUND.fill(&[("library", &library)]))
            .because(why(first, system))
            .fix(format!("put {library} into lib/ of a layer, taken from {system} or built for it"))
            .count(group.len());
        draft.no_worse_than(severity(deployment, first)).report();
    }
}

/// `_x.so -> libfoo.so.1 -> libbar.so.2 not found`
fn chain(unmet: &Unmet<'_>) -> String {
    format!("{} -> {} not found", unmet.chain.join(" -> "), unmet.library)
}

fn why(unmet: &Unmet<'_>, system: &str) -> String {
    if unmet.unproven {
        return format!(
            "it is in the container image of {system}, and nobody has seen it where zip functions run"
        );
    }
    format!("{system} in Lambda does not have it, and no folder that the loader searches holds it")
}

/// A layer alone may be used together with one that brings the library; a program or a part of a package may never be used.
fn severity(deployment: &Deployment<'_>, unmet: &Unmet<'_>) -> Severity {
    let started = matches!(unmet.root.loading(), Some(Loading::Bootstrap | Loading::Extension));
    let sure = started && !unmet.unproven && !deployment.is_layer_alone();
    if sure { Severity::Error } else { Severity::Warning }
}

#[cfg(test)]
mod tests {
    use crate::rules::native::owner;

    #[test]
    fn a_library_is_asked_for_by_its_package() {
        assert_eq!(owner("python/cv2/cv2.abi3.so"), "cv2");
    }
}
