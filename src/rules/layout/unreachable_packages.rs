//! layout/unreachable-packages: installed packages where no runtime looks.

use crate::{
    data::{runtimes::Family, texts},
    environment::{
        deployment::Deployment,
        layout::{self, Group, Standing},
        package::Package,
    },
    model::severity::Severity,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

use super::wrapped_root;

pub(super) static RULE: Rule =
    Rule { page: &pages::layout::UNREACHABLE_PACKAGES, check: Check::Deployment(check) };

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    if deployment.has_own_search_paths() {
        return;
    }
    for package in deployment.known_layers() {
        // a folder around everything is one fault, and layout/wrapped-root says it
        if wrapped_root::wrapper(package).is_some() {
            continue;
        }
        let groups = layout::groups(package);
        let unreachable = |group: &&Group| deployment.standing(group) == Standing::Unreachable;
        let reachable = groups.iter().any(|group| deployment.standing(group) == Standing::Reachable);
        // jars in sub-folders of java/lib are layout/nested-jar
        let is_nested =
            |group: &&Group| group.family == Family::Java && group.folder.starts_with("java/lib/");
        for group in groups.iter().filter(unreachable).filter(|group| !is_nested(group)) {
            // a stray source file beside packages that are found is not a broken layer
            if !(reachable && group.family == Family::Python && group.folder.is_empty()) {
                report(deployment, package, group, findings);
            }
        }
    }
}

fn report(deployment: &Deployment<'_>, package: &Package, group: &Group, findings: &mut Findings) {
    let home = deployment.home_of(group.family);
    let at = if group.folder.is_empty() {
        "at the root of the layer".to_owned()
    } else {
        format!("in {}/", group.folder)
    };
    let names: Vec<&str> = group.names.iter().take(3).map(String::as_str).collect();
    let more = group.names.len().saturating_sub(names.len());
    let names = if more > 0 { format!("{} and {more} more", names.join(", ")) } else { names.join(", ") };
    let first = group.names.first().map(String::as_str).unwrap_or_default();
    let Some(draft) = findings.at_entries(package, &group.entries, "there too") else { return };
    // an agent's jar is often opened by its absolute path: -javaagent:/opt/agent.jar
    let by_path = group.family == Family::Java && !group.folder.starts_with("java") && group.folder != "lib";
    draft
        .no_worse_than(if by_path { Severity::Warning } else { Severity::Error })
        .subject(format!("folder {}", group.folder))
        .say(format!("{} packages {at}, where no runtime looks", group.family.name()))
        .lambda_says(words(group.family, first))
        .because(format!("{names} would have to be in {home}/"))
        .fix(move_command(&group.folder, &home))
        .report();
}

fn words(family: Family, name: &str) -> String {
    match family {
        Family::Nodejs => texts::NODE_CANNOT_FIND_MODULE.fill(&[("module", name)]),
        Family::Ruby => texts::RUBY_CANNOT_LOAD.fill(&[("file", name)]),
        Family::Java => texts::JAVA_CLASS_NOT_FOUND.fill(&[("class", "one of its classes")]),
        _ => {
            texts::PYTHON_NO_MODULE.fill(&[("handler", "your handler"), ("module", &name.replace('-', "_"))])
        }
    }
}

fn move_command(folder: &str, home: &str) -> String {
    let zip = "zip -r layer.zip .";
    if folder.is_empty() {
        return format!("mkdir -p new/{home} && mv content/* new/{home}/ && cd new && {zip}");
    }
    format!("mkdir -p new/{home} && mv {folder}/* new/{home}/ && cd new && {zip}")
}
