//! native/shadowed-by-system: a shipped library that the loader never reaches, because the system has one of its name.

use crate::{
    data::libraries::is_libc_part,
    environment::{
        deployment::Deployment,
        load_path::Loading,
        loader::{Closure, Provided},
    },
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule =
    Rule { page: &pages::native::SHADOWED_BY_SYSTEM, check: Check::Deployment(check) };

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    let Some(closure) = Closure::of(deployment) else { return };
    let shipped = deployment.loaded_binaries().filter(|one| one.loading() == Some(Loading::Library));
    for library in shipped {
        let name = library.entry.path.file_name();
        let found = closure.needed_as(name, library);
        let by = match found {
            Provided::System => "the operating system has one of this name",
            Provided::Runtime => "the runtime brings one of this name",
            _ => continue,
        };
        // parts of the C library have a rule of their own
        if is_libc_part(name) {
            continue;
        }
        findings
            .at(library.place())
            .subject(name)
            .say(format!("{name} is never loaded from here"))
            .because(format!("{by}, in a folder that comes before lib/ on LD_LIBRARY_PATH"))
            .fix("leave it out, or link what needs it with an RPATH ($ORIGIN/../lib): that comes before, RUNPATH does not")
            .report();
    }
}
