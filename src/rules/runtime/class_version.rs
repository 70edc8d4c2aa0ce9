//! runtime/class-version: a class that has to be loaded at start, compiled for a newer Java.

use crate::{
    data::texts,
    environment::{deployment::Deployment, java::Fault},
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule = Rule { page: &pages::runtime::CLASS_VERSION, check: Check::Deployment(check) };

/// Major version 45 is Java 1.
const BEFORE_FIRST: u16 = 44;

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    let (Some(start), Some(runtime), Some(handler)) =
        (deployment.java_start(), deployment.runtime, deployment.handler)
    else {
        return;
    };
    let Some(Fault::TooNew { place, class, major }) = &start.fault else { return };
    let newest = runtime.max_class_major.unwrap_or_default();
    let java = major.saturating_sub(BEFORE_FIRST);
    let name = class.replace('/', ".");
    findings
        .at(place.provider.package.entry_place(place.provider.index))
        .subject(format!("class {name}"))
        .say(format!("{name} is compiled for Java {java}, and {runtime} is older"))
        .lambda_says(texts::JAVA_CLASS_VERSION.fill(&[
            ("class", handler.split("::").next().unwrap_or(handler)),
            ("name", class),
            ("version", &major.to_string()),
            ("max", &newest.to_string()),
        ]))
        .because(format!("the class file has version {major}; this virtual machine reads up to {newest}"))
        .fix(format!(
            "javac --release {0}, or <maven.compiler.release>{0}</maven.compiler.release>; else a newer runtime",
            runtime.language
        ))
        .report();
}
