//! layout/jar-at-root: a jar beside the class path of a Java function.

use crate::{
    data::{runtimes::Family, texts},
    environment::deployment::Deployment,
    model::severity::Severity,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule = Rule { page: &pages::layout::JAR_AT_ROOT, check: Check::Deployment(check) };

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    let Some(code) = deployment.code else { return };
    if deployment.runtime.is_none_or(|runtime| runtime.family != Family::Java) {
        return;
    }
    let at_root = |path: &str| !path.contains('/') && path.ends_with(".jar");
    let jars: Vec<usize> =
        code.files().filter(|(_, entry)| at_root(entry.path.as_str())).map(|(index, _)| index).collect();
    let on_class_path = code.files().any(|(_, entry)| {
        let path = entry.path.as_str();
        path.ends_with(".class") || (entry.path.parent() == "lib" && path.ends_with(".jar"))
    });
    let class = deployment.handler.and_then(|handler| handler.split("::").next()).unwrap_or("your handler");
    let Some(draft) = findings.at_entries(code, &jars, "not read either") else { return };
    draft
        .subject("jar")
        .say("a jar at the root of the function is not on the class path")
        // with classes elsewhere the function may well start without it
        .no_worse_than(if on_class_path { Severity::Warning } else { Severity::Error })
        .lambda_says(texts::JAVA_CLASS_NOT_FOUND.fill(&[("class", class)]))
        .because("the class path is /var/task and /var/task/lib/*.jar, then /opt/java/lib/*.jar")
        .fix("put it into lib/ of the zip, or upload the jar itself as the package")
        .report();
}

/// Whether the function has jars at its root and nothing else that could hold a class.
pub(in crate::rules) fn explains_missing_class(deployment: &Deployment<'_>) -> bool {
    let Some(code) = deployment.code else { return false };
    let is = |path: &str| path.ends_with(".class") || (path.starts_with("lib/") && path.ends_with(".jar"));
    code.files().any(|(_, entry)| !entry.path.as_str().contains('/') && entry.path.as_str().ends_with(".jar"))
        && !code.files().any(|(_, entry)| is(entry.path.as_str()))
}
