//! Python's share of runtime/unresolved-import, runtime/syntax-error and runtime/handler-symbol-missing, and runtime/removed-stdlib-module.

use crate::{
    data::{python_modules, search_paths::Root, texts},
    environment::{
        deployment::Deployment,
        python::{Fault, PathHint, PythonStart, Spot, Trouble},
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

/// What is said of an import that fails.
struct Told {
    subject: String,
    say: String,
    error: String,
    because: String,
    fix: String,
    /// What it is, where it is not known whether it is there.
    what: String,
}

/// Modules and names that are nowhere.
pub(super) fn unresolved(deployment: &Deployment<'_>, findings: &mut Findings) {
    for (start, fault) in faults(deployment) {
        let Some(told) = told(deployment, fault) else { continue };
        let may_come = !matches!(fault.trouble, Trouble::NoParent { .. });
        if may_come && !deployment.is_complete() {
            not_analysed(fault, &told, findings);
            continue;
        }
        let words = texts::PYTHON_IMPORT_ERROR.fill(&[("handler", &start.module), ("error", &told.error)]);
        report(fault, told, words, "", findings);
    }
}

/// The same of imports that stand in the handler: they are met by the first invocation.
pub(super) fn late(deployment: &Deployment<'_>, findings: &mut Findings) {
    let late = deployment.python_start().map(|start| start.late.as_slice()).unwrap_or_default();
    for fault in late.iter().filter(|_| deployment.is_complete()) {
        let (told, kind) = match &fault.trouble {
            Trouble::Missing(module) | Trouble::Removed(module) => {
                (Some(missing(deployment, &fault.spot, module)), "ModuleNotFoundError")
            }
            _ => (told(deployment, fault), "ImportError"),
        };
        let Some(told) = told else { continue };
        let words = format!("{kind}: {}", told.error);
        let because =
            format!("the import stands in the handler, so that initialising succeeds; {}", told.because);
        let told = Told { because, ..told };
        report(fault, told, words, "the first invocation fails: ", findings);
    }
}

fn report(fault: &Fault<'_>, told: Told, words: String, before: &str, findings: &mut Findings) {
    findings
        .at(fault.spot.package.entry_place(fault.spot.index))
        .subject(told.subject)
        .say(format!("{before}{}", told.say))
        .lambda_says(words)
        .because(because(&told.because, &fault.spot))
        .fix(told.fix)
        .report();
}

fn not_analysed(fault: &Fault<'_>, told: &Told, findings: &mut Findings) {
    let (line, file) = (fault.spot.line, file(&fault.spot));
    findings.not_analysed(
        format!("{}, imported on line {line} of {file}", told.what),
        "it is in none of the packages at hand, and a layer without a local copy may bring it",
    );
}

fn told(deployment: &Deployment<'_>, fault: &Fault<'_>) -> Option<Told> {
    match &fault.trouble {
        Trouble::Missing(module) => Some(missing(deployment, &fault.spot, module)),
        Trouble::NoName { name, module } => Some(no_name(&fault.spot, name, module)),
        Trouble::NoParent { is_beyond } => Some(no_parent(&fault.spot, *is_beyond)),
        // in the handler, where no rule of its own speaks
        Trouble::Removed(_) | Trouble::Syntax(_) | Trouble::BadMagic { .. } | Trouble::NoMetadata { .. } => {
            None
        }
    }
}

fn missing(deployment: &Deployment<'_>, spot: &Spot<'_>, module: &str) -> Told {
    let top = module.split('.').next().unwrap_or(module);
    let hidden = hidden_by_variable(deployment, top);
    let hidden = hidden.or_else(|| hint(deployment, top));
    let where_to = if hidden.is_some() { "off the search path" } else { "nowhere" };
    let (because, fix) = match hidden {
        Some(words) => words,
        None if top == module => (
            "neither the function nor its layers nor the runtime have it".to_owned(),
            format!("pip install --target python {}", python_modules::distribution(top)),
        ),
        None => (
            "neither the function nor its layers nor the runtime have it".to_owned(),
            format!(
                "install {} again into an empty folder: a part of it is missing",
                python_modules::distribution(top)
            ),
        ),
    };
    Told {
        subject: format!("module {module}"),
        say: format!("line {} imports {}, which is {where_to}", spot.line, shown(module)),
        error: texts::PYTHON_NO_MODULE_SHORT.fill(&[("module", module)]),
        because,
        fix,
        what: format!("module {}", shown(module)),
    }
}

/// Why a module is not found that lies in a layer: `PYTHONPATH` is set and does not name its folder.
fn hidden_by_variable(deployment: &Deployment<'_>, top: &str) -> Option<(String, String)> {
    let overridden = deployment.overridden_paths().into_iter().find(|one| one.variable == "PYTHONPATH")?;
    let holds = |folder: &&String| {
        let names = deployment.tree(Root::Opt).names_in(folder);
        names.iter().any(|name| name.split('.').next() == Some(top))
    };
    let folder = overridden.lost.iter().find(holds)?;
    let folders: Vec<String> = overridden.lost.iter().map(|folder| format!("/opt/{folder}")).collect();
    Some((
        format!("it lies in /opt/{folder}, which Lambda does not search where PYTHONPATH is set"),
        format!("PYTHONPATH={}:{}, or take the variable away", shown(&overridden.value), folders.join(":")),
    ))
}

/// Why a module is not found that a `.pth` file leads to.
fn hint(deployment: &Deployment<'_>, top: &str) -> Option<(String, String)> {
    Some(match deployment.path_hint(top)? {
        PathHint::Elsewhere { file, leads_to } => (
            format!(
                "{} leads to {}, which is on the machine where it was installed and not on Lambda: an editable install packs no modules",
                shown(&file),
                shown(&leads_to)
            ),
            format!("pip install --target python {}, without --editable", python_modules::distribution(top)),
        ),
        PathHint::NotRead { file, folder } => (
            format!(
                "it lies in {}, to which {} would lead; Lambda reads .pth files only at the top of {}",
                shown(&folder),
                shown(&file),
                site_folders(deployment)
            ),
            format!(
                "install it into a folder that is searched: pip install --target python {}",
                python_modules::distribution(top)
            ),
        ),
    })
}

fn site_folders(deployment: &Deployment<'_>) -> String {
    let mount = |root| if root == Root::Opt { "/opt/" } else { "/var/task/" };
    let name = |root, folder: &str| format!("{}{folder}", mount(root)).trim_end_matches('/').to_owned();
    let all = deployment.site_folders();
    all.iter().map(|one| name(one.root, &one.folder)).collect::<Vec<_>>().join(", ")
}

/// Whether a module that is missing at start lies in a folder that a variable took off the search path.
pub(super) fn is_told_of_variable(deployment: &Deployment<'_>) -> bool {
    faults(deployment).any(|(_, fault)| match &fault.trouble {
        Trouble::Missing(module) => {
            hidden_by_variable(deployment, module.split('.').next().unwrap_or(module)).is_some()
        }
        _ => false,
    })
}

fn no_name(spot: &Spot<'_>, name: &str, module: &str) -> Told {
    Told {
        subject: format!("name {name} of {module}"),
        say: format!(
            "line {} imports {} from {}, which has no such name",
            spot.line,
            shown(name),
            shown(module)
        ),
        error: texts::PYTHON_NO_NAME.fill(&[("name", name), ("module", module)]),
        because: "neither the function nor its layers nor the runtime have it".to_owned(),
        fix: format!(
            "compare the version of {} with the one that was tested: two may be mixed",
            shown(module.split('.').next().unwrap_or(module))
        ),
        what: format!("{} of {}", shown(name), shown(module)),
    }
}

fn no_parent(spot: &Spot<'_>, is_beyond: bool) -> Told {
    let text = if is_beyond { &texts::PYTHON_BEYOND_PARENT } else { &texts::PYTHON_NO_PARENT };
    let because = if is_beyond {
        "it has more dots than there are packages around the module"
    } else {
        "the module lies at the top of the search path, in no package"
    };
    Told {
        subject: "relative import".to_owned(),
        say: format!("line {} imports relative to a package that is not there", spot.line),
        error: text.template.to_owned(),
        because: because.to_owned(),
        fix: "import by the whole name, or put the modules into a package and name it in the handler: pkg/app.handler"
            .to_owned(),
        what: "a relative import".to_owned(),
    }
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
    let Some((_, wanted)) = handler.rsplit_once('.').filter(|_| start.handler.is_missing()) else { return };
    let Some(spot) = &start.file else {
        return no_file(deployment, handler, (&start.module, wanted), findings);
    };
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

/// A folder has the name of the handler's module.
fn no_file(
    deployment: &Deployment<'_>,
    handler: &str,
    (module, wanted): (&str, &str),
    findings: &mut Findings,
) {
    let Some(code) = deployment.code.filter(|_| deployment.is_complete()) else { return };
    findings
        .at(code.place())
        .subject(format!("handler {wanted}"))
        .say(format!("the handler {} names a folder without an __init__.py", shown(handler)))
        .lambda_says(texts::PYTHON_HANDLER_MISSING.fill(&[("symbol", wanted), ("module", module)]))
        .because("Python imports such a folder as an empty package")
        .fix("set the handler to a file of the folder: folder/file.handler")
        .report();
}

fn file(spot: &Spot<'_>) -> String {
    spot.package.entry(spot.index).map(|entry| entry.path.file_name().to_owned()).unwrap_or_default()
}

/// How the module came to be imported; nothing for the handler's own.
pub(super) fn because(reason: &str, spot: &Spot<'_>) -> String {
    if spot.chain.len() < 2 {
        return reason.to_owned();
    }
    let mut chain: Vec<&str> = spot.chain.iter().map(String::as_str).collect();
    if chain.len() > SHOWN {
        chain.splice(2..chain.len().saturating_sub(2), ["..."]);
    }
    format!("{reason}; imported at start by way of {}", shown(&chain.join(" -> ")))
}

/// Text of a package inside a message.
pub(super) fn shown(text: &str) -> SafeText {
    SafeText::new(text).shortened(160)
}
