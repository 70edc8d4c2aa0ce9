//! size/bundled-sdk: an AWS SDK that the runtime brings already.

use crate::{
    data::{
        node,
        runtimes::{Family, Runtime},
    },
    environment::{deployment::Deployment, package::Package},
    inspect::inventory::{Distribution, Ecosystem},
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule = Rule { page: &pages::size::BUNDLED_SDK, check: Check::Deployment(check) };

/// The clients themselves; what they need may be there for something else.
const PYTHON: [&str; 2] = ["boto3", "botocore"];

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    let Some(runtime) = deployment.runtime else { return };
    for package in deployment.packages() {
        let found = of(package, runtime);
        let Some(first) = found.first() else { continue };
        let names: Vec<String> =
            found.iter().take(3).map(|one| format!("{} {}", one.name, one.version)).collect();
        let more = found.len().saturating_sub(names.len());
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        findings
            .at(package.entry_place(first.metadata))
            .subject("sdk")
            .say(format!("{}{more}: {runtime} brings the AWS SDK already", names.join(", ")))
            .count(found.len())
            .because("without a copy of its own the function is smaller, and takes the version that the runtime has that day")
            .fix("leave the SDK out of the build, or keep it on purpose: a pinned version does not change under the function")
            .report();
    }
}

fn of<'a>(package: &'a Package, runtime: &Runtime) -> Vec<&'a Distribution> {
    let is_sdk = |one: &&Distribution| match (runtime.family, one.ecosystem) {
        (Family::Python, Ecosystem::Python) => PYTHON.contains(&one.name.as_str()),
        (Family::Nodejs, Ecosystem::Node) => {
            (one.name == "aws-sdk" || one.name.starts_with("@aws-sdk/client-"))
                && runtime.major().is_some_and(|major| node::is_bundled(major, &one.name))
        }
        _ => false,
    };
    package.inventory.distributions.iter().filter(is_sdk).collect()
}
