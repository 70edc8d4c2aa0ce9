//! layout/extension-entry: files of `extensions/` that are no program, and are started all the same.

use crate::{
    data::texts,
    environment::package::Package,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule = Rule { page: &pages::layout::EXTENSION_ENTRY, check: Check::Package(check) };

fn check(package: &Package, findings: &mut Findings) {
    if !package.is_layer() {
        return;
    }
    for (index, entry) in package.files().filter(|(_, entry)| entry.path.parent() == "extensions") {
        let Some(beginning) = package.inventory.prefixes.get(&index) else { continue };
        let library = entry.path.file_name().contains(".so");
        // a line that stands behind something is runtime/bad-interpreter
        let unmarked = beginning.strip_prefix(b"\xef\xbb\xbf").unwrap_or(beginning).trim_ascii_start();
        let program = (beginning.starts_with(b"\x7fELF") && !library) || unmarked.starts_with(b"#!");
        // machine code of another platform is native/wrong-platform
        let foreign = [&b"\xcf\xfa\xed\xfe"[..], b"\xca\xfe\xba\xbe", b"MZ"]
            .iter()
            .any(|magic| beginning.starts_with(magic));
        if program || foreign {
            continue;
        }
        let mounted = package.mounted(&entry.path.shown());
        findings
            .at(package.entry_place(index))
            .say("not a program, and Lambda starts every file of extensions/")
            .lambda_says(if entry.mode.others_execute() {
                texts::EXEC_FORMAT_ERROR.fill(&[("path", &mounted)])
            } else {
                texts::EXEC_PERMISSION_DENIED.fill(&[("path", &mounted)])
            })
            .because("each file directly in /opt/extensions is run as an extension; one that cannot be run stops the function")
            .fix(format!("move it out of extensions/: git mv {} share/", entry.path))
            .report();
    }
}
