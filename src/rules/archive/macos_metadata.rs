//! archive/macos-metadata: what macOS adds to folders and zips.

use crate::{
    environment::package::Package,
    model::entry_path::EntryPath,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule = Rule { page: &pages::archive::MACOS_METADATA, check: Check::Package(check) };

fn check(package: &Package, findings: &mut Findings) {
    let entries: Vec<usize> =
        package.files().filter(|(_, entry)| is_metadata(&entry.path)).map(|(index, _)| index).collect();
    let Some(draft) = findings.at_entries(package, &entries, "of macOS too") else { return };
    draft
        .subject("macos")
        .say("a file that only macOS uses")
        .because("Finder and the archiver of macOS add them; on Lambda they take room and can be picked up as modules or extensions")
        .fix("COPYFILE_DISABLE=1 zip -r package.zip . -x '__MACOSX/*' '*/._*' '*.DS_Store'")
        .report();
}

fn is_metadata(path: &EntryPath) -> bool {
    path.top() == "__MACOSX" || path.file_name() == ".DS_Store" || path.file_name().starts_with("._")
}
