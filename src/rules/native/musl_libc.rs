//! native/musl-libc: machine code for Alpine, whose C library Lambda does not have.

use crate::{
    data::texts,
    environment::{
        deployment::Deployment,
        load_path::{Loadable, Loading},
    },
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

use super::{by_owner, draft, module_of, rebuild_command};

pub(super) static RULE: Rule = Rule { page: &pages::native::MUSL_LIBC, check: Check::Deployment(check) };

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    let musl = deployment.loaded_binaries().filter(|binary| {
        binary.elf().is_some_and(crate::inspect::elf::ElfFacts::needs_musl) && fits(deployment, binary)
    });
    for ((_, owner), group) in by_owner(musl) {
        let Some(first) = group.first().copied() else { continue };
        let Some(draft) = draft(findings, &group) else { continue };
        draft
            .subject(format!("musl of {owner}"))
            .say(format!("{owner} is built for musl, Lambda has glibc"))
            .lambda_says(words(&first))
            .because("built on Alpine, or taken from a musllinux wheel")
            .fix(rebuild_command(deployment, &first))
            .report();
    }
}

/// A file for another architecture is refused before its C library matters.
fn fits(deployment: &Deployment<'_>, binary: &Loadable<'_>) -> bool {
    deployment.architecture.is_none()
        || binary.elf().and_then(|elf| elf.machine.architecture()) == deployment.architecture
}

fn words(binary: &Loadable<'_>) -> String {
    let path = binary.entry.path.as_str();
    if binary.loading() == Some(Loading::PythonExtension) && path.contains("-linux-musl.") {
        return texts::PYTHON_NO_MODULE_SHORT.fill(&[("module", &module_of(path))]);
    }
    let needed = binary.elf().and_then(|elf| elf.musl_libc());
    texts::LIBRARY_NOT_FOUND.fill(&[("library", needed.unwrap_or("libc.musl-x86_64.so.1"))])
}
