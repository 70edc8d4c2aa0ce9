//! native/wrong-platform: macOS and Windows code, text and LFS pointers where Linux code is loaded.

use crate::{
    environment::{
        deployment::{Deployment, root_of},
        load_path::{Loadable, Loading},
    },
    inspect::machine_code::{Format, NotCode},
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

use super::{by_owner, can_be_imported, draft, rebuild_command, refusal};

pub(super) static RULE: Rule = Rule { page: &pages::native::WRONG_PLATFORM, check: Check::Deployment(check) };

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    let wrong = deployment
        .loaded_binaries()
        .filter(|binary| platform(binary).is_some() && !has_twin(deployment, binary));
    for ((_, owner), group) in by_owner(wrong) {
        let Some(first) = group.first().copied() else { continue };
        let (what, why) = platform(&first).unwrap_or_default();
        let Some(draft) = draft(findings, &group) else { continue };
        draft
            .subject(format!("platform of {owner}"))
            .say(format!("{owner} is {what}"))
            .lambda_says(refusal(&first))
            .because(why)
            .fix(rebuild_command(deployment, &first))
            .report();
    }
}

/// What a file is for, when it is not for Linux. Companions such as `.dylib` and `.dll` are never loaded on Linux and do no harm.
fn platform(binary: &Loadable<'_>) -> Option<(&'static str, &'static str)> {
    let name = binary.entry.path.file_name();
    let companion = [".dll", ".dylib", ".exe"].iter().any(|ending| name.ends_with(ending));
    let started = matches!(binary.loading(), Some(Loading::Extension | Loading::Bootstrap));
    match &binary.binary.format {
        _ if companion && !started => None,
        Format::MachO { .. } => {
            Some(("built for macOS, Lambda runs Linux", "it was built or installed on a Mac"))
        }
        Format::Pe { .. } => {
            Some(("built for Windows, Lambda runs Linux", "it was built or installed on Windows"))
        }
        Format::NotCode(NotCode::LfsPointer) => {
            Some(("a Git LFS pointer, not a library", "the file itself was never fetched: git lfs pull"))
        }
        Format::NotCode(NotCode::Text)
            if !started && binary.loading() != Some(Loading::Program) && name.contains(".so") =>
        {
            Some(("text under a library's name", "something else was written where the library belongs"))
        }
        _ => None,
    }
}

/// Whether the module is there for Linux too: a package that brings builds for several systems.
fn has_twin(deployment: &Deployment<'_>, binary: &Loadable<'_>) -> bool {
    let path = binary.entry.path.as_str();
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    let stem = name.split('.').next().unwrap_or(name);
    let root = root_of(binary.package.role);
    let names = deployment.tree(root).names_in(folder);
    names.iter().any(|other| {
        let linux = other.ends_with("-linux-gnu.so")
            || other.ends_with(".abi3.so")
            || *other == format!("{stem}.so")
            || (*other == format!("{stem}.py") && can_be_imported(deployment, root, folder, other));
        *other != name && other.split('.').next() == Some(stem) && linux
    })
}
