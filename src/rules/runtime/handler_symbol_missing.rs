//! runtime/handler-symbol-missing: the handler's file is there and does not define the handler.

use crate::{
    data::{runtimes::Family, texts},
    environment::{deployment::Deployment, dotnet, node::Start},
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

use super::{node, python_imports};

pub(super) static RULE: Rule =
    Rule { page: &pages::runtime::HANDLER_SYMBOL_MISSING, check: Check::Deployment(check) };

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    if let (Some(start), Some(handler)) = (deployment.node_start(), deployment.handler) {
        node(start, handler, findings);
    }
    python_imports::symbol(deployment, findings);
    dotnet(deployment, findings);
}

/// The name of the type stands nowhere in the assembly.
fn dotnet(deployment: &Deployment<'_>, findings: &mut Findings) {
    let (Some(runtime), Some(handler)) = (deployment.runtime, deployment.handler) else { return };
    if runtime.family != Family::Dotnet || !deployment.dotnet_type().is_missing() {
        return;
    }
    let Some(dotnet::Start::Library { assembly, class }) = dotnet::start(handler) else { return };
    let Some(file) = deployment.task.find(&format!("{assembly}.dll")) else { return };
    findings
        .at(file.package.entry_place(file.index))
        .subject(format!("handler {class}"))
        .say(format!("the handler {} names a type that is not in the assembly", node::shown(handler)))
        .lambda_says(texts::DOTNET_TYPE_MISSING.fill(&[("class", class), ("assembly", assembly)]))
        .because("the name of the type stands nowhere in the file")
        .fix("set the handler to ASSEMBLY::NAMESPACE.TYPE::METHOD as they are in the source, or publish the project again")
        .report();
}

fn node(start: &Start<'_>, handler: &str, findings: &mut Findings) {
    let Some(spot) = start.file.as_ref().filter(|_| start.handler.is_missing()) else { return };
    let wanted = handler.rsplit('/').next().and_then(|last| last.split('.').nth(1)).unwrap_or_default();
    let file = spot.path.rsplit('/').next().unwrap_or_default();
    let names: Vec<&str> =
        start.exports.iter().map(String::as_str).filter(|name| *name != "__esModule").collect();
    let because = if names.is_empty() {
        format!("{file} exports nothing")
    } else {
        format!(
            "{file} exports {}",
            node::shown(&names.iter().take(5).copied().collect::<Vec<_>>().join(", "))
        )
    };
    let near = names.iter().min_by_key(|name| (strsim::damerau_levenshtein(name, wanted), **name));
    let fix = match near {
        Some(near) => format!(
            "set the handler to {}, or export {wanted}",
            node::shown(&handler.replacen(&format!(".{wanted}"), &format!(".{near}"), 1))
        ),
        None if spot.is_module => format!("export const {wanted} = async (event) => ..."),
        None => format!("exports.{wanted} = async (event) => ..."),
    };
    findings
        .at(node::place(spot))
        .subject(format!("handler {wanted}"))
        .say(format!("the handler {} is not exported by {file}", node::shown(handler)))
        .lambda_says(texts::NODE_HANDLER_NOT_EXPORTED.fill(&[("handler", handler)]))
        .because(because)
        .fix(fix)
        .report();
}
