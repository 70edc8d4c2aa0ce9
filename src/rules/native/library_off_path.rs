//! native/library-off-path: the library is shipped, in a folder that the loader does not search.

use crate::{
    data::texts,
    environment::{
        deployment::Deployment,
        loader::{Closure, Unmet},
    },
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

use super::{by_library, owner, roots};

pub(super) static RULE: Rule =
    Rule { page: &pages::native::LIBRARY_OFF_PATH, check: Check::Deployment(check) };

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    let Some(closure) = Closure::of(deployment).filter(|_| !deployment.is_used) else { return };
    let unmet = closure.unmet(roots(deployment));
    for ((owner, library), group) in by_library(unmet.iter().filter(|one| is_astray(one))) {
        let Some(first) = group.first() else { continue };
        let Some(elsewhere) = first.elsewhere else { continue };
        findings
            .at(elsewhere.place())
            .subject(format!("{library} of {owner}"))
            .say(format!("{owner} needs {library}, which lies where the loader does not look"))
            .lambda_says(texts::LIBRARY_NOT_FOUND.fill(&[("library", &library)]))
            .because(format!("of the packages, only /opt/lib, /var/task and /var/task/lib are on LD_LIBRARY_PATH, without their folders; {} names no other", first.root.entry.path.file_name()))
            .fix(format!("move it to lib/{library} of the same package"))
            .related(first.root.place(), "needs it")
            .count(group.len())
            .report();
    }
}

/// A package may load its own libraries by their full paths before it imports what needs them, as many do.
fn is_astray(unmet: &Unmet<'_>) -> bool {
    unmet.elsewhere.is_some_and(|library| {
        owner(library.entry.path.as_str()) != owner(unmet.root.entry.path.as_str())
            || !std::ptr::eq(library.package, unmet.root.package)
    })
}
