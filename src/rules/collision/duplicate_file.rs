//! collision/duplicate-file: the same file with the same bytes in two layers.

use crate::{
    environment::deployment::Deployment,
    model::size::Bytes,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule =
    Rule { page: &pages::collision::DUPLICATE_FILE, check: Check::Deployment(check) };

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    for overlaps in deployment.overlaps(true).into_values() {
        let bytes: Bytes = overlaps.iter().map(|one| one.loser.entry.size).sum();
        let Some(first) = overlaps.first().filter(|_| bytes > Bytes(0)) else { continue };
        let entries: Vec<usize> = overlaps.iter().map(|one| one.winner.index).collect();
        let (loser, winner) = (&first.loser.package.label.name, &first.winner.package.label.name);
        let Some(draft) = findings.at_entries(first.winner.package, &entries, "in both") else { continue };
        draft
            .subject(format!("copies in {loser}"))
            .say(format!("{bytes} of {winner} are in {loser} already, byte for byte"))
            .related(first.loser.package.entry_place(first.loser.index), "the other copy")
            .because("both copies count against the limit of the function")
            .fix("keep the shared files in one layer")
            .report();
    }
}
