//! archive/nested-package: a package whose only content is another package.

use crate::{
    environment::package::Package,
    model::entry_path::EntryPath,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule = Rule { page: &pages::archive::NESTED_PACKAGE, check: Check::Package(check) };

/// What packages are called that are uploaded or installed, but not loaded as they are.
const ENDINGS: [&str; 7] = [".zip", ".whl", ".tar.gz", ".tgz", ".tar", ".jar", ".nupkg"];

fn check(package: &Package, findings: &mut Findings) {
    let mut files = package.files();
    let (Some((index, only)), None) = (files.next(), files.next()) else { return };
    let name = only.path.file_name();
    if !ENDINGS.iter().any(|ending| name.ends_with(ending)) || is_loaded(package, &only.path) {
        return;
    }
    findings
        .at(package.entry_place(index))
        .say(format!("the only content is {}", only.path))
        .because("Lambda unpacks once: it stays an archive, and nothing in it can be imported or started")
        .fix(format!("upload {} itself if it is a zip, or install it into the package: pip install --target python PACKAGE", only.path))
        .report();
}

/// Jars are loaded as they are from where Java looks; at the root of a function they are layout/jar-at-root.
fn is_loaded(package: &Package, path: &EntryPath) -> bool {
    path.file_name().ends_with(".jar") && (!package.is_layer() || matches!(path.parent(), "java/lib" | "lib"))
}
