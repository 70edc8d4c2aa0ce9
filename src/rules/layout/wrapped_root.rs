//! layout/wrapped-root: one folder around everything, so that nothing is where it is looked for.

use crate::{
    data::{runtimes::Family, texts},
    environment::{deployment::Deployment, handler::HandlerFile, package::Package, role},
    model::severity::Severity,
    rules::{
        commands::quoted,
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule = Rule { page: &pages::layout::WRAPPED_ROOT, check: Check::Deployment(check) };

/// Folders that a layer begins with.
const LAYER_TOPS: [&str; 9] =
    ["python", "nodejs", "java", "ruby", "lib", "bin", "extensions", "dotnetcore", "share"];

/// Files that a function begins with.
const FUNCTION_FILES: [&str; 9] = [
    "lambda_function.py",
    "app.py",
    "main.py",
    "index.js",
    "index.mjs",
    "handler.py",
    "handler.js",
    "app.js",
    "bootstrap",
];

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    let custom = deployment.runtime.is_some_and(|runtime| runtime.family == Family::Provided);
    for package in deployment.packages() {
        // a bootstrap below a folder is layout/bundled-bootstrap
        if custom && !package.is_layer() {
            continue;
        }
        let Some(folder) = wrapper(package) else { continue };
        let severity = match (package.is_layer(), deployment.handler_file()) {
            (true, _) => Severity::Error,
            (false, HandlerFile::Found) => continue,
            (false, HandlerFile::Missing { .. }) => Severity::Error,
            // a handler such as `folder/index.handler` would be right
            (false, HandlerFile::Undecided) => Severity::Warning,
        };
        findings
            .at(package.place())
            .subject("wrapper")
            .say(format!("everything lies in the folder {folder}/ instead of at the root"))
            .no_worse_than(severity)
            .lambda_says(
                texts::PYTHON_NO_MODULE.fill(&[("handler", "your handler"), ("module", "your module")]),
            )
            .because(format!(
                "Lambda does not strip a top folder: the content becomes {}/{folder}/...",
                package.role.mount()
            ))
            .fix(format!("zip from inside the folder: cd {} && zip -r ../package.zip .", quoted(folder)))
            .report();
    }
}

/// The folder that holds everything, when what is in it looks like what belongs at the root.
pub(super) fn wrapper(package: &Package) -> Option<&str> {
    let folder = role::wrapper(&package.archive)?;
    if package.is_layer() && (LAYER_TOPS.contains(&folder) || folder.eq_ignore_ascii_case("python")) {
        return None;
    }
    let known = package.files().any(|(_, entry)| {
        let Some(below) = entry.path.below(folder) else { return false };
        let top = below.split('/').next().unwrap_or_default();
        if package.is_layer() {
            top != below && LAYER_TOPS.contains(&top)
        } else {
            FUNCTION_FILES.contains(&below)
        }
    });
    known.then_some(folder)
}
