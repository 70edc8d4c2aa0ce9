//! runtime/too-many-extensions: more extensions than Lambda registers.

use crate::{
    data::{limits::limits, search_paths::Root, texts},
    environment::deployment::Deployment,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule =
    Rule { page: &pages::runtime::TOO_MANY_EXTENSIONS, check: Check::Deployment(check) };

/// A layer with this file at its root keeps Lambda from starting extensions.
const SWITCH: &str = "disable-extensions-jwigqn8j";

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    let opt = deployment.tree(Root::Opt);
    if opt.is_file(SWITCH) {
        return;
    }
    let names = opt.names_in("extensions");
    let started: Vec<_> = names.iter().filter(|name| opt.is_file(&format!("extensions/{name}"))).collect();
    let (limit, count) = (limits().extensions_per_function, started.len());
    let Some(place) = deployment.place().filter(|_| count > limit) else { return };
    let shown: Vec<&str> = started.iter().skip(limit).take(3).map(|name| **name).collect();
    findings
        .at(place)
        .subject("extensions")
        .say(format!("{count} extensions, and Lambda takes {limit}"))
        .lambda_says(texts::EXTENSION_LIMIT.template)
        .because(format!(
            "every file directly in /opt/extensions is started in the order of names; {} would be too many",
            shown.join(", ")
        ))
        .fix("drop layers, or move files that are no extensions out of extensions/")
        .report();
}
