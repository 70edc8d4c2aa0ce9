//! layout/uninstalled-distribution: packages that were downloaded or named, and not installed.

use crate::{
    archive::entry::Entry,
    data::texts,
    environment::package::Package,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule =
    Rule { page: &pages::layout::UNINSTALLED_DISTRIBUTION, check: Check::Package(check) };

/// Where an archive of a package lies when somebody means it to be imported.
const PLACES: [&str; 3] = ["", "python", "ruby"];

fn check(package: &Package, findings: &mut Findings) {
    // a package around one archive is archive/nested-package
    if package.files().count() > 1 {
        archives(package, findings);
    }
    if package.is_layer() {
        only_named(package, findings);
    }
}

fn archives(package: &Package, findings: &mut Findings) {
    let found: Vec<usize> =
        package.files().filter(|(_, entry)| is_archive(entry)).map(|(index, _)| index).collect();
    let Some(first) = found.first().and_then(|index| package.entry(*index)) else { return };
    let name = first.path.file_name().split('-').next().unwrap_or_default().to_owned();
    let path = first.path.shown();
    let Some(draft) = findings.at_entries(package, &found, "not installed either") else { return };
    draft
        .subject("archives")
        .say("a package that was downloaded and not installed")
        .lambda_says(texts::PYTHON_NO_MODULE_SHORT.fill(&[("module", &name)]))
        .because("nothing unpacks wheels, eggs and source archives at run time: they are not importable as they lie")
        .fix(format!("pip install --target python {path} && rm {path}"))
        .report();
}

fn is_archive(entry: &Entry) -> bool {
    let name = entry.path.file_name();
    let source = |ending: &str| {
        // a version follows the last dash
        let stem = name.strip_suffix(ending);
        stem.and_then(|stem| stem.rsplit_once('-')).is_some_and(|(name, version)| {
            !name.is_empty() && version.starts_with(|c: char| c.is_ascii_digit()) && version.contains('.')
        })
    };
    PLACES.contains(&entry.path.parent())
        && (name.ends_with(".whl") || name.ends_with(".egg") || source(".tar.gz") || source(".gem"))
}

/// Lists of dependencies with nothing installed beside them.
fn only_named(package: &Package, findings: &mut Findings) {
    for (list, folder, command) in [
        ("python/requirements.txt", "python", "pip install -r python/requirements.txt --target python"),
        ("nodejs/package.json", "nodejs", "npm ci --omit=dev --prefix nodejs"),
    ] {
        let Some(index) = package.archive.position(list) else { continue };
        let is_list = |entry: &Entry| {
            let rest = entry.path.below(folder).unwrap_or_default();
            !rest.contains('/')
                && ["txt", "json", "toml", "lock", "yaml"].iter().any(|end| rest.ends_with(end))
        };
        let mut beside = package.files().filter(|(_, entry)| entry.path.below(folder).is_some());
        if beside.all(|(_, entry)| is_list(entry)) {
            findings
                .at(package.entry_place(index))
                .say("a list of dependencies, and none of them is installed")
                .because("a layer is unpacked as it is: no installer runs")
                .fix(format!("{command} && zip -r layer.zip {folder}"))
                .report();
        }
    }
}
