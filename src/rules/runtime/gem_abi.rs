//! runtime/gem-abi: gems whose machine code is for another Ruby or another platform.

use std::collections::BTreeMap;

use crate::{
    data::{runtimes::Runtime, texts},
    environment::{
        deployment::Deployment,
        gems::{BrokenGem, GemFault},
    },
    model::severity::Severity,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

use super::node::shown;

pub(super) static RULE: Rule = Rule { page: &pages::runtime::GEM_ABI, check: Check::Deployment(check) };

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    // a layer that functions have attached is looked at there
    let is_left_out = deployment.is_layer_alone() && deployment.is_used;
    let Some(runtime) = deployment.runtime.filter(|_| !is_left_out) else { return };
    let mut groups: BTreeMap<(usize, GemFault), Vec<BrokenGem<'_>>> = BTreeMap::new();
    for gem in deployment.broken_gems() {
        groups.entry((gem.file.order, gem.fault.clone())).or_default().push(gem);
    }
    for ((_, fault), gems) in groups {
        // the one that the function requires first
        let first = gems.iter().find(|gem| gem.is_required).or_else(|| gems.first());
        if let Some(first) = first {
            report(runtime, &fault, first, &gems, findings);
        }
    }
}

fn report(
    runtime: &Runtime,
    fault: &GemFault,
    first: &BrokenGem<'_>,
    gems: &[BrokenGem<'_>],
    findings: &mut Findings,
) {
    let entries: Vec<usize> = gems.iter().map(|gem| gem.file.index).collect();
    let Some(draft) = findings.at_entries(first.file.package, &entries, "of this one too") else { return };
    let mut draft = draft
        .subject(format!("gem {}", first.name))
        .say(message(runtime, fault, first, gems.len()))
        .because(because(runtime, fault))
        .fix(fix(runtime));
    if let Some(words) = words(fault, first) {
        draft = draft.lambda_says(words);
    }
    if !first.is_required {
        draft = draft.no_worse_than(Severity::Warning);
    }
    draft.report();
}

fn message(runtime: &Runtime, fault: &GemFault, first: &BrokenGem<'_>, count: usize) -> String {
    let who =
        if count == 1 { format!("the gem {} is", shown(&first.name)) } else { format!("{count} gems are") };
    match fault {
        GemFault::BuiltFor(targets) => {
            format!("{who} built for {}, not for {runtime}", shown(&targets.join(" and ")))
        }
        GemFault::Unbuilt => format!("{who} without the extensions that were built for it"),
        GemFault::Platform(platform) => format!("{who} of the variant for {}", shown(platform)),
        GemFault::Versions(has) => {
            format!("{who} built for Ruby {}, not for {runtime}", shown(&has.join(", ")))
        }
        GemFault::Folder(folder) => format!("{who} in {}, where {runtime} does not look", shown(folder)),
    }
}

fn because(runtime: &Runtime, fault: &GemFault) -> String {
    let abi = runtime.gem_abi.as_deref().unwrap_or_default();
    match fault {
        GemFault::BuiltFor(_) | GemFault::Unbuilt => format!(
            "RubyGems looks for extensions/<platform>/{abi}/<gem>, and leaves out gems whose extensions it does not find"
        ),
        GemFault::Platform(_) => "RubyGems leaves out gems of other platforms".to_owned(),
        GemFault::Versions(_) => {
            "the gem brings one library for each version of Ruby, and this one is not among them".to_owned()
        }
        GemFault::Folder(_) => format!("the function's gems are looked for in vendor/bundle/ruby/{abi}"),
    }
}

fn words(fault: &GemFault, gem: &BrokenGem<'_>) -> Option<String> {
    match fault {
        GemFault::BuiltFor(_) | GemFault::Unbuilt => Some(texts::RUBY_EXTENSIONS_NOT_BUILT.fill(&[
            ("gem", &gem.folder),
            ("name", &gem.name),
            ("version", &gem.version),
        ])),
        _ => gem.feature.as_ref().map(|feature| texts::RUBY_CANNOT_LOAD.fill(&[("file", feature)])),
    }
}

fn fix(runtime: &Runtime) -> String {
    format!(
        "docker run --rm -v \"$PWD\":/var/task -w /var/task public.ecr.aws/sam/build-ruby{0} sh -c 'bundle config set --local path vendor/bundle && bundle install'",
        runtime.language
    )
}
