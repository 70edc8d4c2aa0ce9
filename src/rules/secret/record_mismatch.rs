//! secret/record-mismatch: sources of an installed wheel that are not what the wheel brought.

use std::collections::BTreeMap;

use crate::{
    environment::package::Package,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule = Rule { page: &pages::secret::RECORD_MISMATCH, check: Check::Package(check) };

fn check(package: &Package, findings: &mut Findings) {
    let mut wheels: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
    for one in &package.inventory.altered {
        wheels.entry(one.record).or_default().push(one.entry);
    }
    for (record, entries) in wheels {
        let Some(folder) = package.entry(record).map(|entry| entry.path.parent().to_owned()) else {
            continue;
        };
        let name = folder.rsplit('/').next().unwrap_or_default().trim_end_matches(".dist-info");
        let files = match entries.len() {
            1 => format!("a source of {name} is"),
            more => format!("{more} sources of {name} are"),
        };
        let Some(draft) = findings.at_entries(package, &entries, "not as it was installed") else { continue };
        draft
            .subject(&folder)
            .say(format!("{files} not what the wheel brought"))
            .because("RECORD holds the hash of every file that was installed: it was edited, or another version was laid over it")
            .fix("install the distribution again into an empty folder; if the change is meant, ignore it with its reason in layerlint.toml")
            .report();
    }
}
