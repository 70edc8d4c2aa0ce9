//! archive/backslash-path: `\` between components, which is a letter of the name on Linux.

use crate::{
    archive::entry::Host,
    environment::package::Package,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule = Rule { page: &pages::archive::BACKSLASH_PATH, check: Check::Package(check) };

fn check(package: &Package, findings: &mut Findings) {
    let entries: Vec<usize> = package
        .archive
        .entries()
        .iter()
        .enumerate()
        .filter(|(_, entry)| entry.name_bytes().contains(&b'\\'))
        .map(|(index, _)| index)
        .collect();
    let Some(first) = entries.first().and_then(|index| package.entry(*index)) else { return };
    let windows = matches!(first.mode.host, Host::FAT | Host::NTFS);
    let maker = if windows {
        "zipped on Windows, as Compress-Archive does"
    } else {
        "zipped with \\ between folders"
    };
    let name = first.path.shown();
    let Some(draft) = findings.at_entries(package, &entries, "also") else { return };
    draft
        .subject("backslash")
        .say("paths are written with backslashes: on Linux they are file names, not folders")
        .because(format!("{maker}; Lambda lays down one file called {name}"))
        .fix(
            "zip with forward slashes: 7z a -tzip layer.zip python, or python -m zipfile -c layer.zip python",
        )
        .report();
}
