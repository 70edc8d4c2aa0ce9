//! native/libstdcxx-too-new: machine code that needs newer libraries of the compiler than the runtime's system has.

use crate::{
    data::{
        runtimes::{OsFacts, Runtime},
        texts::{self, Text},
        versions::SymbolVersion,
    },
    environment::{
        deployment::Deployment,
        load_path::Loadable,
        loader::{Closure, Provided},
    },
    model::severity::Severity,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

use super::{by_owner, draft};

pub(super) static RULE: Rule =
    Rule { page: &pages::native::LIBSTDCXX_TOO_NEW, check: Check::Deployment(check) };

/// Versions of one name, and the library of GCC that defines them.
struct Set {
    prefix: &'static str,
    library: &'static str,
    words: &'static Text,
    /// What every environment of a system has, and the newest that was seen.
    of: fn(&OsFacts) -> (&SymbolVersion, &SymbolVersion),
}

const LIBSTDCXX: &str = "libstdc++.so.6";

/// The first that is too new is told: what needs a newer `GLIBCXX_` needs a newer `CXXABI_` as well.
static SETS: [Set; 3] = [
    Set {
        prefix: "GLIBCXX_",
        library: LIBSTDCXX,
        words: &texts::GLIBCXX_NOT_FOUND,
        of: |os| (&os.glibcxx, &os.glibcxx_newest),
    },
    Set {
        prefix: "CXXABI_",
        library: LIBSTDCXX,
        words: &texts::GLIBCXX_NOT_FOUND,
        of: |os| (&os.cxxabi, &os.cxxabi_newest),
    },
    Set {
        prefix: "GCC_",
        library: "libgcc_s.so.1",
        words: &texts::LIBGCC_NOT_FOUND,
        of: |os| (&os.libgcc, &os.libgcc_newest),
    },
];

/// A version that is needed and that some environment lacks.
struct Need<'a> {
    binary: Loadable<'a>,
    set: &'static Set,
    version: SymbolVersion,
    /// No environment has it.
    sure: bool,
}

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    let (Some(runtime), Some(closure)) = (deployment.runtime, Closure::of(deployment)) else { return };
    let Some(system) = runtime.os_facts() else { return };
    let newer = deployment.loaded_binaries().filter(|one| need(one, deployment, &closure, system).is_some());
    for ((_, owner), group) in by_owner(newer) {
        let mut needs: Vec<Need<'_>> =
            group.iter().filter_map(|one| need(one, deployment, &closure, system)).collect();
        needs.sort_by(|a, b| worse(a).cmp(&worse(b)));
        let group: Vec<Loadable<'_>> = needs.iter().map(|need| need.binary).collect();
        if let Some(worst) = needs.first() {
            report(runtime, system, &owner, worst, &group, findings);
        }
    }
}

/// What is told first: what surely fails, the C++ library before the others, the highest version.
fn worse<'n>(need: &'n Need<'_>) -> impl Ord + use<'n> {
    let name = std::cmp::Reverse(need.set.prefix == "GLIBCXX_");
    (!need.sure, name, std::cmp::Reverse(&need.version), need.binary.binary.entry)
}

fn report(
    runtime: &Runtime,
    system: &OsFacts,
    owner: &str,
    worst: &Need<'_>,
    group: &[Loadable<'_>],
    findings: &mut Findings,
) {
    let set = worst.set;
    let version = format!("{}{}", set.prefix, worst.version);
    let path = worst.binary.package.mounted(&worst.binary.entry.path.shown());
    let (all_have, _) = (set.of)(system);
    let Some(draft) = draft(findings, group) else { return };
    let library = if set.library == LIBSTDCXX { "libstdc++" } else { "libgcc" };
    draft
        .subject(format!("{library} of {owner}"))
        .say(format!("{owner} needs {version}, {runtime} has {all_have}"))
        .lambda_says(set.words.fill(&[("version", &version), ("path", &path)]))
        .because(if worst.sure {
            format!("built with a compiler newer than that of {}", system.name)
        } else {
            format!("environments of {} before mid-2025 have {all_have} only", system.name)
        })
        .fix(format!("ship its {} beside it and link with -Wl,-rpath,'$ORIGIN' -Wl,--disable-new-dtags, or build with an older compiler", set.library))
        .no_worse_than(if worst.sure { Severity::Error } else { Severity::Warning })
        .report();
}

/// The first set of which a binary needs more than the system is known to have, and gets the system's library.
fn need<'a>(
    binary: &Loadable<'a>,
    deployment: &Deployment<'_>,
    closure: &Closure<'_>,
    system: &OsFacts,
) -> Option<Need<'a>> {
    let elf = binary.elf()?;
    let fits = deployment.architecture.is_none() || elf.machine.architecture() == deployment.architecture;
    SETS.iter().filter(|_| fits).find_map(|set| {
        let version = elf.highest(set.prefix)?;
        let (all_have, newest) = (set.of)(system);
        let is_the_systems = || matches!(closure.needed_as(set.library, *binary), Provided::System);
        let sure = version > *newest;
        (version > *all_have && is_the_systems()).then_some(Need { binary: *binary, set, version, sure })
    })
}
