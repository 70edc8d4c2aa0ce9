//! layout/extension-nested: extensions in sub-folders, where none is started.

use crate::{
    archive::entry::Entry,
    environment::package::Package,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule = Rule { page: &pages::layout::EXTENSION_NESTED, check: Check::Package(check) };

fn check(package: &Package, findings: &mut Findings) {
    if !package.is_layer() || package.files().any(|(_, entry)| entry.path.parent() == "extensions") {
        return;
    }
    let nested: Vec<usize> =
        package.files().filter(|(_, entry)| is_program(entry)).map(|(index, _)| index).collect();
    let Some(first) = nested.first().and_then(|index| package.entry(*index)) else { return };
    let name = first.path.file_name().to_owned();
    let path = first.path.shown();
    let Some(draft) = findings.at_entries(package, &nested, "not started either") else { return };
    draft
        .subject("nested extensions")
        .say("programs only in sub-folders of extensions/: no extension is started")
        .because("each file directly in /opt/extensions is started, sorted by name; folders are passed over")
        .fix(format!("mv {path} extensions/{name}"))
        .report();
}

/// An executable file without an ending, one or two folders below.
fn is_program(entry: &Entry) -> bool {
    let Some(rest) = entry.path.below("extensions") else { return false };
    let name = entry.path.file_name();
    matches!(rest.matches('/').count(), 1 | 2)
        && entry.mode.others_execute()
        && (!name.contains('.') || name.ends_with(".sh"))
}
