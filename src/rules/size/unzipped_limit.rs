//! size/unzipped-limit: more than Lambda unpacks, in one package or in a function with its layers.

use crate::{
    data::{limits::limits, texts},
    environment::{deployment::Deployment, package::Package, project::ProjectView},
    model::{severity::Severity, size::Bytes},
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule = Rule { page: &pages::size::UNZIPPED_LIMIT, check: Check::Project(check) };

/// How close to the limit a warning begins: two hundredths.
const MARGIN: u64 = 50;

fn check(project: &ProjectView<'_>, findings: &mut Findings) {
    for package in project.packages {
        of_package(package, findings);
    }
    for deployment in project.deployments {
        of_function(deployment, findings);
    }
}

fn of_package(package: &Package, findings: &mut Findings) {
    let used = package.archive.unzipped();
    let Some(severity) = severity(used) else { return };
    findings
        .at(package.place())
        .subject("package")
        .say(message(used))
        .no_worse_than(severity)
        .lambda_says(texts::UNZIPPED_LIMIT.template)
        .because(largest(package))
        .fix("leave out what is not used, or deploy as a container image (up to 10 GB)")
        .report();
}

fn of_function(deployment: &Deployment<'_>, findings: &mut Findings) {
    let Some(function) = deployment.function() else { return };
    let used = deployment.unzipped();
    let several = deployment.packages().count() > 1;
    let one_alone =
        deployment.packages().any(|package| severity(package.archive.unzipped()) == Some(Severity::Error));
    let (Some(place), Some(severity)) =
        (deployment.place(), severity(used).filter(|_| several && !one_alone))
    else {
        return;
    };
    let parts: Vec<String> = deployment
        .packages()
        .map(|package| format!("{} {}", package.label.name, package.archive.unzipped()))
        .collect();
    findings
        .at(place)
        .subject(format!("function {}", function.name))
        .say(format!("code and layers together: {}", message(used)))
        .no_worse_than(severity)
        .lambda_says(texts::COMBINED_LIMIT.fill(&[("actual", &used.0.to_string())]))
        .because(parts.join(", "))
        .fix("drop a layer, or leave out of the layers what the function does not use")
        .report();
}

/// Exactly at the limit the sources disagree, and close below it an update may still fail while old code is in place.
fn severity(used: Bytes) -> Option<Severity> {
    let limit = limits().unzipped_bytes;
    if used > limit {
        Some(Severity::Error)
    } else if limit.saturating_sub(used).0 < limit.0 / MARGIN {
        Some(Severity::Warning)
    } else {
        None
    }
}

fn message(used: Bytes) -> String {
    let limit = limits().unzipped_bytes;
    if used > limit {
        let over = used.saturating_sub(limit);
        format!("{} bytes unzipped, {} over the {} that Lambda takes", used.grouped(), over, limit.grouped())
    } else {
        format!(
            "{} bytes unzipped, {} left of {}",
            used.grouped(),
            limit.saturating_sub(used),
            limit.grouped()
        )
    }
}

/// The largest folders of a package, two levels deep, for a hint where to begin.
fn largest(package: &Package) -> String {
    let mut sizes: std::collections::BTreeMap<String, Bytes> = std::collections::BTreeMap::new();
    for (_, entry) in package.files() {
        let parts: Vec<&str> = entry.path.components().collect();
        let depth = if parts.contains(&"site-packages") { 5 } else { 2 };
        let key = parts.get(..depth.min(parts.len())).unwrap_or_default().join("/");
        *sizes.entry(key).or_default() += entry.size;
    }
    let mut sizes: Vec<(String, Bytes)> = sizes.into_iter().collect();
    sizes.sort_by(|one, two| two.1.cmp(&one.1).then_with(|| one.0.cmp(&two.0)));
    let shown: Vec<String> = sizes.into_iter().take(3).map(|(name, size)| format!("{name} {size}")).collect();
    format!("the largest: {}", shown.join(", "))
}
