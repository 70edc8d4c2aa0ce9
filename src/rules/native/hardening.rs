//! native/hardening: machine code built without what compilers offer against exploits.

use crate::{
    environment::{
        deployment::Deployment,
        load_path::{Loadable, Loading},
    },
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

use super::{by_owner, draft};

pub(super) static RULE: Rule = Rule { page: &pages::native::HARDENING, check: Check::Deployment(check) };

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    let soft = deployment.loaded_binaries().filter(|one| !lacks(one).is_empty());
    for ((_, owner), group) in by_owner(soft) {
        let Some(first) = group.first() else { continue };
        let lacks: Vec<&str> = lacks(first).into_iter().map(|(what, _)| what).collect();
        let flags: Vec<&str> = self::lacks(first).into_iter().map(|(_, flag)| flag).collect();
        let Some(draft) = draft(findings, &group) else { continue };
        draft
            .subject(format!("hardening of {owner}"))
            .say(format!("{owner} is built {}", lacks.join(" and ")))
            .because(
                "each makes it harder to turn a memory error into code that runs, and costs nothing here",
            )
            .fix(format!("link it with {}", flags.join(" ")))
            .report();
    }
}

/// What is missing, and the linker's option that brings it.
fn lacks(binary: &Loadable<'_>) -> Vec<(&'static str, &'static str)> {
    let Some(elf) = binary.elf().filter(|elf| elf.problem.is_none() && elf.machine.architecture().is_some())
    else {
        return Vec::new();
    };
    let properties = elf.properties;
    let program = [Loading::Program, Loading::Extension, Loading::Bootstrap];
    let is_program = binary.loading().is_some_and(|loading| program.contains(&loading));
    let dynamic = !elf.needed.is_empty();
    let all = [
        (!properties.relro && dynamic, ("without read-only relocations", "-Wl,-z,relro,-z,now")),
        (is_program && properties.fixed_address, ("for a fixed address", "-pie")),
        (properties.text_relocations, ("with code that is changed while it is loaded", "-Wl,-z,text")),
    ];
    all.into_iter().filter_map(|(holds, words)| holds.then_some(words)).collect()
}
