//! runtime/module-format: CommonJS that is written as an ES module, or the other way round.

use std::collections::BTreeMap;

use crate::{
    data::texts,
    environment::{
        deployment::Deployment,
        node::{Spot, Trouble},
    },
    inspect::javascript::ModuleSyntax,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

use super::node;

pub(super) static RULE: Rule = Rule { page: &pages::runtime::MODULE_FORMAT, check: Check::Deployment(check) };

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    let mut required: BTreeMap<String, Vec<(&Spot<'_>, &str)>> = BTreeMap::new();
    for fault in node::faults(deployment) {
        let spot = &fault.spot;
        match &fault.trouble {
            Trouble::ModuleSyntax { first, named } => module_syntax(spot, *first, named.as_ref(), findings),
            Trouble::ForeignName(name) => foreign_name(spot, name, findings),
            Trouble::NoAttribute { target } => {
                no_attribute(spot, target, node::has_old_words(deployment), findings);
            }
            Trouble::RequiresModule { target, .. } => {
                let what = node::package_of(target).unwrap_or(target).to_owned();
                required.entry(what).or_default().push((spot, target));
            }
            _ => {}
        }
    }
    for (what, by) in required {
        requires_module(&what, &by, findings);
    }
}

fn module_syntax(
    spot: &Spot<'_>,
    first: ModuleSyntax,
    named: Option<&(String, String)>,
    findings: &mut Findings,
) {
    let (what, words) = match first {
        ModuleSyntax::Import => ("`import`", texts::NODE_IMPORT_OUTSIDE.template),
        ModuleSyntax::Export => ("`export`", texts::NODE_EXPORT_OUTSIDE.template),
        ModuleSyntax::Meta => ("`import.meta`", texts::NODE_META_OUTSIDE.template),
        ModuleSyntax::Await => ("`await` outside of a function", texts::NODE_AWAIT_OUTSIDE.template),
    };
    let words = match named {
        Some((specifier, name)) => texts::NODE_NO_NAMED_EXPORT.fill(&[("module", specifier), ("name", name)]),
        None => words.to_owned(),
    };
    let reason = if spot.path.ends_with(".cjs") {
        "a .cjs file is CommonJS whatever it holds"
    } else {
        "a .js file is CommonJS unless the nearest package.json says \"type\": \"module\""
    };
    findings
        .at(node::place(spot))
        .subject("module syntax")
        .say(format!("line {} has {what}, and the file is run as CommonJS", spot.line))
        .lambda_says(words)
        .because(node::because(reason, spot))
        .fix("rename the file to .mjs, add \"type\": \"module\" to the package.json beside it, or have it compiled to CommonJS")
        .report();
}

fn foreign_name(spot: &Spot<'_>, name: &str, findings: &mut Findings) {
    let reason = if spot.path.ends_with(".mjs") {
        "a .mjs file is an ES module, which has no names of CommonJS"
    } else {
        "the nearest package.json says \"type\": \"module\", and an ES module has no names of CommonJS"
    };
    let fix = match name {
        "require" => {
            "import it, or make one: import { createRequire } from \"node:module\"; const require = createRequire(import.meta.url)"
        }
        "module" | "exports" => "write export const handler = ..., or rename the file to .cjs",
        _ => "use import.meta.dirname or import.meta.filename, or rename the file to .cjs",
    };
    findings
        .at(node::place(spot))
        .subject(format!("name {name}"))
        .say(format!("line {} uses {name}, and the file is an ES module", spot.line))
        .lambda_says(texts::NODE_NOT_IN_ESM.fill(&[("name", name)]))
        .because(node::because(reason, spot))
        .fix(fix)
        .report();
}

fn no_attribute(spot: &Spot<'_>, target: &str, old: bool, findings: &mut Findings) {
    let words = if old { &texts::NODE_JSON_ATTRIBUTE_OLD } else { &texts::NODE_JSON_ATTRIBUTE };
    findings
        .at(node::place(spot))
        .subject(format!("json {}", target.rsplit('/').next().unwrap_or(target)))
        .say(format!("line {} imports JSON without saying that it is", spot.line))
        .lambda_says(words.fill(&[("target", target)]))
        .because(node::because("an ES module imports JSON only with an attribute", spot))
        .fix("import data from \"./data.json\" with { type: \"json\" }")
        .report();
}

fn requires_module(what: &str, by: &[(&Spot<'_>, &str)], findings: &mut Findings) {
    let Some((spot, target)) = by.first() else { return };
    let words = texts::NODE_REQUIRE_ESM.fill(&[("target", target), ("path", &spot.path)]);
    let what = node::shown(what);
    let mut draft = findings
        .at(node::place(spot))
        .subject(format!("require {what}"))
        .say(format!("line {} requires {what}, which is an ES module", spot.line))
        .lambda_says(words)
        .because(node::because("Lambda's Node.js runs with --no-experimental-require-module", spot))
        .fix("import it from an ES module, load it with await import() inside the handler, or install the last version that has CommonJS")
        .count(by.len());
    for (other, _) in by.iter().skip(1).take(4) {
        draft = draft.related(node::place(other), "requires it too");
    }
    draft.report();
}
