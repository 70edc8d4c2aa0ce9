//! native/cpu-level: machine code for processors that Lambda does not promise.

use crate::{
    data::{
        runtimes::{Os, Runtime},
        texts,
    },
    environment::{deployment::Deployment, load_path::Loadable},
    model::architecture::Architecture,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

use super::{by_owner, draft};

pub(super) static RULE: Rule = Rule { page: &pages::native::CPU_LEVEL, check: Check::Deployment(check) };

/// The level of x86-64 that every environment has: AVX2 is promised, AVX-512 is not.
const PROMISED: u32 = 3;

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    if deployment.architecture == Some(Architecture::Arm64) {
        return;
    }
    let demanding = deployment.loaded_binaries().filter(|one| level(one) > Some(PROMISED));
    for ((_, owner), group) in by_owner(demanding) {
        let Some(first) = group.first() else { continue };
        let path = first.package.mounted(&first.entry.path.shown());
        let words = if deployment.runtime.is_some_and(is_checked) {
            texts::CPU_LEVEL.fill(&[("path", &path)])
        } else {
            texts::ILLEGAL_INSTRUCTION.template.to_owned()
        };
        let Some(draft) = draft(findings, &group) else { continue };
        draft
            .subject(format!("level of {owner}"))
            .say(format!("{owner} is marked to need x86-64-v4, Lambda promises x86-64-v3"))
            .lambda_says(words)
            .because("AVX-512 is on some of the processors that run functions and not on others")
            .fix("build it with -march=x86-64-v3, or put that build beside it in glibc-hwcaps/x86-64-v4/")
            .report();
    }
}

/// glibc compares the mark with the processor from 2.33 on.
fn is_checked(runtime: &Runtime) -> bool {
    runtime.os.is_some_and(|os| os >= Os::Al2023)
}

/// The level that a binary needs; the loader takes those in a folder for one level only where they run.
fn level(binary: &Loadable<'_>) -> Option<u32> {
    let path = binary.entry.path.as_str();
    let elf = binary
        .elf()
        .filter(|elf| elf.problem.is_none() && elf.machine.architecture() == Some(Architecture::X86_64))?;
    elf.properties.x86_level.filter(|_| !path.contains("glibc-hwcaps/"))
}
