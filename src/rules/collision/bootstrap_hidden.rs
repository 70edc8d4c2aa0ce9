//! collision/bootstrap-hidden: more than one bootstrap, of which one is started.

use crate::{
    archive::entry::Entry,
    data::runtimes::Family,
    environment::deployment::Deployment,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule =
    Rule { page: &pages::collision::BOOTSTRAP_HIDDEN, check: Check::Deployment(check) };

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    if deployment.runtime.is_none_or(|runtime| runtime.family != Family::Provided) {
        return;
    }
    let all: Vec<_> = deployment
        .packages()
        .filter_map(|package| Some((package, package.archive.position("bootstrap")?)))
        .filter(|(package, index)| package.entry(*index).is_some_and(Entry::is_file))
        .collect();
    let Some(((package, index), hidden)) = (match all.split_first() {
        Some((first, rest)) if !first.0.is_layer() => Some((*first, rest)),
        _ => all.split_last().map(|(last, rest)| (*last, rest)),
    }) else {
        return;
    };
    if hidden.is_empty() {
        return;
    }
    let names: Vec<String> = hidden.iter().map(|(package, _)| package.label.name.to_string()).collect();
    let mut draft = findings
        .at(package.entry_place(index))
        .subject("bootstrap")
        .say(format!("this bootstrap hides that of {}", names.join(", ")))
        .because("/var/task/bootstrap comes before /opt/bootstrap, and of the layers the last one wins")
        .fix("remove the one that is not meant: zip -d function.zip bootstrap");
    for (package, index) in hidden {
        draft = draft.related(package.entry_place(*index), "never started");
    }
    draft.report();
}
