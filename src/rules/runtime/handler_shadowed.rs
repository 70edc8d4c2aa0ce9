//! runtime/handler-shadowed: a handler's module that has the name of one that Python has loaded before.

use crate::{
    data::{python_client, texts},
    environment::{
        deployment::Deployment,
        python::handler::{self, PythonHandler},
    },
    model::severity::{Certainty, Severity},
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

use super::node::shown;

pub(super) static RULE: Rule =
    Rule { page: &pages::runtime::HANDLER_SHADOWED, check: Check::Deployment(check) };

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    let (Some(shadow), Some(own), Some(text)) =
        (deployment.shadowed_handler(), deployment.shadowed_file(), deployment.handler)
    else {
        return;
    };
    let Ok(parsed) = handler::parse(text) else { return };
    let draft = findings
        .at(own.package.entry_place(own.index))
        .subject("handler")
        .say(format!("the handler {} names Python's own {}: this file is never read", shown(text), shadow.module))
        .lambda_says(words(&parsed, &shadow.module, shadow.is_compiled_in))
        .because(if shadow.is_compiled_in {
            "the module is compiled into the interpreter, and Lambda's client refuses it"
        } else {
            "Lambda's client has loaded the module before it looks for the handler, and Python loads no name twice"
        })
        .fix(format!("rename the file, and set the handler to app_{}", shown(text)));
    // which modules the client loads depends a little on its version
    if shadow.is_compiled_in || python_client::is_loaded_by_all(&shadow.module) {
        draft.report();
    } else {
        draft.no_worse_than(Severity::Warning).no_surer_than(Certainty::Likely).report();
    }
}

fn words(handler: &PythonHandler<'_>, module: &str, is_compiled_in: bool) -> String {
    if is_compiled_in {
        texts::PYTHON_BUILT_IN_HANDLER.fill(&[("module", handler.written)])
    } else if handler.module == module {
        texts::PYTHON_HANDLER_MISSING.fill(&[("symbol", handler.symbol), ("module", handler.written)])
    } else {
        let missing = handler.module.split('.').take(2).collect::<Vec<_>>().join(".");
        let error = texts::PYTHON_NO_MODULE_SHORT.fill(&[("module", &missing)]);
        texts::PYTHON_IMPORT_ERROR.fill(&[("handler", handler.written), ("error", &error)])
    }
}
