//! native/node-abi: addons that only another version of Node.js starts.

use std::collections::BTreeSet;

use crate::{
    data::{
        runtimes::{Family, Runtime},
        texts,
    },
    environment::{
        deployment::Deployment,
        load_path::{Loadable, Loading},
    },
    inspect::elf::Machine,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

use super::{by_owner, draft, owner, rebuild_command};

pub(super) static RULE: Rule = Rule { page: &pages::native::NODE_ABI, check: Check::Deployment(check) };

/// How the function of an addon for one ABI begins (`NODE_MODULE_INIT`).
const VERSIONED: &str = "node_register_module_v";

/// What an addon calls that registers itself when it is loaded.
const REGISTERS: &str = "node_module_register";

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    let Some(runtime) = deployment.runtime.filter(|runtime| runtime.family == Family::Nodejs) else { return };
    let Some(own) = runtime.node_abi else { return };
    let addons: Vec<Loadable<'_>> = deployment
        .loaded_binaries()
        .filter(|one| one.loading() == Some(Loading::NodeAddon) && is_opened(deployment, one))
        .collect();
    // the loader of a package with an addon that fits picks that one
    let fitted: BTreeSet<String> =
        addons.iter().filter(|one| serves(one, own)).map(|one| owner(one.entry.path.as_str())).collect();
    let foreign = addons.iter().copied().filter(|one| !serves(one, own) && built_for(one).is_some());
    for ((_, owner), group) in by_owner(foreign) {
        if !fitted.contains(&owner) {
            report(deployment, runtime, own, &owner, &group, findings);
        }
    }
}

fn report(
    deployment: &Deployment<'_>,
    runtime: &Runtime,
    own: u16,
    owner: &str,
    group: &[Loadable<'_>],
    findings: &mut Findings,
) {
    let Some(first) = group.first() else { return };
    let Some(built) = built_for(first) else { return };
    let path = first.package.mounted(&first.entry.path.shown());
    let words = if symbols(first).iter().any(|symbol| symbol == REGISTERS) {
        let (built, own) = (built.to_string(), own.to_string());
        texts::NODE_OTHER_VERSION.fill(&[("path", &path), ("built", &built), ("own", &own)])
    } else {
        texts::NODE_NOT_SELF_REGISTERED.fill(&[("path", &path)])
    };
    let Some(draft) = draft(findings, group) else { return };
    draft
        .subject(format!("abi of {owner}"))
        .say(format!("{owner} is built for NODE_MODULE_VERSION {built}, {runtime} has {own}"))
        .lambda_says(words)
        .because(format!(
            "it defines {VERSIONED}{built} and no Node-API entry, and {runtime} calls {VERSIONED}{own}"
        ))
        .fix(format!("{}; run it with Node.js {}", rebuild_command(deployment, first), runtime.language))
        .report();
}

/// Whether the loader takes it: what another rule says of its libc, machine or content comes first.
fn is_opened(deployment: &Deployment<'_>, binary: &Loadable<'_>) -> bool {
    let fits = |machine: Machine| {
        deployment.architecture.is_none() || machine.architecture() == deployment.architecture
    };
    binary.elf().is_some_and(|elf| elf.problem.is_none() && !elf.needs_musl() && fits(elf.machine))
}

fn symbols<'a>(binary: &Loadable<'a>) -> &'a [String] {
    binary.elf().map(|elf| elf.addon_symbols.as_slice()).unwrap_or_default()
}

/// The versions of Node.js that it has functions for.
fn versions(binary: &Loadable<'_>) -> impl Iterator<Item = u16> {
    symbols(binary).iter().filter_map(|symbol| symbol.strip_prefix(VERSIONED)?.parse().ok())
}

/// Whether Node.js can start it, as far as is known: one that only registers itself carries its number in data.
fn serves(binary: &Loadable<'_>, own: u16) -> bool {
    let symbols = symbols(binary);
    let of_any_version = symbols.iter().any(|symbol| symbol.starts_with("napi_"));
    !symbols.is_empty()
        && (of_any_version || versions(binary).any(|one| one == own) || versions(binary).next().is_none())
}

/// The version that an addon is bound to.
fn built_for(binary: &Loadable<'_>) -> Option<u16> {
    versions(binary).next()
}
