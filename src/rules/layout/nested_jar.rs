//! layout/nested-jar: jars below a folder of the class path, and Spring Boot archives that were unpacked.

use crate::{
    data::{runtimes::Family, texts},
    environment::{deployment::Deployment, package::Package},
    model::severity::Severity,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule = Rule { page: &pages::layout::NESTED_JAR, check: Check::Deployment(check) };

/// Where Spring Boot keeps the classes of an application.
const BOOT: &str = "BOOT-INF/classes/";

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    if deployment.runtime.is_none_or(|runtime| runtime.family != Family::Java) {
        return;
    }
    if let Some(index) = boot_handler(deployment) {
        report_boot(deployment, index, findings);
        return;
    }
    for package in deployment.packages() {
        report_nested(deployment, package, findings);
    }
}

fn report_nested(deployment: &Deployment<'_>, package: &Package, findings: &mut Findings) {
    let mut jars = nested(package);
    jars.retain(|index| !is_named_by_manifest(deployment, package, *index));
    let Some(draft) = findings.at_entries(package, &jars, "not read either") else { return };
    let home = if package.is_layer() { "java/lib" } else { "lib" };
    draft
        .subject("nested jars")
        .say(format!("a jar below a sub-folder of {home}/ is not on the class path"))
        // with others on the class path the function may well start without it, or name it in a manifest
        .no_worse_than(if has_class_path(deployment) { Severity::Warning } else { Severity::Error })
        .lambda_says(texts::JAVA_CLASS_NOT_FOUND.fill(&[("class", class(deployment))]))
        .because(format!("only the jars directly in {home}/ are taken; the folders below are not searched"))
        .fix(format!("find {home} -mindepth 2 -name '*.jar' -exec mv {{}} {home}/ \\;"))
        .report();
}

/// Whether the manifest of a jar on the class path brings a jar in.
fn is_named_by_manifest(deployment: &Deployment<'_>, package: &Package, index: usize) -> bool {
    let named = deployment.java_start().map(|start| start.class_path.jars.as_slice()).unwrap_or_default();
    named.iter().any(|step| std::ptr::eq(step.provider.package, package) && step.provider.index == index)
}

fn report_boot(deployment: &Deployment<'_>, index: usize, findings: &mut Findings) {
    let Some(code) = deployment.code else { return };
    findings
        .at(code.entry_place(index))
        .subject("boot classes")
        .say("a Spring Boot archive: its classes are below BOOT-INF/, which is not on the class path")
        .lambda_says(texts::JAVA_CLASS_NOT_FOUND.fill(&[("class", class(deployment))]))
        .because("an executable archive of Spring Boot is started by its own loader, which Lambda does not run")
        .fix("build a flat package instead: the shade plug-in of Maven, or the shadow plug-in of Gradle, with thin launching left out")
        .report();
}

fn class<'a>(deployment: &Deployment<'a>) -> &'a str {
    deployment.handler.and_then(|handler| handler.split("::").next()).unwrap_or("your handler")
}

/// Jars in sub-folders of the folder that is searched.
fn nested(package: &Package) -> Vec<usize> {
    let home = if package.is_layer() { "java/lib" } else { "lib" };
    let below = |(index, entry): (usize, &crate::archive::entry::Entry)| {
        let rest = entry.path.below(home)?;
        (rest.ends_with(".jar") && rest.contains('/')).then_some(index)
    };
    package.files().filter_map(below).collect()
}

/// The handler's class where Spring Boot keeps it, when it lies nowhere else.
fn boot_handler(deployment: &Deployment<'_>) -> Option<usize> {
    let path = format!("{}.class", deployment.handler?.split("::").next()?.replace('.', "/"));
    let code = deployment.code?;
    code.archive.position(&format!("{BOOT}{path}")).filter(|_| code.archive.find(&path).is_none())
}

fn has_class_path(deployment: &Deployment<'_>) -> bool {
    let on_path = |package: &Package| {
        let home = if package.is_layer() { "java/lib" } else { "lib" };
        package.files().any(|(_, entry)| {
            let path = entry.path.as_str();
            (path.ends_with(".class") && !package.is_layer())
                || (entry.path.parent() == home && path.ends_with(".jar"))
        })
    };
    deployment.packages().any(on_path)
}

/// Whether the handler's class lies in a Spring Boot archive: then nothing else is said of its absence.
pub(in crate::rules) fn explains_missing_class(deployment: &Deployment<'_>) -> bool {
    boot_handler(deployment).is_some()
        || (!has_class_path(deployment) && deployment.packages().any(|package| !nested(package).is_empty()))
}
