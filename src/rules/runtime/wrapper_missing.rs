//! runtime/wrapper-missing: the program that should start the runtime is not there.

use crate::{
    data::{
        runtimes::{Family, Runtime},
        search_paths::Root,
        texts,
    },
    environment::deployment::Deployment,
    model::{place::Place, severity::Severity},
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule =
    Rule { page: &pages::runtime::WRAPPER_MISSING, check: Check::Deployment(check) };

const VARIABLE: &str = "AWS_LAMBDA_EXEC_WRAPPER";

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    let wrapper = deployment.function().and_then(|function| function.environment.get(VARIABLE));
    let (Some(wrapper), Some(runtime), Some(place)) =
        (wrapper.filter(|path| !path.is_empty()), deployment.runtime, deployment.place())
    else {
        return;
    };
    match runtime.family {
        Family::Provided | Family::Go => unsupported(runtime, wrapper, place, findings),
        Family::Custom => {}
        _ if is_missing(deployment, wrapper) => missing(wrapper, place, findings),
        _ => {}
    }
}

/// Whether a path below a mount is not there. Other paths belong to the operating system, about whose programs nothing is said.
fn is_missing(deployment: &Deployment<'_>, wrapper: &str) -> bool {
    let (root, known, path) = match (wrapper.strip_prefix("/opt/"), wrapper.strip_prefix("/var/task/")) {
        (Some(path), _) => (Root::Opt, deployment.is_complete(), path),
        (_, Some(path)) => (Root::Task, deployment.code.is_some(), path),
        (None, None) => return false,
    };
    // a link of a folder on the way may lead there
    let by_link = path
        .match_indices('/')
        .any(|(at, _)| path.get(..at).is_some_and(|folder| deployment.tree(root).is_file(folder)));
    known && !by_link && !path.contains("..") && !deployment.tree(root).is_file(path)
}

fn missing(wrapper: &str, place: Place, findings: &mut Findings) {
    findings
        .at(place)
        .subject("wrapper")
        .say(format!("{VARIABLE} names {wrapper}, which neither the function nor a layer has"))
        .lambda_says(texts::WRAPPER_MISSING.fill(&[("path", wrapper)]))
        .because("the runtime is started through that file, and stops where there is none")
        .fix("attach the layer that brings it, or take the variable out of the function's environment")
        .report();
}

fn unsupported(runtime: &Runtime, wrapper: &str, place: Place, findings: &mut Findings) {
    findings
        .at(place)
        .subject("wrapper")
        .no_worse_than(Severity::Warning)
        .say(format!("{VARIABLE} has no effect on {runtime}"))
        .because(format!("an OS-only runtime starts its bootstrap itself; {wrapper} is not run"))
        .fix(format!("call it in the bootstrap: exec {wrapper} \"$0.real\" \"$@\""))
        .report();
}
