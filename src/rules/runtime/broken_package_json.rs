//! runtime/broken-package-json: a package.json that Node.js has to read at start and cannot.

use std::collections::BTreeMap;

use crate::{
    data::{search_paths::Root, texts},
    environment::{
        deployment::Deployment,
        node::{Spot, Trouble},
    },
    model::place::Place,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

use super::node;

pub(super) static RULE: Rule =
    Rule { page: &pages::runtime::BROKEN_PACKAGE_JSON, check: Check::Deployment(check) };

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    let mut broken: BTreeMap<&str, (&Spot<'_>, &str)> = BTreeMap::new();
    for fault in node::faults(deployment) {
        if let Trouble::BrokenManifest { path, why } = &fault.trouble {
            broken.entry(path).or_insert((&fault.spot, why));
        }
    }
    for (path, (spot, why)) in broken {
        let words = if node::has_old_words(deployment) && !spot.is_module {
            &texts::NODE_PACKAGE_CONFIG_OLD
        } else {
            &texts::NODE_PACKAGE_CONFIG
        };
        findings
            .at(place_of(deployment, path).unwrap_or_else(|| node::place(spot)))
            .say("the package.json is no JSON")
            .lambda_says(words.fill(&[("path", path), ("why", why)]))
            .because(format!("{why}; Node.js reads it for {}", spot.path))
            .fix("mend the JSON: look for comments, commas before a closing brace, merge marks and a file that was cut off")
            .report();
    }
}

/// The entry of an absolute path.
fn place_of(deployment: &Deployment<'_>, path: &str) -> Option<Place> {
    let below = |mount| path.strip_prefix(mount);
    let (root, relative) = below("/var/task/")
        .map(|rest| (Root::Task, rest))
        .or_else(|| below("/opt/").map(|rest| (Root::Opt, rest)))?;
    let provider = deployment.tree(root).find(relative)?;
    Some(provider.package.entry_place(provider.index))
}
