//! native/executable-stack: machine code that makes the stack of the whole process executable.

use crate::{
    environment::deployment::Deployment,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

use super::{by_owner, draft};

pub(super) static RULE: Rule =
    Rule { page: &pages::native::EXECUTABLE_STACK, check: Check::Deployment(check) };

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    let asking = deployment
        .loaded_binaries()
        .filter(|one| one.elf().is_some_and(|elf| elf.executable_stack && elf.problem.is_none()));
    for ((_, owner), group) in by_owner(asking) {
        let Some(first) = group.first() else { continue };
        let path = first.entry.path.shown().to_string();
        let Some(draft) = draft(findings, &group) else { continue };
        draft
            .subject(format!("stack of {owner}"))
            .say(format!("{owner} asks for an executable stack"))
            .because("the loader grants it to the whole process: a buffer overflow anywhere can then run what it wrote")
            .fix(format!("patchelf --clear-execstack {path}, or link it with -z noexecstack"))
            .report();
    }
}
