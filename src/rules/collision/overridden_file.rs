//! collision/overridden-file: the same path with different bytes in two layers of a function.

use crate::{
    environment::deployment::Deployment,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

use super::extension_name::is_extension;

pub(super) static RULE: Rule =
    Rule { page: &pages::collision::OVERRIDDEN_FILE, check: Check::Deployment(check) };

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    for mut overlaps in deployment.overlaps(false).into_values() {
        // what is started has rules of its own
        overlaps.retain(|one| !is_extension(one.path) && one.path != "bootstrap");
        let Some(first) = overlaps.first() else { continue };
        let entries: Vec<usize> = overlaps.iter().map(|one| one.winner.index).collect();
        let (loser, winner) = (&first.loser.package.label.name, &first.winner.package.label.name);
        let what = match overlaps.len() {
            1 => "a file".to_owned(),
            many => format!("{many} files"),
        };
        let Some(draft) = findings.at_entries(first.winner.package, &entries, "laid over the other") else {
            continue;
        };
        draft
            .subject(format!("over {loser}"))
            .say(format!("{winner} overrides {what} of {loser}: the later layer wins"))
            .related(first.loser.package.entry_place(first.loser.index), "hidden")
            .because("layers are unpacked in the order of the function's list, each over the ones before it")
            .fix("if it is meant, ignore it with a reason in layerlint.toml; else keep the file in one layer, or change the order")
            .report();
    }
}
