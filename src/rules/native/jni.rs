//! The part of native/glibc-too-new that is about libraries in jars.

use std::{collections::BTreeMap, sync::Arc};

use crate::{
    data::{
        native_libraries::{self, BuiltFor},
        runtimes::OsFacts,
        texts,
        versions::SymbolVersion,
    },
    environment::{deployment::Deployment, java::ClassPath, native_sets::Member},
    model::severity::{Certainty, Severity},
    rules::registry::Findings,
};

/// Libraries that a jar unpacks at run time and that this system's loader refuses; one for an older system beside is as good.
pub(super) fn check(deployment: &Deployment<'_>, system: &OsFacts, findings: &mut Findings) {
    let (Some(start), Some(architecture)) = (deployment.java_start(), deployment.architecture) else {
        return;
    };
    let mut families: BTreeMap<(String, String), Vec<Member<'_>>> = BTreeMap::new();
    for member in start.class_path.natives(deployment) {
        if member.inner.is_some() && member.built_for == BuiltFor::Linux(Some(architecture)) {
            let family = native_libraries::family(&member.name);
            families.entry((member.unit.clone(), family)).or_default().push(member);
        }
    }
    for ((_, family), members) in families {
        let optional = native_libraries::java(&family).is_some_and(|row| row.optional.is_some());
        let needs = members.iter().map(|one| (need(&start.class_path, one), one));
        let Some((Some(need), first)) = needs.min_by(|one, two| one.0.cmp(&two.0)) else { continue };
        if optional || need <= system.glibc {
            continue;
        }
        let version = format!("GLIBC_{need}");
        findings
            .at(first.provider.package.entry_place(first.provider.index))
            .no_worse_than(Severity::Warning)
            .no_surer_than(Certainty::Likely)
            .subject(format!("glibc of {family}"))
            .say(format!("{} of {} needs {version}, {} has {}", first.name, first.provider.entry.path.file_name(), system.name, system.glibc))
            .lambda_says(texts::GLIBC_NOT_FOUND.fill(&[("version", &version), ("path", &format!("/tmp/{}", first.name))]))
            .because("the jar unpacks it into java.io.tmpdir when a class of it is used first")
            .fix("take a version of the library that is built for an older system, or a runtime on a newer one")
            .report();
    }
}

/// The newest version of the C library that a library needs; nothing where it needs none or cannot be read.
fn need(path: &ClassPath<'_>, member: &Member<'_>) -> Option<SymbolVersion> {
    let facts: Option<Arc<_>> = path.native(member);
    facts.and_then(|facts| facts.highest("GLIBC_"))
}
