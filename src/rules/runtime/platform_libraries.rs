//! The part of runtime/platform-package-missing that is about native libraries in jars and NuGet packages.

use crate::{
    data::{
        native_libraries::{self, BuiltFor, JavaLibrary},
        texts,
    },
    environment::{
        deployment::Deployment,
        native_sets::{self, Lacking, Member},
    },
    model::{
        architecture::Architecture,
        severity::{Certainty, Severity},
    },
    rules::registry::{Draft, Findings},
};

/// Jars that bring JNI libraries for other platforms alone.
pub(super) fn in_jars(deployment: &Deployment<'_>, architecture: Architecture, findings: &mut Findings) {
    // a layer that a function has is judged there, with what the function brings
    let Some(start) = deployment.java_start().filter(|_| !deployment.is_used) else { return };
    if start.class_path.unread || names_other_libraries(deployment) {
        return;
    }
    for set in native_sets::lacking(start.class_path.natives(deployment), architecture) {
        let known: Option<&JavaLibrary> =
            set.families.iter().find_map(|family| native_libraries::java(family));
        if known.is_some_and(|row| row.optional.is_some()) {
            continue;
        }
        let says = known.and_then(|row| row.says(architecture));
        let says = says.unwrap_or_else(|| texts::JNI_LINK_ERROR.template.to_owned());
        let Some(draft) = lacks(&set, architecture, findings) else { continue };
        draft
            .lambda_says(says)
            .because("a jar unpacks the library of the platform it runs on when a class of it is used first")
            .fix(format!(
                "take a version of the library that brings it, or its artifact for linux on {}{}",
                architecture.gnu(),
                or_the_other(&set, architecture)
            ))
            .report();
    }
}

/// Whether an option may lead to libraries that lie elsewhere: `-Dorg.sqlite.lib.path=/mnt/lib`.
fn names_other_libraries(deployment: &Deployment<'_>) -> bool {
    const VARIABLES: [&str; 3] = ["JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS"];
    const WORDS: [&str; 4] = ["path", "lib", "native", "dir"];
    let values = VARIABLES.iter().filter_map(|name| deployment.variable(name));
    let named =
        values.map(str::to_ascii_lowercase).any(|value| WORDS.iter().any(|word| value.contains(word)));
    named || deployment.variable("AWS_LAMBDA_EXEC_WRAPPER").is_some()
}

/// NuGet packages that bring native libraries for other platforms alone.
pub(super) fn in_nuget(deployment: &Deployment<'_>, architecture: Architecture, findings: &mut Findings) {
    let Some(members) =
        deployment.dotnet_files().and_then(|picked| deployment.dotnet_natives(&picked, architecture))
    else {
        return;
    };
    let rid = native_libraries::rids(architecture).first().map(String::as_str).unwrap_or_default();
    for set in native_sets::lacking(members, architecture) {
        let name = shown_name(&set).unwrap_or_default().to_owned();
        let Some(draft) = lacks(&set, architecture, findings) else { continue };
        draft
            .lambda_says(texts::DOTNET_LIBRARY_MISSING.fill(&[("name", name.split('.').next().unwrap_or(&name))]))
            .because(format!("deps.json lists what .NET picks from by platform, and nothing is listed for {rid}"))
            .fix(format!(
                "dotnet publish -c Release -r {rid}, with the version or the additional package that brings it for Linux{}",
                or_the_other(&set, architecture)
            ))
            .report();
    }
}

/// Begins the finding: which library, and for what it is there.
fn lacks<'f>(set: &Lacking<'_>, architecture: Architecture, findings: &'f mut Findings) -> Option<Draft<'f>> {
    let first = first(set)?;
    let draft = findings
        .at(first.provider.package.entry_place(first.provider.index))
        .no_worse_than(Severity::Warning)
        .no_surer_than(Certainty::Likely)
        .count(set.members.len())
        .subject(format!("{} for linux", set.families.first()?))
        .say(format!(
            "{} is here for {}, and not for Linux on {architecture}",
            shown_name(set)?,
            set.platforms()
        ));
    Some(draft)
}

fn first<'s, 'a>(set: &'s Lacking<'a>) -> Option<&'s Member<'a>> {
    set.members.iter().find(|one| !one.on_load_path)
}

/// A file's name for people, that of Linux rather than that of another system.
fn shown_name<'s>(set: &'s Lacking<'_>) -> Option<&'s str> {
    let linux = |one: &&Member<'_>| matches!(one.built_for, BuiltFor::Linux(_) | BuiltFor::Musl(_));
    set.members.iter().find(linux).or_else(|| first(set)).map(|one| one.name.as_str())
}

/// The other processor, where the library is there for it.
fn or_the_other(set: &Lacking<'_>, architecture: Architecture) -> String {
    let others = [Architecture::X86_64, Architecture::Arm64].into_iter().filter(|one| *one != architecture);
    let there =
        |one: &Architecture| set.members.iter().any(|file| file.built_for == BuiltFor::Linux(Some(*one)));
    others.filter(there).map(|one| format!(", or run the function on {one}")).collect()
}
