//! runtime/bootstrap-missing: an OS-only runtime without the program that it starts.

use crate::{
    data::{runtimes::Family, texts},
    environment::deployment::Deployment,
    rules::{
        layout, pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule =
    Rule { page: &pages::runtime::BOOTSTRAP_MISSING, check: Check::Deployment(check) };

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    let Some(runtime) = deployment.runtime.filter(|runtime| runtime.family == Family::Provided) else {
        return;
    };
    let Some(code) = deployment.code.filter(|_| deployment.is_complete()) else { return };
    if deployment.task.is_empty()
        || deployment.task.is_file("bootstrap")
        || deployment.opt.is_file("bootstrap")
    {
        return;
    }
    // a bootstrap in the wrong place, or a folder around everything, is said by the layout rules
    if layout::explains_missing_file(code)
        || deployment.packages().any(|package| !layout::misplaced_bootstraps(package).is_empty())
    {
        return;
    }
    findings
        .at(code.place())
        .subject("bootstrap")
        .say(format!("{runtime} needs a bootstrap at the root of the function or of a layer"))
        .lambda_says(texts::BOOTSTRAP_MISSING.template)
        .because(if deployment.task.is_folder("bootstrap") || deployment.opt.is_folder("bootstrap") {
            "there is a folder of that name, which is passed over: it has to be a program"
        } else {
            "an OS-only runtime starts the program called bootstrap and nothing else"
        })
        .fix("name the program bootstrap and put it at the root: GOOS=linux go build -o bootstrap && zip function.zip bootstrap")
        .report();
}
