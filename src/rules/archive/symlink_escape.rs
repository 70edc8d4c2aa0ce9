//! archive/symlink-escape: links that lead out of the folder that the package is unpacked to.

use std::collections::BTreeMap;

use crate::{
    environment::package::Package,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule = Rule { page: &pages::archive::SYMLINK_ESCAPE, check: Check::Package(check) };

/// Where an absolute target may lie: what Lambda has at run time.
const AT_RUN_TIME: [&str; 11] = [
    "/opt",
    "/var/task",
    "/var/runtime",
    "/var/lang",
    "/tmp",
    "/lib64",
    "/usr",
    "/lib",
    "/bin",
    "/etc",
    "/dev/null",
];

fn check(package: &Package, findings: &mut Findings) {
    let mut by_escape: BTreeMap<&str, Vec<(usize, &str)>> = BTreeMap::new();
    for (index, target) in &package.inventory.links {
        let Some(entry) = package.entry(*index) else { continue };
        if let Some(what) = escape(entry.path.parent(), target) {
            by_escape.entry(what).or_default().push((*index, target));
        }
    }
    for (what, links) in by_escape {
        let entries: Vec<usize> = links.iter().map(|(index, _)| *index).collect();
        let Some((_, target)) = links.first() else { continue };
        let Some(draft) = findings.at_entries(package, &entries, "the same") else { continue };
        draft
            .subject(what)
            .say(format!("the link leads {what}"))
            .because(format!(
                "its target is {target}; a package that plants links can make an unzipper write elsewhere"
            ))
            .fix("zip the file instead of the link: leave out -y, or use zip -r on a copy made with cp -rL")
            .report();
    }
}

/// Whether a target leaves the package, and how.
pub(super) fn escape(folder: &str, target: &str) -> Option<&'static str> {
    if target.starts_with('/') {
        let known = AT_RUN_TIME.iter().any(|root| {
            target.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        });
        return (!known || target.split('/').any(|part| part == ".."))
            .then_some("to a path that Lambda does not have");
    }
    let mut depth = folder.split('/').filter(|part| !part.is_empty()).count();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." if depth == 0 => return Some("out of the package"),
            ".." => depth = depth.saturating_sub(1),
            _ => depth = depth.saturating_add(1),
        }
    }
    None
}
