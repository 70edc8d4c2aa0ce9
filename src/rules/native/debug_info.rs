//! native/debug-info: what only a debugger reads.

use crate::{
    environment::package::Package,
    inspect::machine_code::Format,
    model::size::Bytes,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule = Rule { page: &pages::native::DEBUG_INFO, check: Check::Package(check) };

/// Less than this is not worth a word.
const LEAST: u64 = 100_000;

fn check(package: &Package, findings: &mut Findings) {
    let mut found: Vec<(u64, usize)> = package
        .inventory
        .binaries
        .iter()
        .filter_map(|binary| match &binary.format {
            Format::Elf(elf) => Some((elf.properties.debug_bytes, binary.entry)),
            _ => None,
        })
        .filter(|(bytes, _)| *bytes > 0)
        .collect();
    let sum = found.iter().fold(0u64, |sum, (bytes, _)| sum.saturating_add(*bytes));
    if sum < LEAST {
        return;
    }
    found.sort_by_key(|(bytes, entry)| (std::cmp::Reverse(*bytes), *entry));
    let entries: Vec<usize> = found.iter().map(|(_, entry)| *entry).collect();
    let first = entries.first().and_then(|entry| package.entry(*entry));
    let path = first.map(|entry| entry.path.shown().to_string()).unwrap_or_default();
    let Some(draft) = findings.at_entries(package, &entries, "debug information") else { return };
    draft
        .subject("debug information")
        .say(format!("{} are debug information, which nothing reads at run time", Bytes(sum)))
        .because("it counts towards the unzipped limit and is downloaded at each cold start")
        .fix(format!("strip --strip-debug {path}, before patchelf where both are used"))
        .report();
}
