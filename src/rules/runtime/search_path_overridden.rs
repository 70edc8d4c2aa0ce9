//! runtime/search-path-overridden: a variable of the function that takes the folders of layers off a search path.

use crate::{
    data::search_paths::Root,
    environment::{deployment::Deployment, own_paths::Overridden},
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

use super::{node::shown, python_imports};

pub(super) static RULE: Rule =
    Rule { page: &pages::runtime::SEARCH_PATH_OVERRIDDEN, check: Check::Deployment(check) };

/// A script that starts the runtime may set variables anew.
const WRAPPER: &str = "AWS_LAMBDA_EXEC_WRAPPER";

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    let Some(place) = deployment.place().filter(|_| deployment.variable(WRAPPER).is_none()) else { return };
    for one in deployment.overridden_paths() {
        // a value that only a deployment knows
        if one.value.contains("${") {
            continue;
        }
        // said at the import that fails
        if one.variable == "PYTHONPATH" && python_imports::is_told_of_variable(deployment) {
            continue;
        }
        let Some(hidden) = hidden(deployment, &one) else { continue };
        findings
            .at(place.clone())
            .subject(one.variable)
            .say(format!("{} is set without /opt/{hidden}, where a layer has something", one.variable))
            .because(format!("{} replaces what Lambda sets, it is not added to it", one.variable))
            .fix(format!("{}={}:{}", one.variable, shown(&one.value), mounted(&one.lost)))
            .report();
    }
}

/// The first folder that is lost and in which something lies.
fn hidden<'o>(deployment: &Deployment<'_>, one: &'o Overridden) -> Option<&'o str> {
    let is_used = |folder: &&String| deployment.tree(Root::Opt).below(folder).next().is_some();
    one.lost.iter().find(is_used).map(String::as_str)
}

fn mounted(folders: &[String]) -> String {
    folders.iter().map(|folder| format!("/opt/{folder}")).collect::<Vec<_>>().join(":")
}
