//! native/bad-interpreter: programs that ask for a loader which Lambda does not have.

use crate::{
    data::{libraries, search_paths::Root, texts},
    environment::{
        deployment::Deployment,
        load_path::{Loadable, Loading},
    },
    model::severity::{Certainty, Severity},
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

use super::rebuild_command;

pub(super) static RULE: Rule =
    Rule { page: &pages::native::BAD_INTERPRETER, check: Check::Deployment(check) };

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    for program in deployment.loaded_binaries() {
        let Some(interpreter) = missing(deployment, &program) else { continue };
        let path = program.package.mounted(&program.entry.path.shown());
        let draft = findings
            .at(program.place())
            .say(format!("a program that asks for the loader {interpreter}, which Lambda does not have"))
            .lambda_says(texts::EXEC_NO_SUCH_FILE.fill(&[("path", &path)]))
            .because("the kernel starts the loader that a program names, and says that the program is missing when the loader is")
            .fix(format!("{}, or patchelf --set-interpreter", rebuild_command(deployment, &program)));
        if program.loading() == Some(Loading::Program) {
            // nothing may ever start it
            draft.no_worse_than(Severity::Warning).no_surer_than(Certainty::Likely).report();
        } else {
            draft.report();
        }
    }
}

/// The loader that a program asks for, when it is nowhere. Alpine's is another rule's.
fn missing<'a>(deployment: &Deployment<'_>, binary: &Loadable<'a>) -> Option<&'a str> {
    let started = [Loading::Program, Loading::Extension, Loading::Bootstrap];
    binary.loading().filter(|loading| started.contains(loading))?;
    let elf = binary.elf().filter(|elf| elf.problem.is_none() && !elf.needs_musl())?;
    let interpreter = elf.interpreter.as_deref()?;
    let architecture = elf.machine.architecture()?;
    let fits = deployment.architecture.is_none_or(|one| one == architecture);
    let there = libraries::has_interpreter(architecture, interpreter) || is_shipped(deployment, interpreter);
    (fits && !there).then_some(interpreter)
}

/// Whether a package brings the loader, or a layer without a copy may.
fn is_shipped(deployment: &Deployment<'_>, interpreter: &str) -> bool {
    let below = |mount: &str| interpreter.strip_prefix(mount);
    let in_tree = |root: Root, path: Option<&str>| {
        path.is_some_and(|path| !deployment.is_complete() || deployment.tree(root).find(path).is_some())
    };
    in_tree(Root::Opt, below("/opt/")) || in_tree(Root::Task, below("/var/task/"))
}
