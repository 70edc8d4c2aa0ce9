//! collision/shadows-runtime-sdk: a part of the AWS SDK for Python that runs together with the rest of the runtime's own.

use std::collections::BTreeMap;

use crate::{
    data::{
        runtimes::{Family, Runtime},
        search_paths::Holds,
    },
    environment::{
        deployment::{Deployment, root_of},
        package::Package,
    },
    inspect::inventory::{Distribution, Ecosystem},
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule =
    Rule { page: &pages::collision::SHADOWS_RUNTIME_SDK, check: Check::Deployment(check) };

/// Released for one another: each asks for narrow versions of the next.
const SET: [&str; 3] = ["boto3", "botocore", "s3transfer"];

/// From this version of Python on the SDK takes urllib3 2.
const TAKES_URLLIB3_2: (u16, u16) = (3, 10);

type Shipped<'a> = BTreeMap<&'a str, (&'a Package, &'a Distribution)>;

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    let Some(runtime) = deployment.runtime.filter(|runtime| runtime.family == Family::Python) else { return };
    let Some(start) = deployment.python_start().filter(|_| deployment.is_complete()) else { return };
    let shipped = shipped(deployment);
    let lacks: Vec<&str> = SET.into_iter().filter(|name| !shipped.contains_key(name)).collect();
    let own = SET.iter().find_map(|name| shipped.get(name));
    // without an import of the SDK it does not matter what lies beside it
    let uses_runtime = lacks.iter().any(|name| start.of_runtime.contains(*name));
    let uses_own = shipped.contains_key("boto3") && lacks.contains(&"botocore");
    if let (Some(own), true) = (own.filter(|_| !lacks.is_empty()), uses_runtime || uses_own) {
        report(own, &format!("{} of {runtime}", lacks.join(" and ")), runtime, findings);
        return;
    }
    let urllib3 = shipped.get("urllib3").filter(|(_, one)| one.version.starts_with("2."));
    if let (Some(own), true) =
        (urllib3, is_before(runtime, TAKES_URLLIB3_2) && start.of_runtime.contains("botocore"))
    {
        report(own, &format!("botocore of {runtime}, which takes urllib3 1.26"), runtime, findings);
    }
}

fn is_before(runtime: &Runtime, version: (u16, u16)) -> bool {
    let parts = runtime.language.split_once('.');
    parts
        .and_then(|(major, minor)| Some((major.parse().ok()?, minor.parse().ok()?)))
        .is_some_and(|own: (u16, u16)| own < version)
}

/// Distributions on the search path, by name.
fn shipped<'a>(deployment: &Deployment<'a>) -> Shipped<'a> {
    let paths = deployment.paths_of(Holds::PythonModules);
    let mut found = BTreeMap::new();
    for package in deployment.packages() {
        let root = root_of(package.role);
        let is_on_path = |folder: &str| paths.iter().any(|path| path.root == root && path.folder == folder);
        for one in &package.inventory.distributions {
            if one.ecosystem == Ecosystem::Python && is_on_path(&one.folder) {
                found.entry(one.name.as_str()).or_insert((package, one));
            }
        }
    }
    found
}

fn report(
    (package, one): &(&Package, &Distribution),
    with: &str,
    runtime: &Runtime,
    findings: &mut Findings,
) {
    findings
        .at(package.entry_place(one.metadata))
        .subject(format!("distribution {}", one.name))
        .say(format!("{} {} runs together with {with}", one.name, one.version))
        .because("the parts of the SDK are released for one another, and the runtime's own change under the function")
        .fix(format!(
            "ship all of it or none: pip install --target python boto3, or leave {} to {runtime}",
            one.name
        ))
        .report();
}
