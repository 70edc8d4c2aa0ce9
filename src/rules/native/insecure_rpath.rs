//! native/insecure-rpath: libraries that are looked for where somebody else can put them.

use crate::{
    data::run_paths::RunPath,
    environment::{deployment::Deployment, load_path::Loadable},
    model::severity::Severity,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

use super::{by_owner, draft};

pub(super) static RULE: Rule = Rule { page: &pages::native::INSECURE_RPATH, check: Check::Deployment(check) };

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    let searching = deployment.loaded_binaries().filter(|one| worst(one).is_some());
    for ((_, owner), mut group) in by_owner(searching) {
        group.sort_by_key(|one| (worst(one), one.binary.entry));
        let Some(first) = group.first() else { continue };
        let Some((kind, element)) = worst(first) else { continue };
        let path = first.entry.path.shown().to_string();
        let Some(draft) = draft(findings, &group) else { continue };
        let draft = if kind == RunPath::OfBuild { draft.no_worse_than(Severity::Info) } else { draft };
        draft
            .subject(format!("run path of {owner}"))
            .say(message(kind, element, &owner))
            .because(because(kind))
            .fix(format!("patchelf --set-rpath '$ORIGIN' {path}, or --remove-rpath when it needs none"))
            .report();
    }
}

/// The worst element of the run path that counts: an RPATH is not read beside a RUNPATH.
fn worst<'a>(binary: &Loadable<'a>) -> Option<(RunPath, &'a str)> {
    let elf = binary.elf().filter(|elf| elf.problem.is_none())?;
    let elements = if elf.runpath.is_empty() { &elf.rpath } else { &elf.runpath };
    // a run path that is empty as a whole is none
    if let [only] = elements.as_slice()
        && only.is_empty()
    {
        return None;
    }
    let judged = elements.iter().map(|one| (RunPath::of(one), one.as_str()));
    judged.min().filter(|(kind, _)| *kind != RunPath::Fixed)
}

fn message(kind: RunPath, element: &str, owner: &str) -> String {
    match kind {
        RunPath::Relative if element.is_empty() => {
            format!("{owner} looks for libraries in the folder that the process works in")
        }
        RunPath::Relative => {
            format!("{owner} looks for libraries in {element}, from wherever the process works")
        }
        RunPath::Writable => {
            format!("{owner} looks for libraries in {element}, where every process may write")
        }
        RunPath::OfBuild | RunPath::Fixed => {
            format!("{owner} looks for libraries in {element}, a folder of the machine that built it")
        }
    }
}

fn because(kind: RunPath) -> &'static str {
    match kind {
        RunPath::Writable => {
            "whatever unpacks or downloads into that folder decides which code the process loads"
        }
        RunPath::Relative => "whoever chooses the working folder decides which code the process loads",
        RunPath::OfBuild | RunPath::Fixed => {
            "Lambda has no such folder: each look-up fails first, and the path tells where it was built"
        }
    }
}
