//! native/undeclared-architecture: a layer with machine code that can be attached to functions of any architecture.

use crate::{
    environment::{
        deployment::Deployment,
        load_path::{Loadable, architecture_of},
    },
    model::severity::Severity,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule =
    Rule { page: &pages::native::UNDECLARED_ARCHITECTURE, check: Check::Deployment(check) };

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    if !deployment.is_layer_alone() || deployment.architecture.is_some() {
        return;
    }
    let code: Vec<Loadable<'_>> = deployment
        .loaded_binaries()
        .filter(|binary| binary.is_loaded_for_sure() && architecture_of(binary.binary).is_some())
        .collect();
    let Some(first) = code.first() else { return };
    let Some(architecture) = architecture_of(first.binary) else { return };
    // both sides present is either on purpose or native/mixed-architectures
    if code.iter().any(|binary| architecture_of(binary.binary) != Some(architecture)) {
        return;
    }
    // given on the command line alone, nobody knows what it will be declared for
    let severity = if first.package.declared_at.is_some() { Severity::Warning } else { Severity::Info };
    findings
        .at(first.package.place())
        .subject("architecture")
        .say(format!("holds machine code for {architecture} and declares no architecture"))
        .no_worse_than(severity)
        .related(first.place(), "machine code")
        .because("the layer can be attached to functions of either architecture, and fails when the code is loaded")
        .fix(format!("aws lambda publish-layer-version --compatible-architectures {architecture} ... (here: --compatible-arch {architecture})"))
        .report();
}
