//! runtime/unknown: an identifier that Lambda does not know.

use crate::{
    data::runtimes,
    environment::project::ProjectView,
    input::project::RuntimeRef,
    model::place::Place,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule = Rule { page: &pages::runtime::UNKNOWN, check: Check::Project(check) };

fn check(project: &ProjectView<'_>, findings: &mut Findings) {
    let of_functions = project.functions.iter().filter_map(|function| function.runtime.as_ref());
    let of_layers = project.packages.iter().flat_map(|package| &package.compatible_runtimes);
    for one in of_functions.chain(of_layers).filter(|one| one.runtime.is_none()) {
        report(one, findings);
    }
}

/// On the command line an unknown runtime is refused before the run, so a place is always known here.
fn report(one: &RuntimeRef, findings: &mut Findings) {
    let Some(place) = one.written.at.clone().map(Place::source) else { return };
    let written = &one.written.text;
    let fix = match runtimes::nearest(written) {
        Some(near) => format!("did you mean {near}?"),
        None => "see `aws lambda create-function help` for the identifiers".to_owned(),
    };
    findings
        .at(place)
        .subject(format!("runtime {written}"))
        .say(format!("{written} is not a runtime of Lambda"))
        .because(format!("the identifiers known here are of {}", runtimes::data_as_of()))
        .fix(fix)
        .report();
}
