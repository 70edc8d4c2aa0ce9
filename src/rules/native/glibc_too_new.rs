//! native/glibc-too-new: machine code that needs a newer C library than the runtime's system has.

use crate::{
    data::{texts, versions::SymbolVersion},
    environment::{deployment::Deployment, load_path::Loadable},
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

use super::{by_owner, draft, older_command};

pub(super) static RULE: Rule = Rule { page: &pages::native::GLIBC_TOO_NEW, check: Check::Deployment(check) };

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    let Some(runtime) = deployment.runtime else { return };
    let Some(system) = runtime.os_facts() else { return };
    let newer = deployment
        .loaded_binaries()
        .filter(|binary| needs(binary, deployment).is_some_and(|need| need > system.glibc));
    for ((_, owner), mut group) in by_owner(newer) {
        group.sort_by_key(|binary| (std::cmp::Reverse(needs(binary, deployment)), binary.binary.entry));
        let Some(worst) = group.first().copied() else { continue };
        let Some(need) = needs(&worst, deployment) else { continue };
        let version = format!("GLIBC_{need}");
        let Some(draft) = draft(findings, &group) else { continue };
        draft
            .subject(format!("glibc of {owner}"))
            .say(format!("{owner} needs {version}, {runtime} has {}", system.glibc))
            .lambda_says(
                texts::GLIBC_NOT_FOUND.fill(&[
                    ("version", &version),
                    ("path", &worst.package.mounted(&worst.entry.path.shown())),
                ]),
            )
            .because(format!("built on a system newer than {}", system.name))
            .fix(older_command(deployment, &worst))
            .report();
    }
    super::jni::check(deployment, system, findings);
}

/// The newest version of the C library that a binary of the right architecture needs.
fn needs(binary: &Loadable<'_>, deployment: &Deployment<'_>) -> Option<SymbolVersion> {
    let elf = binary.elf()?;
    let fits = deployment.architecture.is_none() || elf.machine.architecture() == deployment.architecture;
    elf.highest("GLIBC_").filter(|_| fits)
}
