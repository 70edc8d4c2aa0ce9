//! deployment/incompatible-runtime: a layer that is not declared for the function's runtime.

use crate::{
    environment::project::ProjectView,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule =
    Rule { page: &pages::deployment::INCOMPATIBLE_RUNTIME, check: Check::Project(check) };

use super::{attached, declared};

fn check(view: &ProjectView<'_>, findings: &mut Findings) {
    for (function, layer, place) in attached(view) {
        let Some(runtime) = function.runtime.as_ref() else { continue };
        let Some(declared) = declared(view, layer).map(|declared| declared.runtimes) else { continue };
        if declared.is_empty() || declared.iter().any(|one| one.written.text == runtime.written.text) {
            continue;
        }
        let names: Vec<&str> = declared.iter().map(|one| one.written.text.as_str()).collect();
        findings
            .at(place)
            .of_function(&function.name)
            .subject(format!("{} with {}", layer.written.text, runtime.written.text))
            .say(format!(
                "{} is declared for {}, the function runs {}",
                layer.written.text,
                names.join(", "),
                runtime.written.text
            ))
            .because("Lambda attaches it all the same; its author has not said that it works there")
            .fix(
                "declare the runtime for the layer once it is tried, or attach the layer that is made for it",
            )
            .report();
    }
}
