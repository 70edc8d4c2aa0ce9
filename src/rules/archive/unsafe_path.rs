//! archive/unsafe-path: names that lead out of the folder that a zip is unpacked to.

use std::collections::BTreeMap;

use crate::{
    environment::package::Package,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule = Rule { page: &pages::archive::UNSAFE_PATH, check: Check::Archive(check) };

fn check(package: &Package, findings: &mut Findings) {
    let mut by_danger: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (index, entry) in package.archive.entries().iter().enumerate() {
        if let Some(what) = danger(&String::from_utf8_lossy(entry.name_bytes())) {
            by_danger.entry(what).or_default().push(index);
        }
    }
    for (what, entries) in by_danger {
        let Some(draft) = findings.at_entries(package, &entries, "the same") else { continue };
        draft
            .subject(what)
            .say(format!("the path {what}"))
            .because("an unzipper that trusts names would write outside of the target folder; Lambda does not say what it does with it")
            .fix("zip relative paths from inside the folder: cd build && zip -r ../package.zip .")
            .report();
    }
}

fn danger(name: &str) -> Option<&'static str> {
    let drive =
        name.as_bytes().get(1) == Some(&b':') && name.as_bytes().first().is_some_and(u8::is_ascii_alphabetic);
    if name.contains('\0') {
        Some("holds a NUL byte")
    } else if name.starts_with("\\\\") || name.starts_with("//") {
        Some("names a network share")
    } else if name.starts_with('/') {
        Some("is absolute")
    } else if drive {
        Some("begins with a drive letter")
    } else if name.split(['/', '\\']).any(|part| part == "..") {
        Some("climbs out of the target folder")
    } else {
        None
    }
}
