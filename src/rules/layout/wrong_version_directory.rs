//! layout/wrong-version-directory: packages only in the folder of another version of the language.

use crate::{
    data::{runtimes::Family, texts},
    environment::{
        deployment::Deployment,
        layout::{self, Group, Standing},
    },
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule =
    Rule { page: &pages::layout::WRONG_VERSION_DIRECTORY, check: Check::Deployment(check) };

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    let Some(runtime) = deployment.runtime else { return };
    for package in deployment.known_layers() {
        let groups = layout::groups(package);
        let of_language: Vec<&Group> = groups.iter().filter(|group| group.family == runtime.family).collect();
        let standing = |group: &&Group| deployment.standing(group);
        // beside a folder that is searched, folders of other versions are there on purpose
        if of_language.iter().any(|group| standing(group) == Standing::Reachable) {
            continue;
        }
        for group in of_language.iter().filter(|group| standing(group) == Standing::OtherVersion) {
            let first = group.names.first().map(String::as_str).unwrap_or_default();
            let Some(draft) = findings.at_entries(package, &group.entries, "there too") else { continue };
            draft
                .subject(format!("folder {}", group.folder))
                .say(format!("packages lie in {}/, which {runtime} does not search", group.folder))
                .lambda_says(words(group.family, first))
                .because(format!("{runtime} searches {}", searched(deployment, group.family)))
                .fix(format!(
                    "build it with {} {}, or move the packages to {}/",
                    runtime.family.name(),
                    runtime.language,
                    deployment.home_of(group.family)
                ))
                .report();
        }
    }
}

fn searched(deployment: &Deployment<'_>, family: Family) -> String {
    let home = deployment.home_of(family);
    let folders: Vec<String> = deployment
        .search_paths()
        .into_iter()
        .filter(|path| {
            path.root == crate::data::search_paths::Root::Opt
                && path.folder.starts_with(home.split('/').next().unwrap_or_default())
        })
        .map(|path| format!("/opt/{}", path.folder))
        .collect();
    folders.join(" and ")
}

fn words(family: Family, name: &str) -> String {
    match family {
        Family::Nodejs => texts::NODE_CANNOT_FIND_MODULE.fill(&[("module", name)]),
        Family::Ruby => texts::RUBY_CANNOT_LOAD.fill(&[("file", name)]),
        _ => {
            texts::PYTHON_NO_MODULE.fill(&[("handler", "your handler"), ("module", &name.replace('-', "_"))])
        }
    }
}
