//! The merged trees of deployments, path by path, with the provider of each file and what it hides.

use crate::{
    data::search_paths::Root,
    model::{
        merged::{MergedFile, MergedView},
        text::SafeText,
    },
};

use super::deployment::{Deployment, Purpose};

/// The merged view of every function and of every package that stands alone. A layer is shown once, whatever it is declared for.
pub fn views(deployments: &[Deployment<'_>]) -> Vec<MergedView> {
    let mut shown = Vec::new();
    let mut views = Vec::new();
    for deployment in deployments {
        let alone = deployment.packages().next().map(std::ptr::from_ref);
        if !matches!(deployment.purpose, Purpose::Function(_)) {
            if shown.contains(&alone) {
                continue;
            }
            shown.push(alone);
        }
        views.push(view(deployment));
    }
    views
}

fn view(deployment: &Deployment<'_>) -> MergedView {
    let first = || deployment.packages().next().map(|package| package.label.name.clone());
    let name = deployment.function().map(|function| function.name.clone()).or_else(first).unwrap_or_default();
    let mut files = files(deployment, Root::Opt, "/opt");
    files.extend(self::files(deployment, Root::Task, "/var/task"));
    let unknown = deployment.unknown_layers().map(|layer| SafeText::new(&layer.written.text)).collect();
    MergedView { name, unknown, files }
}

fn files(deployment: &Deployment<'_>, root: Root, mount: &str) -> Vec<MergedFile> {
    let file = |(path, group): (&str, &[(&str, super::filesystem::Provider<'_>)])| {
        let ((_, last), hidden) = group.split_last()?;
        let name = |one: &super::filesystem::Provider<'_>| one.package.label.name.clone();
        last.entry.is_file().then(|| MergedFile {
            path: SafeText::new(format!("{mount}/{path}")),
            size: last.entry.size,
            provider: name(last),
            hides: hidden.iter().map(|(_, one)| name(one)).collect(),
        })
    };
    deployment.tree(root).paths().filter_map(file).collect()
}
