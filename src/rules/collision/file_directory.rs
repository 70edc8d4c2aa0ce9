//! collision/file-directory: a path that is a file in one layer and a folder in another.

use crate::{
    data::texts,
    environment::deployment::Deployment,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule =
    Rule { page: &pages::collision::FILE_DIRECTORY, check: Check::Deployment(check) };

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    for (file, folder) in deployment.files_against_folders() {
        let other = &folder.package.label.name;
        findings
            .at(file.package.entry_place(file.index))
            .say(format!("a file here, a folder in {other}"))
            .lambda_says(texts::LAYER_CONVERSION.template)
            .related(folder.package.entry_place(folder.index), "the folder")
            .because("layers are laid over one another, and one path cannot be both")
            .fix("rename one of them, or drop the layer that is not needed")
            .report();
    }
}
