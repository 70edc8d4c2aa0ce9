//! native/bundles-libc: parts of the C library where the loader finds them, or would.

use crate::{
    data::libraries::is_libc_part,
    environment::{deployment::Deployment, load_path::Loading},
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule = Rule { page: &pages::native::BUNDLES_LIBC, check: Check::Deployment(check) };

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    for package in deployment.packages() {
        let parts: Vec<usize> = deployment
            .loaded_binaries()
            .filter(|one| std::ptr::eq(one.package, package) && one.loading() == Some(Loading::Library))
            .filter(|one| is_libc_part(one.entry.path.file_name()))
            .map(|one| one.binary.entry)
            .collect();
        let names: Vec<&str> =
            parts.iter().filter_map(|part| Some(package.entry(*part)?.path.file_name())).collect();
        let Some(draft) = findings.at_entries(package, &parts, "a part of it") else { continue };
        draft
            .subject("the C library")
            .say(format!("ships parts of the C library: {}", names.join(", ")))
            .because("the system's own come first on LD_LIBRARY_PATH, so these are never used; with a path of your own they would be mixed with them, and every program would crash")
            .fix("leave them out, and build for the glibc that the runtime has")
            .report();
    }
}
