//! archive/world-writable: files that everybody may write.

use crate::{
    environment::package::Package,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule = Rule { page: &pages::archive::WORLD_WRITABLE, check: Check::Package(check) };

fn check(package: &Package, findings: &mut Findings) {
    let entries: Vec<usize> = package
        .files()
        .filter(|(_, entry)| entry.mode.host.has_unix_mode() && entry.mode.bits & 0o002 != 0)
        .filter(|(_, entry)| !super::DECIMAL.contains(&entry.mode.permissions()))
        .map(|(index, _)| index)
        .collect();
    let Some(first) = entries.first().and_then(|index| package.entry(*index)) else { return };
    let mode = first.mode.permissions();
    let Some(draft) = findings.at_entries(package, &entries, "the same") else { return };
    draft
        .subject("mode")
        .say(format!("mode {mode:04o}: everybody may write it"))
        .because("/opt and /var/task are read-only on Lambda, so nothing is gained; where the package is unpacked otherwise, any user can change the code")
        .fix("chmod -R go-w . && zip -r package.zip .")
        .report();
}
