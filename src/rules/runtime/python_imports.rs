//! Python's share of runtime/unresolved-import, runtime/syntax-error and runtime/handler-symbol-missing, and runtime/removed-stdlib-module.

use crate::{
    data::{python_modules, texts},
    environment::{
        deployment::Deployment,
        python::{Fault, PythonStart, Spot, Trouble},
    },
    model::text::SafeText,
    rules::registry::Findings,
};

/// Modules of a chain that are named.
const SHOWN: usize = 5;

/// What fails on the start path; none when it cannot be followed.
pub(super) fn faults<'s, 'a>(
    deployment: &'s Deployment<'a>,
) -> impl Iterator<Item = (&'s PythonStart<'a>, &'s Fault<'a>)> {
    deployment
        .python_start()
        .into_iter()
        .flat_map(|start| start.faults.iter().map(move |fault| (start, fault)))
}

/// Modules and names that are nowhere.
pub(super) fn unresolved(deployment: &Deployment<'_>, findings: &mut Findings) {
    for (start, fault) in faults(deployment) {
        let (subject, say, error, fix) = match &fault.trouble {
            Trouble::Missing(module) => missing(&fault.spot, module),
            Trouble::NoName { name, module } => no_name(&fault.spot, name, module),
            Trouble::Removed(_) | Trouble::Syntax(_) => continue,
        };
        if !deployment.is_complete() {
            let what = match &fault.trouble {
                Trouble::NoName { name, module } => format!("{} of {}", shown(name), shown(module)),
                Trouble::Missing(module) | Trouble::Removed(module) | Trouble::Syntax(module) => {
                    format!("module {}", shown(module))
                }
            };
            let (line, file) = (fault.spot.line, file(&fault.spot));
            findings.not_analysed(
                format!("{what}, imported on line {line} of {file}"),
                "it is in none of the packages at hand, and a layer without a local copy may bring it",
            );
            continue;
        }
        findings
            .at(fault.spot.package.entry_place(fault.spot.index))
            .subject(subject)
            .say(say)
            .lambda_says(texts::PYTHON_IMPORT_ERROR.fill(&[("handler", &start.module), ("error", &error)]))
            .because(because("neither the function nor its layers nor the runtime have it", &fault.spot))
            .fix(fix)
            .report();
    }
}

fn missing(spot: &Spot<'_>, module: &str) -> (String, String, String, String) {
    let top = module.split('.').next().unwrap_or(module);
    let fix = if top == module {
        format!("pip install --target python {}", python_modules::distribution(top))
    } else {
        format!(
            "install {} again into an empty folder: a part of it is missing",
            python_modules::distribution(top)
        )
    };
    (
        format!("module {module}"),
        format!("line {} imports {}, which is nowhere", spot.line, shown(module)),
        texts::PYTHON_NO_MODULE_SHORT.fill(&[("module", module)]),
        fix,
    )
}

fn no_name(spot: &Spot<'_>, name: &str, module: &str) -> (String, String, String, String) {
    (
        format!("name {name} of {module}"),
        format!("line {} imports {} from {}, which has no such name", spot.line, shown(name), shown(module)),
        texts::PYTHON_NO_NAME.fill(&[("name", name), ("module", module)]),
        format!(
            "compare the version of {} with the one that was tested: two may be mixed",
            shown(module.split('.').next().unwrap_or(module))
        ),
    )
}

/// Modules that the standard library of this version does not have any more.
pub(super) fn removed(deployment: &Deployment<'_>, findings: &mut Findings) {
    let Some(runtime) = deployment.runtime else { return };
    for (start, fault) in faults(deployment) {
        let Trouble::Removed(module) = &fault.trouble else { continue };
        if !deployment.is_complete() {
            continue;
        }
        let error = texts::PYTHON_NO_MODULE_SHORT.fill(&[("module", module)]);
        findings
            .at(fault.spot.package.entry_place(fault.spot.index))
            .subject(format!("module {module}"))
            .say(format!(
                "line {} imports {}, which {runtime} does not have any more",
                fault.spot.line,
                shown(module)
            ))
            .lambda_says(texts::PYTHON_IMPORT_ERROR.fill(&[("handler", &start.module), ("error", &error)]))
            .because(because("it was taken out of the standard library", &fault.spot))
            .fix("take a newer version of the package that imports it, or ship a replacement from PyPI")
            .report();
    }
}

/// Sources that do not parse.
pub(super) fn syntax(deployment: &Deployment<'_>, findings: &mut Findings) {
    let Some(runtime) = deployment.runtime else { return };
    for (start, fault) in faults(deployment) {
        let Trouble::Syntax(why) = &fault.trouble else { continue };
        let error = format!("{} ({}, line {})", shown(why), file(&fault.spot), fault.spot.line);
        findings
            .at(fault.spot.package.entry_place(fault.spot.index))
            .say(format!("line {} is no source that {runtime} can parse", fault.spot.line))
            .lambda_says(texts::PYTHON_SYNTAX_ERROR.fill(&[("module", &start.module), ("error", &error)]))
            .because(because(&shown(why), &fault.spot))
            .fix(format!("python{} -m py_compile {}", runtime.language, file(&fault.spot)))
            .report();
    }
}

/// The module is there and does not bind the handler.
pub(super) fn symbol(deployment: &Deployment<'_>, findings: &mut Findings) {
    let (Some(start), Some(handler)) = (deployment.python_start(), deployment.handler) else { return };
    let Some(spot) = start.file.as_ref().filter(|_| start.handler.is_missing()) else { return };
    let Some((_, wanted)) = handler.rsplit_once('.') else { return };
    let near = start
        .names
        .iter()
        .filter(|name| !name.starts_with('_'))
        .min_by_key(|name| (strsim::damerau_levenshtein(name, wanted), (*name).clone()));
    let because = if start.names.is_empty() {
        format!("{} defines nothing", file(spot))
    } else {
        let names: Vec<&str> = start.names.iter().take(SHOWN).map(String::as_str).collect();
        format!("{} defines {}", file(spot), shown(&names.join(", ")))
    };
    let fix = match near {
        Some(near) => format!("set the handler to {}.{}, or define {wanted}", start.module, shown(near)),
        None => format!("def {wanted}(event, context): ..."),
    };
    findings
        .at(spot.package.entry_place(spot.index))
        .subject(format!("handler {wanted}"))
        .say(format!("the handler {} is not defined in {}", shown(handler), file(spot)))
        .lambda_says(texts::PYTHON_HANDLER_MISSING.fill(&[("symbol", wanted), ("module", &start.module)]))
        .because(because)
        .fix(fix)
        .report();
}

fn file(spot: &Spot<'_>) -> String {
    spot.package.entry(spot.index).map(|entry| entry.path.file_name().to_owned()).unwrap_or_default()
}

/// How the module came to be imported; nothing for the handler's own.
fn because(reason: &str, spot: &Spot<'_>) -> String {
    if spot.chain.len() < 2 {
        return reason.to_owned();
    }
    let mut chain: Vec<&str> = spot.chain.iter().map(String::as_str).collect();
    if chain.len() > SHOWN {
        chain.splice(2..chain.len().saturating_sub(2), ["..."]);
    }
    format!("{reason}; imported at start by way of {}", shown(&chain.join(" -> ")))
}

fn shown(text: &str) -> SafeText {
    SafeText::new(text).shortened(160)
}
