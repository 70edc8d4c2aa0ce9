//! native/wrong-architecture: machine code for another processor. Builds for other platforms that a package passes over are left out.

use crate::{
    environment::{deployment::Deployment, load_path::Loadable},
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

use super::{by_owner, draft, rebuild_command, refusal};

pub(super) static RULE: Rule =
    Rule { page: &pages::native::WRONG_ARCHITECTURE, check: Check::Deployment(check) };

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    let Some(expected) = deployment.architecture else { return };
    let wrong: Vec<Loadable<'_>> = deployment
        .loaded_binaries()
        .filter(|binary| {
            binary.elf().is_some_and(|elf| elf.machine.architecture() != Some(expected) || !elf.is_64)
        })
        .filter(|binary| !has_twin(deployment, binary))
        .collect();
    for ((_, owner), group) in by_owner(wrong) {
        let Some(first) = group.first().copied() else { continue };
        let machine = first.elf().map(|elf| elf.machine.name()).unwrap_or_default();
        let Some(draft) = draft(findings, &group) else { continue };
        draft
            .subject(format!("architecture of {owner}"))
            .say(format!("{owner} is built for {machine}, the function runs on {expected}"))
            .lambda_says(refusal(&first))
            .because("it was built or downloaded on a machine of another architecture")
            .fix(rebuild_command(deployment, &first))
            .report();
    }
}

/// Whether the same file is there for the right architecture too, under a name that says so: a package for both.
fn has_twin(deployment: &Deployment<'_>, binary: &Loadable<'_>) -> bool {
    let path = binary.entry.path.as_str();
    let pairs = [
        ("aarch64", "x86_64"),
        ("x86_64", "aarch64"),
        ("arm64", "x86_64"),
        ("x86_64", "arm64"),
        ("i386", "x86_64"),
    ];
    let tree = deployment.tree(crate::environment::deployment::root_of(binary.package.role));
    pairs.iter().any(|(from, to)| path.contains(from) && tree.is_file(&path.replace(from, to)))
}
