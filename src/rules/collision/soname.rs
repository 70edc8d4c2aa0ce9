//! collision/soname: two different libraries of one name where the loader takes the first.

use std::collections::BTreeMap;

use crate::{
    environment::{
        deployment::Deployment,
        load_path::{Loadable, Loading},
        loader::{Closure, Provided},
    },
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule = Rule { page: &pages::collision::SONAME, check: Check::Deployment(check) };

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    let Some(closure) = Closure::of(deployment) else { return };
    for (name, group) in by_name(deployment) {
        let Some(first) = group.first() else { continue };
        // what the system or the runtime has is told by native/shadowed-by-system
        let Provided::Package(winner) = closure.needed_as(&name, *first) else { continue };
        let Some(loser) = group.iter().find(|one| differ(one, &winner)) else { continue };
        findings
            .at(loser.place())
            .subject(&name)
            .say(format!("two different {name}: {} is loaded, this one is not", winner.mounted()))
            .because("both lie on LD_LIBRARY_PATH, the loader takes the first for whatever asks by name")
            .fix("keep the one that everything was built with")
            .related(winner.place(), "loaded")
            .report();
    }
}

/// Libraries on `LD_LIBRARY_PATH` by the name that they are asked for.
fn by_name<'a>(deployment: &Deployment<'a>) -> BTreeMap<String, Vec<Loadable<'a>>> {
    let mut groups: BTreeMap<String, Vec<Loadable<'a>>> = BTreeMap::new();
    for library in deployment.loaded_binaries().filter(|one| one.loading() == Some(Loading::Library)) {
        let name = library.entry.path.file_name();
        let Some(elf) = library.elf() else { continue };
        let fits = deployment.architecture.is_none() || elf.machine.architecture() == deployment.architecture;
        // an older file that no name leads to is not asked for
        if fits && elf.soname.as_deref().is_none_or(|soname| soname == name) {
            groups.entry(name.to_owned()).or_default().push(library);
        }
    }
    groups.retain(|_, group| group.len() > 1);
    groups
}

fn differ(one: &Loadable<'_>, two: &Loadable<'_>) -> bool {
    one.entry.size != two.entry.size || one.entry.crc != two.entry.crc
}
