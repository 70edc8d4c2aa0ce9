//! Node.js's share of runtime/unresolved-import.

use std::collections::BTreeMap;

use crate::{
    data::texts,
    environment::{
        deployment::Deployment,
        layout::{self, Standing},
        node::{Failure, Fault, Spot, Trouble},
    },
    rules::{layout as layout_rules, registry::Findings},
};

use super::node::{self, shown};

/// What a finding says.
struct Words {
    /// What is missing, for the identity.
    subject: String,
    say: String,
    lambda: String,
    because: String,
    fix: String,
}

/// One finding for each thing that is missing, however many files ask for it.
pub(super) fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    let mut missing: BTreeMap<String, Vec<&Fault<'_>>> = BTreeMap::new();
    for fault in node::faults(deployment) {
        if let Some(words) = words(deployment, fault) {
            missing.entry(words.subject).or_default().push(fault);
        }
    }
    for faults in missing.into_values() {
        report(deployment, &faults, findings);
    }
}

fn report(deployment: &Deployment<'_>, faults: &[&Fault<'_>], findings: &mut Findings) {
    let Some(first) = faults.first() else { return };
    let Some(words) = words(deployment, first) else { return };
    let mut draft = findings
        .at(node::place(&first.spot))
        .subject(words.subject)
        .say(words.say)
        .lambda_says(words.lambda)
        .because(node::because(&words.because, &first.spot))
        .fix(words.fix)
        .count(faults.len());
    for other in faults.iter().skip(1).take(4) {
        draft = draft.related(node::place(&other.spot), "asks for it too");
    }
    draft.report();
}

/// The words about a fault, if it is one of this rule's.
fn words(deployment: &Deployment<'_>, fault: &Fault<'_>) -> Option<Words> {
    let spot = &fault.spot;
    match &fault.trouble {
        Trouble::Unresolved { specifier, imports, failure } => match failure {
            Failure::NotFound { target: None, .. } => package(deployment, spot, specifier, *imports),
            Failure::NotFound { target: Some(target), main } => {
                let lambda = file_words(spot, specifier, target, *imports, *main);
                Some(file(deployment, spot, specifier, target, lambda))
            }
            Failure::NotExported { manifest, subpath } => {
                Some(not_exported(spot, specifier, manifest, subpath))
            }
            Failure::NotDefined { manifest } => Some(not_defined(spot, specifier, manifest)),
            Failure::Folder { target } => Some(folder(spot, specifier, target)),
            Failure::NoBuiltin => Some(no_builtin(spot, specifier)),
            Failure::BrokenManifest { .. } => None,
        },
        Trouble::NoExport { specifier, name, commonjs } => Some(no_export(spot, specifier, name, *commonjs)),
        _ => None,
    }
}

/// Who asks: a line of the own code, or an installed package.
fn asker(spot: &Spot<'_>) -> String {
    match node::package_of(&spot.path).filter(|_| !spot.own_code) {
        Some(package) => format!("{} asks for", shown(package)),
        None => format!("line {} asks for", spot.line),
    }
}

fn package(deployment: &Deployment<'_>, spot: &Spot<'_>, specifier: &str, imports: bool) -> Option<Words> {
    let name = package_of(specifier);
    if lies_elsewhere(deployment, name) {
        return None;
    }
    let lambda = if imports {
        texts::NODE_PACKAGE_NOT_FOUND.fill(&[("module", name), ("path", &spot.path)])
    } else {
        texts::NODE_CANNOT_FIND_MODULE.fill(&[("module", specifier)])
    };
    let (because, fix) = if name == "aws-sdk" {
        (
            "runtimes from nodejs18.x on bring the AWS SDK for JavaScript v3 and no v2 any more",
            "import from @aws-sdk/client-..., which the runtime brings, or: npm install aws-sdk".to_owned(),
        )
    } else {
        (
            "neither the function, nor a layer, nor the runtime provides it",
            format!("npm install {}", shown(name)),
        )
    };
    Some(Words {
        subject: format!("package {name}"),
        say: format!("{} {}, which is not there", asker(spot), shown(specifier)),
        lambda,
        because: because.to_owned(),
        fix,
    })
}

/// Whether a layer has the package where Node.js does not look: then `layout/*` names the folder.
fn lies_elsewhere(deployment: &Deployment<'_>, name: &str) -> bool {
    deployment.known_layers().any(|layer| {
        layout_rules::explains_missing_file(layer)
            || layout::groups(layer).iter().any(|group| {
                deployment.standing(group) != Standing::Reachable && group.names.iter().any(|one| one == name)
            })
    })
}

/// What Node.js says about a file that is not there.
fn file_words(spot: &Spot<'_>, specifier: &str, target: &str, imports: bool, main: bool) -> String {
    let relative = is_relative(specifier);
    if imports && main {
        texts::NODE_PACKAGE_NOT_FOUND.fill(&[("module", target), ("path", &spot.path)])
    } else if imports {
        texts::NODE_FILE_NOT_FOUND.fill(&[("target", target), ("path", &spot.path)])
    } else if main {
        texts::NODE_VALID_MAIN.fill(&[("target", target)])
    } else {
        texts::NODE_CANNOT_FIND_MODULE.fill(&[("module", if relative { specifier } else { target })])
    }
}

fn is_relative(specifier: &str) -> bool {
    specifier.starts_with('.') || specifier.starts_with('/')
}

fn file(
    deployment: &Deployment<'_>,
    spot: &Spot<'_>,
    specifier: &str,
    target: &str,
    lambda: String,
) -> Words {
    let relative = is_relative(specifier);
    let near = near(deployment, target);
    let because = match &near {
        Some(near) if spot.is_module && relative => {
            format!("{} is there, and an ES module names the whole file", shown(near))
        }
        Some(near) => format!("{} is there, and names are case-sensitive", shown(near)),
        None if relative => format!("{} is in neither the function nor its layers", shown(target)),
        None => format!(
            "the package.json of {} names {}, which is not there",
            shown(package_of(specifier)),
            shown(target)
        ),
    };
    let fix = match (&near, relative) {
        (Some(near), true) => {
            format!("write the name as the file has it: {}", shown(near.rsplit('/').next().unwrap_or(near)))
        }
        (None, true) => {
            format!("add the file to the zip: {}", shown(target.trim_start_matches("/var/task/")))
        }
        _ => format!("install it anew: npm install {}", shown(package_of(specifier))),
    };
    Words {
        subject: format!("file {target}"),
        say: format!("{} {}, and the file is not there", asker(spot), shown(specifier)),
        lambda,
        because,
        fix,
    }
}

/// A file beside that differs in case or in its ending only.
fn near(deployment: &Deployment<'_>, target: &str) -> Option<String> {
    let (folder, name) = target.rsplit_once('/')?;
    let (tree, inside) = match folder.strip_prefix("/var/task") {
        Some(inside) => (&deployment.task, inside),
        None => (&deployment.opt, folder.strip_prefix("/opt")?),
    };
    let inside = inside.trim_start_matches('/');
    let fits = |one: &&str| {
        let stem = one.rsplit_once('.').map_or(*one, |(stem, _)| stem);
        one.eq_ignore_ascii_case(name) || stem.eq_ignore_ascii_case(name)
    };
    tree.names_in(inside).into_iter().find(fits).map(|name| format!("{folder}/{name}"))
}

fn not_exported(spot: &Spot<'_>, specifier: &str, manifest: &str, subpath: &str) -> Words {
    let name = package_of(specifier);
    let lambda = if subpath == "." {
        texts::NODE_NO_EXPORTS_MAIN.fill(&[("manifest", manifest)])
    } else {
        texts::NODE_NOT_EXPORTED.fill(&[("subpath", subpath), ("manifest", manifest)])
    };
    Words {
        subject: format!("export {specifier}"),
        say: format!("{} {}, which {} does not export", asker(spot), shown(specifier), shown(name)),
        lambda,
        because: format!(
            "the exports of {} hide what they do not list for this way of loading",
            shown(manifest)
        ),
        fix: format!(
            "ask for a path that the package exports, or install the version of {} that has it",
            shown(name)
        ),
    }
}

fn not_defined(spot: &Spot<'_>, specifier: &str, manifest: &str) -> Words {
    Words {
        subject: format!("import {specifier}"),
        say: format!("{} {}, which its package.json does not define", asker(spot), shown(specifier)),
        lambda: texts::NODE_IMPORT_NOT_DEFINED.fill(&[("module", specifier), ("manifest", manifest)]),
        because: format!("names with # are looked up under \"imports\" in {}", shown(manifest)),
        fix: "add the name to \"imports\", and zip the package.json with it".to_owned(),
    }
}

fn folder(spot: &Spot<'_>, specifier: &str, target: &str) -> Words {
    Words {
        subject: format!("folder {target}"),
        say: format!("{} {}, which is a folder", asker(spot), shown(specifier)),
        lambda: texts::NODE_DIRECTORY_IMPORT.fill(&[("target", target), ("path", &spot.path)]),
        because: "an ES module names the whole file; no index.js is looked for".to_owned(),
        fix: format!("import {}/index.js", shown(specifier.trim_end_matches('/'))),
    }
}

fn no_builtin(spot: &Spot<'_>, specifier: &str) -> Words {
    Words {
        subject: format!("builtin {specifier}"),
        say: format!("{} {}, which this Node.js does not have", asker(spot), shown(specifier)),
        lambda: texts::NODE_NO_BUILTIN.fill(&[("module", specifier)]),
        because: "it came with a later version of Node.js".to_owned(),
        fix: "choose a later runtime for the function".to_owned(),
    }
}

fn no_export(spot: &Spot<'_>, specifier: &str, name: &str, commonjs: bool) -> Words {
    let (text, because) = if commonjs {
        (&texts::NODE_NO_NAMED_EXPORT, "the CommonJS module never assigns an export of this name")
    } else {
        (&texts::NODE_NO_EXPORT, "the module exports other names; two versions may be mixed")
    };
    Words {
        subject: format!("name {name} of {specifier}"),
        say: format!(
            "line {} imports {} from {}, which does not export it",
            spot.line,
            shown(name),
            shown(specifier)
        ),
        lambda: text.fill(&[("module", specifier), ("name", name)]),
        because: because.to_owned(),
        fix: format!("compare the version of {} with the one that was tested", shown(specifier)),
    }
}

/// The package of a specifier: `@scope/name` of `@scope/name/sub`.
fn package_of(specifier: &str) -> &str {
    let parts = if specifier.starts_with('@') { 2 } else { 1 };
    let end = specifier.match_indices('/').nth(parts - 1).map(|(at, _)| at);
    end.and_then(|end| specifier.get(..end)).unwrap_or(specifier)
}
