//! secret/credential-file: files that exist to hold credentials.

use crate::{
    data::secrets::credential_file,
    environment::package::Package,
    rules::{
        commands::quoted,
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule = Rule { page: &pages::secret::CREDENTIAL_FILE, check: Check::Package(check) };

fn check(package: &Package, findings: &mut Findings) {
    for (index, entry) in package.files() {
        let Some(file) = credential_file(entry.path.as_str()) else { continue };
        if !file.by_name() && !package.inventory.credential_files.contains(&index) {
            continue;
        }
        findings
            .at(package.entry_place(index))
            .subject(&*entry.path.shown())
            .say(format!("holds {}", file.what))
            .because("it was packed by accident: nothing in Lambda reads it, and whoever may download the package has it")
            .fix(format!(
                "revoke what it holds, then leave it out: zip -d package.zip {}",
                quoted(&entry.path.shown())
            ))
            .report();
    }
}
