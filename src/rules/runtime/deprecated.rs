//! runtime/deprecated: runtimes past their dates. An error only once Lambda refuses.

use jiff::civil::Date;

use crate::{
    data::{
        runtimes::{self, Lifecycle, Runtime},
        texts,
    },
    environment::project::ProjectView,
    input::project::RuntimeRef,
    model::{place::Place, severity::Severity},
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule = Rule { page: &pages::runtime::DEPRECATED, check: Check::Project(check) };

fn check(project: &ProjectView<'_>, findings: &mut Findings) {
    for function in project.functions {
        if let Some((written, runtime)) = known(function.runtime.as_ref()) {
            let package = function
                .package
                .and_then(|index| project.packages.get(index))
                .map(crate::environment::package::Package::place);
            let place = written.written.at.clone().map(Place::source).or(package);
            report(runtime, place, &format!("function {}", function.name), project.today, findings);
        }
    }
    for package in project.packages {
        for (written, runtime) in package.compatible_runtimes.iter().filter_map(|one| known(Some(one))) {
            let place = written.written.at.clone().map_or_else(|| package.place(), Place::source);
            report(runtime, Some(place), &format!("layer {}", package.label.name), project.today, findings);
        }
    }
}

fn known(one: Option<&RuntimeRef>) -> Option<(&RuntimeRef, &'static Runtime)> {
    let one = one?;
    Some((one, one.runtime?))
}

fn report(runtime: &Runtime, place: Option<Place>, who: &str, today: Date, findings: &mut Findings) {
    let Some((message, severity)) = judge(runtime, today) else { return };
    let Some(place) = place else { return };
    let successor = runtime.successor.as_deref().unwrap_or("a supported runtime");
    let mut draft = findings
        .at(place)
        .subject(format!("{} of {who}", runtime.id))
        .say(message)
        .no_worse_than(severity)
        .because(format!("no security patches any more (dates as of {})", runtimes::data_as_of()))
        .fix(format!("move to {successor}"));
    if severity == Severity::Error {
        draft = draft.lambda_says(texts::RUNTIME_NOT_SUPPORTED.fill(&[("runtime", &runtime.id)]));
    }
    draft.report();
}

fn judge(runtime: &Runtime, today: Date) -> Option<(String, Severity)> {
    let id = &runtime.id;
    match runtime.lifecycle(today) {
        Lifecycle::Supported { .. } => None,
        Lifecycle::Deprecated { since, create_blocked_on } => {
            let rest = match create_blocked_on {
                Some(day) => format!("; nothing can be created with it from {day} on"),
                None => String::new(),
            };
            Some((format!("{id} is deprecated since {since}{rest}"), Severity::Warning))
        }
        Lifecycle::CreateBlocked { since, .. } => {
            Some((format!("{id} is refused for new functions and layers since {since}"), Severity::Error))
        }
        Lifecycle::UpdateBlocked { since } => Some((
            format!("{id} is refused for new and for existing functions since {since}"),
            Severity::Error,
        )),
    }
}
