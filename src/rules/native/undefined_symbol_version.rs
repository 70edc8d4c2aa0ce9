//! native/undefined-symbol-version: a shipped library lacks a version that another binary needs of it.

use std::collections::{BTreeMap, HashMap, HashSet};

use crate::{
    data::texts,
    environment::{
        deployment::Deployment,
        load_path::Loadable,
        loader::{Closure, Provided},
    },
    inspect::elf::ElfFacts,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

use super::owner;

pub(super) static RULE: Rule =
    Rule { page: &pages::native::UNDEFINED_SYMBOL_VERSION, check: Check::Deployment(check) };

/// A version that the library which would be loaded does not define.
struct Lack<'a> {
    by: Loadable<'a>,
    library: Loadable<'a>,
    version: &'a str,
}

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    let Some(closure) = Closure::of(deployment).filter(|_| !deployment.is_used) else { return };
    let mut groups: BTreeMap<(String, String), Vec<Lack<'_>>> = BTreeMap::new();
    let mut defined = Defined::new();
    for binary in deployment.loaded_binaries() {
        for lack in lacks(&closure, &mut defined, binary) {
            let key = (owner(binary.entry.path.as_str()), lack.library.entry.path.file_name().to_owned());
            groups.entry(key).or_default().push(lack);
        }
    }
    for ((owner, library), group) in groups {
        let Some(first) = group.first() else { continue };
        let shown = |one: &Loadable<'_>| one.package.mounted(&one.entry.path.shown());
        findings
            .at(first.library.place())
            .subject(format!("{library} of {owner}"))
            .say(format!("{owner} needs {} of {library}, which does not define it", first.version))
            .lambda_says(texts::VERSION_NOT_FOUND.fill(&[
                ("library", shown(&first.library).as_str()),
                ("version", first.version),
                ("path", shown(&first.by).as_str()),
            ]))
            .because("the loader compares the versions before it runs anything, and the shipped library is another release than the one linked with")
            .fix(format!("ship the {library} that {owner} was built with, or build {owner} anew"))
            .related(first.by.place(), "needs it")
            .count(group.len())
            .report();
    }
}

/// What libraries define, each gathered once, by the address of its facts.
type Defined<'a> = HashMap<*const ElfFacts, HashSet<&'a str>>;

/// A library without any definitions satisfies every need: the loader only grumbles.
fn lacks<'a>(closure: &Closure<'a>, defined: &mut Defined<'a>, by: Loadable<'a>) -> Vec<Lack<'a>> {
    let mut found = Vec::new();
    for need in by.elf().map(|elf| elf.version_needs.as_slice()).unwrap_or_default() {
        let Provided::Package(library) = closure.needed_as(&need.library, by) else { continue };
        let Some(elf) = library.elf().filter(|elf| !elf.version_definitions.is_empty()) else { continue };
        let names = defined
            .entry(std::ptr::from_ref(elf))
            .or_insert_with(|| elf.version_definitions.iter().map(String::as_str).collect());
        let absent = need.versions.iter().filter(|version| !names.contains(version.as_str()));
        found.extend(absent.map(|version| Lack { by, library, version }));
    }
    found
}
