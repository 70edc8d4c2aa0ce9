//! archive/layer-conversion: permissions that stop Lambda from laying down a layer. Function packages are not checked so.

use crate::{
    archive::entry::EntryKind,
    data::texts,
    environment::package::Package,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule = Rule { page: &pages::archive::LAYER_CONVERSION, check: Check::Package(check) };

fn check(package: &Package, findings: &mut Findings) {
    if !package.is_layer() {
        return;
    }
    let of_kind = |kind: EntryKind, wanted: u32| -> Vec<usize> {
        let entries = package.archive.entries().iter().enumerate();
        entries
            // mode 0 without type bits is archive/unreadable-file: no owner bit was ever written
            .filter(|(_, entry)| {
                entry.kind == kind && entry.mode.host.has_unix_mode() && entry.mode.bits != 0
            })
            .filter(|(_, entry)| entry.mode.permissions() & wanted != wanted)
            .map(|(index, _)| index)
            .collect()
    };
    if let Some(draft) = findings.at_entries(package, &of_kind(EntryKind::File, 0o400), "the same") {
        draft
            .subject("files")
            .say("a file that its owner may not read")
            .lambda_says(texts::LAYER_CONVERSION_READ.template)
            .because(
                "Lambda reads every file of a layer as its owner when it lays the layers over one another",
            )
            .fix("chmod -R u+rX,go+rX python && zip the layer again")
            .report();
    }
    if let Some(draft) = findings.at_entries(package, &of_kind(EntryKind::Directory, 0o500), "the same") {
        draft
            .subject("folders")
            .say("a folder that its owner may not enter")
            .lambda_says(texts::LAYER_CONVERSION_DIRECTORIES.template)
            .because(
                "Lambda walks every folder of a layer as its owner when it lays the layers over one another",
            )
            .fix("find . -type d -exec chmod 755 {} + && zip the layer again")
            .report();
    }
}
