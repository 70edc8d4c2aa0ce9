//! deployment/incompatible-architecture: a layer that is not declared for the function's architecture.

use crate::{
    environment::project::ProjectView,
    model::architecture::Architecture,
    model::known::Known,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule =
    Rule { page: &pages::deployment::INCOMPATIBLE_ARCHITECTURE, check: Check::Project(check) };

use super::{attached, declared};

fn check(view: &ProjectView<'_>, findings: &mut Findings) {
    for (function, layer, place) in attached(view) {
        let architecture = match &function.architecture {
            Known::Known(architecture) => *architecture,
            Known::Absent => Architecture::X86_64,
            Known::Unknown(_) => continue,
        };
        let Some(declared) = declared(view, layer).map(|declared| declared.architectures) else { continue };
        if declared.is_empty() || declared.contains(&architecture) {
            continue;
        }
        let names: Vec<&str> = declared.iter().map(|one| one.as_str()).collect();
        findings
            .at(place)
            .of_function(&function.name)
            .subject(format!("{} with {architecture}", layer.written.text))
            .say(format!(
                "{} is declared for {}, the function runs on {architecture}",
                layer.written.text,
                names.join(", ")
            ))
            .because("Lambda attaches it all the same; machine code of another processor cannot be loaded")
            .fix(format!(
                "attach the layer that is built for {architecture}, or set Architectures of the function"
            ))
            .report();
    }
}
