//! runtime/target-framework: what a .NET function was published for is not what the runtime has.

use crate::{
    data::{runtimes::Runtime, texts},
    environment::{
        deployment::Deployment,
        dotnet::{self, Configuration, Framework, Picked},
        filesystem::Provider,
    },
    model::{
        architecture::Architecture,
        severity::{Certainty, Severity},
    },
    rules::{
        layout, pages,
        registry::{Check, Findings, Rule},
    },
};

use super::node::shown;

pub(super) static RULE: Rule =
    Rule { page: &pages::runtime::TARGET_FRAMEWORK, check: Check::Deployment(check) };

/// Frameworks that the managed runtimes have.
const SHARED: [&str; 2] = ["Microsoft.NETCore.App", "Microsoft.AspNetCore.App"];

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    // another variable of the environment may name another assembly
    let known = deployment.function().is_none_or(|function| !function.environment_is_partial);
    let Some(runtime) = deployment.runtime.filter(|_| known) else { return };
    let configuration = match deployment.dotnet_files() {
        Some(picked) => {
            missing(deployment, &picked, findings);
            identifier(deployment, &picked, findings);
            picked.configuration
        }
        None => deployment.dotnet_program_configuration(),
    };
    if let Some((file, asked)) =
        configuration.and_then(|file| Some((file, deployment.dotnet_configuration(&file)?)))
    {
        framework(runtime, &file, &asked, findings);
    }
}

/// Both files have to lie at the root.
fn missing(deployment: &Deployment<'_>, picked: &Picked<'_>, findings: &mut Findings) {
    let Some(code) = deployment.code.filter(|code| !layout::explains_missing_file(code)) else { return };
    // a missing assembly is the root cause
    if deployment.task.is_empty() || !deployment.task.is_file(&format!("{}.dll", picked.assembly)) {
        return;
    }
    let files =
        [(".deps.json", picked.deps.is_none()), (".runtimeconfig.json", picked.configuration.is_none())];
    for (ending, _) in files.into_iter().filter(|(_, is_missing)| *is_missing) {
        findings
            .at(code.place())
            .subject(ending)
            .say(format!("{}{ending} is not at the root of the function", shown(&picked.assembly)))
            .lambda_says(texts::DOTNET_FILE_MISSING.fill(&[("ending", ending)]))
            .because("the runtime starts with the file of the handler's assembly, or with the only one of its kind")
            .fix("dotnet publish -c Release, with <GenerateRuntimeConfigurationFiles>true</GenerateRuntimeConfigurationFiles> in the project, and zip the content of the publish folder")
            .report();
    }
}

/// The major version of a shared framework has to be the runtime's, or it has to be allowed to roll forward.
fn framework(runtime: &Runtime, file: &Provider<'_>, asked: &Configuration, findings: &mut Findings) {
    let Some(own) = runtime.major() else { return };
    let fits = |one: &Framework| {
        let by_version = |major| major == own || (major < own && asked.rolls_forward);
        SHARED.contains(&one.name.as_str()) && one.major().is_none_or(by_version)
    };
    let Some(wrong) = asked.frameworks.iter().find(|one| !fits(one)) else { return };
    let because = if SHARED.contains(&wrong.name.as_str()) {
        format!(
            "{runtime} has version {own} of it alone, and takes another minor version but no other major one"
        )
    } else {
        format!("{runtime} does not have that framework in any version")
    };
    findings
        .at(file.package.entry_place(file.index))
        .subject("framework")
        .say(format!("the function asks for {} {}, which {runtime} does not have", shown(&wrong.name), shown(&wrong.version)))
        .lambda_says(texts::DOTNET_FRAMEWORK_MISSING.fill(&[("name", &wrong.name), ("version", &wrong.version)]))
        .because(because)
        .fix(format!("set <TargetFramework>net{own}.0</TargetFramework> and publish again, or choose the runtime of that version"))
        .report();
}

/// Published for another system: native parts of its packages do not fit, while plain assemblies still load.
fn identifier(deployment: &Deployment<'_>, picked: &Picked<'_>, findings: &mut Findings) {
    let (Some(file), Some(architecture)) = (&picked.deps, deployment.architecture) else { return };
    let Some(deps) = dotnet::read_json(file) else { return };
    let Some(identifier) = dotnet::target_of(&deps) else { return };
    let cpu = match architecture {
        Architecture::X86_64 => "x64",
        Architecture::Arm64 => "arm64",
    };
    let known = ["linux", "win", "osx"].iter().any(|system| identifier.starts_with(system));
    // `linux-x64`, or a distribution of an old kind such as `rhel.8-x64`, which nothing is said of
    if !known || identifier == format!("linux-{cpu}") || identifier == "linux" {
        return;
    }
    findings
        .at(file.package.entry_place(file.index))
        .subject("runtime identifier")
        .no_worse_than(Severity::Warning)
        .no_surer_than(Certainty::Likely)
        .say(format!("the function is published for {}, and runs on linux-{cpu}", shown(identifier)))
        .because("native libraries and precompiled code of its packages were picked for that system")
        .fix(format!("dotnet publish -c Release -r linux-{cpu} --self-contained false"))
        .report();
}
