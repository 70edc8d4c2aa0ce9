//! archive/setuid: files that run with the rights of their owner or group.

use crate::{
    environment::package::Package,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule = Rule { page: &pages::archive::SETUID, check: Check::Package(check) };

/// setuid, setgid, sticky.
const SPECIAL: u32 = 0o7000;

fn check(package: &Package, findings: &mut Findings) {
    let entries: Vec<usize> = package
        .files()
        .filter(|(_, entry)| entry.mode.host.has_unix_mode())
        .filter(|(_, entry)| {
            let mode = entry.mode.permissions();
            mode & SPECIAL != 0 && !super::DECIMAL.contains(&mode)
        })
        .map(|(index, _)| index)
        .collect();
    let Some(first) = entries.first().and_then(|index| package.entry(*index)) else { return };
    let mode = first.mode.permissions();
    let Some(draft) = findings.at_entries(package, &entries, "the same") else { return };
    draft
        .subject("mode")
        .say(format!("mode {mode:04o} sets {}", bits(mode)))
        .because("a function has one user and no use for it; whoever unpacks the package as root gets a program with root's rights")
        .fix("chmod -R u-s,g-s,-t . && zip -r package.zip .")
        .report();
}

fn bits(mode: u32) -> &'static str {
    match mode & SPECIAL {
        0o4000 => "setuid",
        0o2000 => "setgid",
        0o1000 => "the sticky bit",
        _ => "several of setuid, setgid and sticky",
    }
}
