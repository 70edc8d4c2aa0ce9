//! archive/special-file: devices, pipes and sockets.

use crate::{
    archive::entry::{EntryKind, SpecialFile},
    environment::package::Package,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule = Rule { page: &pages::archive::SPECIAL_FILE, check: Check::Package(check) };

fn check(package: &Package, findings: &mut Findings) {
    for (kind, name) in [
        (SpecialFile::Device, "a device"),
        (SpecialFile::Fifo, "a named pipe"),
        (SpecialFile::Socket, "a socket"),
    ] {
        let entries: Vec<usize> = package
            .archive
            .entries()
            .iter()
            .enumerate()
            .filter(|(_, entry)| entry.kind == EntryKind::Special(kind))
            .map(|(index, _)| index)
            .collect();
        let Some(draft) = findings.at_entries(package, &entries, "the same") else { continue };
        draft
            .subject(name)
            .say(format!("is {name}, not a file"))
            .because("a package holds files, folders and links; what Lambda makes of anything else is not documented")
            .fix("leave it out: find . -type p -o -type s -o -type b -o -type c")
            .report();
    }
}
