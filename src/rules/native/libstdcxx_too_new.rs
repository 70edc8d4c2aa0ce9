//! native/libstdcxx-too-new: machine code that needs a newer C++ library than the runtime's system has.

use crate::{
    data::{texts, versions::SymbolVersion},
    environment::{
        deployment::Deployment,
        load_path::Loadable,
        loader::{Closure, Provided},
    },
    model::severity::Severity,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

use super::{by_owner, draft};

pub(super) static RULE: Rule =
    Rule { page: &pages::native::LIBSTDCXX_TOO_NEW, check: Check::Deployment(check) };

/// The library that the versions belong to.
const LIBRARY: &str = "libstdc++.so.6";

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    let (Some(runtime), Some(closure)) = (deployment.runtime, Closure::of(deployment)) else { return };
    let Some(system) = runtime.os_facts() else { return };
    let newer = deployment.loaded_binaries().filter(|binary| {
        needs(binary, deployment).is_some_and(|need| need > system.glibcxx)
            && is_the_systems(&closure, *binary)
    });
    for ((_, owner), mut group) in by_owner(newer) {
        group.sort_by_key(|binary| (std::cmp::Reverse(needs(binary, deployment)), binary.binary.entry));
        let Some(worst) = group.first().copied() else { continue };
        let Some(need) = needs(&worst, deployment) else { continue };
        let version = format!("GLIBCXX_{need}");
        let path = worst.package.mounted(&worst.entry.path.shown());
        let sure = need > system.glibcxx_newest;
        let Some(draft) = draft(findings, &group) else { continue };
        draft
            .subject(format!("libstdc++ of {owner}"))
            .say(format!("{owner} needs {version}, {runtime} has {}", system.glibcxx))
            .lambda_says(texts::GLIBCXX_NOT_FOUND.fill(&[("version", &version), ("path", &path)]))
            .because(if sure {
                format!("built with a compiler newer than that of {}", system.name)
            } else {
                format!("environments of {} before mid-2025 have {} only", system.name, system.glibcxx)
            })
            .fix("ship its libstdc++.so.6 beside it and link with -Wl,-rpath,'$ORIGIN' -Wl,--disable-new-dtags, or build with an older compiler")
            .no_worse_than(if sure { Severity::Error } else { Severity::Warning })
            .report();
    }
}

fn is_the_systems(closure: &Closure<'_>, binary: Loadable<'_>) -> bool {
    matches!(closure.needed_as(LIBRARY, binary), Provided::System)
}

fn needs(binary: &Loadable<'_>, deployment: &Deployment<'_>) -> Option<SymbolVersion> {
    let elf = binary.elf()?;
    let fits = deployment.architecture.is_none() || elf.machine.architecture() == deployment.architecture;
    elf.highest("GLIBCXX_").filter(|_| fits)
}
