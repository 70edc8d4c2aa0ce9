//! The part of native/python-abi that symbols decide: modules whose name fits every Python or this one.

use crate::{
    data::{
        python_abi,
        runtimes::{Family, Runtime},
        texts,
        versions::SymbolVersion,
    },
    environment::{
        deployment::Deployment,
        load_path::{Loadable, Loading},
    },
    model::severity::{Certainty, Severity},
    rules::registry::Findings,
};

use super::{by_owner, draft, pip_command};

/// Symbols that the runtime's Python lacks, and modules without the function that an import calls.
pub(super) fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    let Some(runtime) = deployment.runtime.filter(|runtime| runtime.family == Family::Python) else { return };
    let Some(version) = SymbolVersion::parse(&runtime.language) else { return };
    let opened: Vec<Loadable<'_>> =
        deployment.loaded_binaries().filter(|one| is_opened(deployment, one, runtime)).collect();
    let newer = opened.iter().copied().filter(|one| newest(one).is_some_and(|(_, first)| *first > version));
    for ((_, owner), group) in by_owner(newer) {
        report_newer(deployment, runtime, findings, &owner, &group);
    }
    for binary in opened {
        report_init(&binary, findings);
    }
}

/// Whether Python opens the file: what another rule says of its name, system or machine comes first.
fn is_opened(deployment: &Deployment<'_>, binary: &Loadable<'_>, runtime: &Runtime) -> bool {
    let name = binary.entry.path.file_name();
    let Some(elf) = binary.elf() else { return false };
    let own = runtime.cpython_tag.as_deref().unwrap_or_default().replace("cp", ".cpython-") + "-";
    let tried = name.ends_with(".abi3.so") || name.matches('.').count() == 1 || name.contains(own.as_str());
    binary.loading() == Some(Loading::PythonExtension)
        && tried
        && elf.problem.is_none()
        && !elf.needs_musl()
        && (deployment.architecture.is_none() || elf.machine.architecture() == deployment.architecture)
}

/// The symbol that asks for the newest Python.
fn newest<'a>(binary: &Loadable<'a>) -> Option<(&'a str, &'static SymbolVersion)> {
    let symbols = &binary.elf()?.python_symbols;
    let known = symbols.iter().filter_map(|one| Some((one.as_str(), python_abi::first_with(one)?)));
    known.max_by_key(|(symbol, first)| (*first, std::cmp::Reverse(*symbol)))
}

fn report_newer(
    deployment: &Deployment<'_>,
    runtime: &Runtime,
    findings: &mut Findings,
    owner: &str,
    group: &[Loadable<'_>],
) {
    let Some(first) = group.first() else { return };
    let Some((symbol, version)) = newest(first) else { return };
    let path = first.package.mounted(&first.entry.path.shown());
    let Some(draft) = draft(findings, group) else { return };
    draft
        .subject(format!("symbols of {owner}"))
        .say(format!("{owner} needs {symbol}, which Python {version} added; {runtime} does not have it"))
        .lambda_says(texts::UNDEFINED_SYMBOL.fill(&[("path", &path), ("symbol", symbol)]))
        .because("the file name fits this Python too, so it is opened, and Python resolves all symbols of a module at once")
        .fix(pip_command(deployment, owner))
        .report();
}

/// A module that has the function of another name was renamed. One that has none may be opened by other means.
fn report_init(binary: &Loadable<'_>, findings: &mut Findings) {
    let name = binary.entry.path.file_name();
    let stem = name.split('.').next().unwrap_or(name);
    let Some(elf) = binary.elf() else { return };
    let ([init], true) = (elf.module_inits.as_slice(), stem.is_ascii() && !stem.starts_with("lib")) else {
        return;
    };
    let module = init.strip_prefix("PyInit_").unwrap_or(init);
    if module == stem {
        return;
    }
    findings
        .at(binary.place())
        .subject("module export function")
        // nobody may import it, or under another name from code of its own
        .no_worse_than(Severity::Warning)
        .no_surer_than(Certainty::Likely)
        .say(format!("an extension module named {stem} that defines {init} only"))
        .lambda_says(texts::PYTHON_NO_INIT.fill(&[("module", stem)]))
        .because(
            "an import calls the function that has the file's name, and a renamed file keeps the old one",
        )
        .fix(format!("name it {}", name.replacen(stem, module, 1)))
        .report();
}
