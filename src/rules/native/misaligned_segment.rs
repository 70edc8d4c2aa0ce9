//! native/misaligned-segment: libraries whose segments the loader cannot map as they are.

use crate::{
    data::{
        runtimes::{Os, Runtime},
        texts,
    },
    environment::{
        deployment::Deployment,
        load_path::{Loadable, Loading},
    },
    inspect::elf::Misalignment,
    model::severity::{Certainty, Severity},
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

use super::rebuild_command;

pub(super) static RULE: Rule =
    Rule { page: &pages::native::MISALIGNED_SEGMENT, check: Check::Deployment(check) };

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    for binary in deployment.loaded_binaries().filter(is_mapped_by_the_loader) {
        let Some(misaligned) =
            binary.elf().filter(|elf| elf.problem.is_none()).and_then(|elf| elf.misaligned)
        else {
            continue;
        };
        let path = binary.package.mounted(&binary.entry.path.shown());
        let mut draft = findings.at(binary.place());
        if misaligned != Misalignment::Page && !deployment.runtime.is_some_and(is_exact) {
            draft = draft.no_worse_than(Severity::Warning).no_surer_than(Certainty::Likely);
        }
        draft
            .say("a segment's offset in the file and its address do not fit its alignment")
            .lambda_says(refusal(misaligned).fill(&[("path", &path)]))
            .because("a tool that rewrote the file, mostly strip after patchelf, moved the bytes and left the addresses")
            .fix(rebuild_command(deployment, &binary))
            .report();
    }
}

/// What ld.so says.
fn refusal(misaligned: Misalignment) -> &'static texts::Text {
    match misaligned {
        Misalignment::Page | Misalignment::Larger => &texts::ELF_OFFSET_MISALIGNED,
        Misalignment::Claim => &texts::ELF_ALIGNMENT_MISALIGNED,
    }
}

/// Amazon Linux 2023 may have been given what glibc 2.35 mended: segments that are off by whole pages load there.
fn is_exact(runtime: &Runtime) -> bool {
    runtime.os.is_some_and(|os| os < Os::Al2023)
}

/// The kernel maps programs, and is less exact.
fn is_mapped_by_the_loader(binary: &Loadable<'_>) -> bool {
    let program = [Loading::Program, Loading::Extension, Loading::Bootstrap];
    binary.is_loaded_for_sure() && binary.loading().is_some_and(|loading| !program.contains(&loading))
}
