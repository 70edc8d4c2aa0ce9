//! runtime/not-executable: programs that Lambda starts, without the permission to be executed.

use crate::{
    archive::entry::Entry,
    data::{runtimes::Family, texts},
    environment::{deployment::Deployment, package::Package},
    model::severity::Severity,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule =
    Rule { page: &pages::runtime::NOT_EXECUTABLE, check: Check::Deployment(check) };

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    let wrapper =
        deployment.function().and_then(|function| function.environment.get("AWS_LAMBDA_EXEC_WRAPPER"));
    for package in deployment.packages() {
        for (index, entry) in package.files().filter(|(_, entry)| !entry.mode.others_execute()) {
            let Some((what, severity)) = started(deployment, package, entry, wrapper.map(String::as_str))
            else {
                continue;
            };
            let mounted = package.mounted(&entry.path.shown());
            findings
                .at(package.entry_place(index))
                .say(format!("{what} may not be executed"))
                .no_worse_than(severity)
                .lambda_says(texts::EXEC_PERMISSION_DENIED.fill(&[("path", &mounted)]))
                .because(why(entry))
                .fix(format!(
                    "chmod 755 {} && zip the package again (on Windows: build-lambda-zip)",
                    entry.path
                ))
                .report();
        }
    }
}

/// Whether Lambda, or code by name, starts an entry of this deployment.
fn started(
    deployment: &Deployment<'_>,
    package: &Package,
    entry: &Entry,
    wrapper: Option<&str>,
) -> Option<(&'static str, Severity)> {
    let path = entry.path.as_str();
    let custom = deployment.runtime.is_some_and(|runtime| runtime.family == Family::Provided);
    if wrapper == Some(package.mounted(path).as_str()) {
        return Some(("the exec wrapper", Severity::Error));
    }
    if path == "bootstrap" && custom {
        return Some(("the bootstrap", Severity::Error));
    }
    if package.is_layer() && entry.path.parent() == "extensions" && is_program(package, path) {
        return Some(("an extension", Severity::Error));
    }
    let in_bin = package.is_layer() && entry.path.parent() == "bin" && is_program(package, path);
    in_bin.then_some(("a program of bin/", Severity::Warning))
}

/// Whether a file begins like a program: other files of the folder are another rule's finding, or none.
fn is_program(package: &Package, path: &str) -> bool {
    let index = package.archive.position(path);
    let beginning = index.and_then(|index| package.inventory.prefixes.get(&index));
    beginning.is_some_and(|bytes| bytes.starts_with(b"\x7fELF") || bytes.starts_with(b"#!"))
}

fn why(entry: &Entry) -> String {
    if entry.mode.host.has_unix_mode() {
        format!(
            "its mode is {:04o}; the user that runs it is neither owner nor group",
            entry.mode.permissions()
        )
    } else {
        "zipped on Windows, which stores no permission to execute".to_owned()
    }
}
