//! collision/extension-name: two layers bring an extension of the same name.

use crate::{
    environment::deployment::Deployment,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule =
    Rule { page: &pages::collision::EXTENSION_NAME, check: Check::Deployment(check) };

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    for overlap in deployment.overlaps(false).into_values().flatten().filter(|one| is_extension(one.path)) {
        let name = overlap.winner.entry.path.file_name();
        let (loser, winner) = (&overlap.loser.package.label.name, &overlap.winner.package.label.name);
        findings
            .at(overlap.winner.package.entry_place(overlap.winner.index))
            .subject(format!("extension {name} of {loser}"))
            .say(format!("the extension {name} of {winner} replaces that of {loser}, which never starts"))
            .related(overlap.loser.package.entry_place(overlap.loser.index), "never started")
            .because("an extension is a file of /opt/extensions, and the later layer lays its file over the other")
            .fix(format!("rename one of them: git mv extensions/{name} extensions/{name}-2; it registers under its new file name"))
            .report();
    }
}

/// Whether a path is started as an extension: directly in `extensions/`.
pub(super) fn is_extension(path: &str) -> bool {
    path.strip_prefix("extensions/").is_some_and(|name| !name.is_empty() && !name.contains('/'))
}
