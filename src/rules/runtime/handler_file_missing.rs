//! runtime/handler-file-missing: the handler names a file that is neither in the function nor in its layers.

use crate::{
    data::{runtimes::Family, texts},
    environment::{deployment::Deployment, handler::HandlerFile},
    rules::{
        layout, pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule =
    Rule { page: &pages::runtime::HANDLER_FILE_MISSING, check: Check::Deployment(check) };

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    let HandlerFile::Missing { name, expected } = deployment.handler_file() else { return };
    let (Some(code), Some(runtime), Some(handler)) =
        (deployment.code, deployment.runtime, deployment.handler)
    else {
        return;
    };
    // a package that could not be opened, or a folder around everything, is the root cause
    if deployment.task.is_empty() || layout::explains_missing_file(code) {
        return;
    }
    let words = match runtime.family {
        Family::Nodejs => texts::NODE_CANNOT_FIND_MODULE.fill(&[("module", &name)]),
        Family::Ruby => texts::RUBY_CANNOT_LOAD.fill(&[("file", &name)]),
        Family::Dotnet if !handler.contains(':') => {
            texts::DOTNET_PROGRAM_MISSING.fill(&[("file", &name), ("handler", handler)])
        }
        Family::Dotnet => texts::DOTNET_ASSEMBLY_MISSING.fill(&[("file", &name)]),
        _ => {
            let module = deployment.first_missing_part(&name.replace('/', "."));
            texts::PYTHON_NO_MODULE.fill(&[("handler", &name), ("module", &module)])
        }
    };
    let near = nearest(deployment, &expected);
    findings
        .at(code.place())
        .subject("handler")
        .say(format!("the handler {handler} needs {expected}, which is not in the package"))
        .lambda_says(words)
        .because(near.as_ref().map_or_else(
            || "neither the function nor its layers hold it".to_owned(),
            |near| format!("neither the function nor its layers hold it; {near} is there"),
        ))
        .fix("add the file to the zip, or set the handler to the file that is there")
        .report();
}

/// A file of the same name elsewhere in the function, or of a similar name beside.
fn nearest(deployment: &Deployment<'_>, expected: &str) -> Option<String> {
    let name = expected.rsplit('/').next().unwrap_or(expected);
    let code = deployment.code?;
    let elsewhere = code
        .files()
        .find(|(_, entry)| entry.path.file_name() == name && !entry.path.as_str().contains("node_modules/"));
    let similar = || {
        let ending = name.rsplit('.').next().unwrap_or_default();
        code.files()
            .filter(|(_, entry)| !entry.path.as_str().contains('/') && entry.path.as_str().ends_with(ending))
            .map(|(_, entry)| (strsim::damerau_levenshtein(entry.path.as_str(), name), entry))
            .filter(|(distance, _)| *distance <= 3)
            .min_by_key(|(distance, entry)| (*distance, entry.path.clone()))
            .map(|(_, entry)| entry.path.shown().to_string())
    };
    elsewhere.map(|(_, entry)| entry.path.shown().to_string()).or_else(similar)
}
