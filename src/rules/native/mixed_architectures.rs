//! native/mixed-architectures: a layer that no architecture can load as a whole.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    environment::{
        deployment::Deployment,
        load_path::{Loadable, Loading, architecture_of},
    },
    model::architecture::Architecture,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule =
    Rule { page: &pages::native::MIXED_ARCHITECTURES, check: Check::Deployment(check) };

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    // with a known architecture native/wrong-architecture names the wrong half
    if deployment.architecture.is_some() {
        return;
    }
    for package in deployment.packages() {
        let mut of_stem: BTreeMap<String, BTreeSet<Architecture>> = BTreeMap::new();
        let mut example: BTreeMap<Architecture, usize> = BTreeMap::new();
        for binary in deployment
            .loaded_binaries()
            .filter(|binary| std::ptr::eq(binary.package, package) && decides(binary))
        {
            let Some(architecture) = architecture_of(binary.binary) else { continue };
            of_stem.entry(stem(binary.entry.path.as_str())).or_default().insert(architecture);
            example.entry(architecture).or_insert(binary.binary.entry);
        }
        let only = |architecture| of_stem.values().any(|set| set.len() == 1 && set.contains(&architecture));
        let (Some(x86), Some(arm)) = (example.get(&Architecture::X86_64), example.get(&Architecture::Arm64))
        else {
            continue;
        };
        if !only(Architecture::X86_64) || !only(Architecture::Arm64) {
            continue;
        }
        findings
            .at(package.place())
            .subject("architectures")
            .say("machine code for x86_64 and for arm64 side by side: no function can load all of it")
            .related(package.entry_place(*x86), "for x86_64")
            .related(package.entry_place(*arm), "for arm64")
            .because("the layer declares no architecture, and some of its files exist for one of them only")
            .fix("build one layer for each architecture, and declare it: --compatible-architectures arm64")
            .report();
    }
}

/// Libraries that wheels bundle carry hashes in their names; the extensions beside them decide.
fn decides(binary: &Loadable<'_>) -> bool {
    binary.loading().is_some_and(|loading| loading != Loading::BundledLibrary)
}

/// The path without the architecture's name, so that two builds of one module meet.
fn stem(path: &str) -> String {
    path.replace("x86_64", "*").replace("aarch64", "*").replace("arm64", "*").replace("x64", "*")
}
