//! Where the bytes of each deployment go, by the packages of the languages.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use crate::{
    archive::entry::Entry,
    data::ballast,
    inspect::distributions::normalised,
    model::{
        breakdown::{Folder, Group, Part, Stack, Waste},
        size::Bytes,
        text::SafeText,
    },
};

use super::{
    deployment::{Attached, Deployment, Purpose},
    package::Package,
};

/// The stacks of a run: every function, and every package that stands alone, once.
pub fn stacks(deployments: &[Deployment<'_>]) -> Vec<Stack> {
    let in_functions: HashSet<*const Package> = deployments
        .iter()
        .filter(|one| one.function().is_some())
        .flat_map(Deployment::packages)
        .map(std::ptr::from_ref)
        .collect();
    let mut told: HashSet<*const Package> = HashSet::new();
    let mut stacks = Vec::new();
    for deployment in deployments {
        let alone = deployment.packages().next().map(std::ptr::from_ref);
        let fresh = match deployment.purpose {
            Purpose::Function(_) => true,
            // a layer is laid out once for every runtime that it is declared for
            Purpose::Package | Purpose::Layer => {
                alone.is_some_and(|package| !in_functions.contains(&package) && told.insert(package))
            }
        };
        if fresh {
            stacks.push(stack(deployment));
        }
    }
    stacks
}

fn stack(deployment: &Deployment<'_>) -> Stack {
    let mut seen: HashSet<(u64, u32)> = HashSet::new();
    let parts: Vec<Part> =
        deployment.packages().map(|package| part(deployment, package, &mut seen)).collect();
    let name = deployment
        .function()
        .map(|function| function.name.clone())
        .or_else(|| parts.first().map(|part| part.name.clone()))
        .unwrap_or_default();
    let unknown = deployment.layers.iter().filter_map(|layer| match layer {
        Attached::Known(_) => None,
        Attached::Unknown(reference) => Some(SafeText::new(&reference.written.text)),
    });
    Stack { name, unknown: unknown.collect(), parts, folders: folders(deployment) }
}

/// How deep the merged folders are listed.
const DEPTH: usize = 3;

/// The upper folders of `/opt` with what is in them.
fn folders(deployment: &Deployment<'_>) -> Vec<Folder> {
    let mut found: BTreeMap<&str, (Bytes, BTreeSet<usize>, usize)> = BTreeMap::new();
    for (path, providers) in deployment.opt.paths() {
        let Some((_, last)) = providers.last().filter(|(_, one)| one.entry.is_file()) else { continue };
        let upper = path.match_indices('/').take(DEPTH).filter_map(|(at, _)| path.get(..at));
        for folder in upper {
            let (bytes, orders, hidden) = found.entry(folder).or_default();
            *bytes += last.entry.size;
            orders.insert(last.order);
            *hidden = hidden.saturating_add(providers.len().saturating_sub(1));
        }
    }
    let names: Vec<&SafeText> = deployment.known_layers().map(|package| &package.label.name).collect();
    let folder = |(path, (bytes, orders, hidden)): (&str, (Bytes, BTreeSet<usize>, usize))| Folder {
        path: SafeText::new(path),
        bytes,
        providers: orders.iter().filter_map(|order| names.get(*order).map(|name| (*name).clone())).collect(),
        hidden,
    };
    found.into_iter().map(folder).collect()
}

fn part(deployment: &Deployment<'_>, package: &Package, seen: &mut HashSet<(u64, u32)>) -> Part {
    let versions = versions(package);
    let mut groups: BTreeMap<String, (Waste, Bytes, usize)> = BTreeMap::new();
    for (index, entry) in package.files() {
        let (waste, bytes, files) = groups.entry(group_of(entry.path.as_str()).to_owned()).or_default();
        *waste = waste.and(waste_of(deployment, package, index, entry, seen));
        *bytes += entry.size;
        *files = files.saturating_add(1);
    }
    let mut groups: Vec<Group> = groups
        .into_iter()
        .map(|(name, (waste, bytes, files))| {
            let version = versions.get(&normalised(&name)).map(|version| format!(" {version}"));
            Group { name: SafeText::new(name + version.as_deref().unwrap_or_default()), bytes, waste, files }
        })
        .collect();
    groups.sort_by(|one, two| two.bytes.cmp(&one.bytes).then_with(|| one.name.cmp(&two.name)));
    Part {
        name: package.label.name.clone(),
        kind: package.role.as_str(),
        unzipped: package.archive.unzipped(),
        groups,
    }
}

fn versions(package: &Package) -> HashMap<String, &str> {
    let found = &package.inventory.distributions;
    found.iter().map(|one| (normalised(&one.name), one.version.as_str())).collect()
}

fn waste_of(
    deployment: &Deployment<'_>,
    package: &Package,
    index: usize,
    entry: &Entry,
    seen: &mut HashSet<(u64, u32)>,
) -> Waste {
    let path = entry.path.as_str();
    let tree = if package.is_layer() { &deployment.opt } else { &deployment.task };
    let stays = tree.find(path).is_none_or(|last| std::ptr::eq(last.package, package) && last.index == index);
    // an empty file costs nothing, and many are equal
    let again = entry.crc.is_some_and(|crc| entry.size.0 > 0 && !seen.insert((entry.size.0, crc)));
    let mut waste = Waste::default();
    if !stays {
        waste.hidden = entry.size;
    } else if again {
        waste.duplicate = entry.size;
    } else if ballast::kind_of(below_packages(path)).is_some() {
        waste.ballast = entry.size;
    }
    waste
}

/// Folders in which packages are installed, the innermost last.
const INSTALLED: [&str; 7] =
    ["python/", "site-packages/", "node_modules/", "java/lib/", "lib/", "ruby/gems/", "gems/"];

/// What remains of a path below the innermost folder that packages are installed in.
fn below_packages(path: &str) -> &str {
    let after = |folder: &str| {
        let inner =
            path.rfind(&format!("/{folder}")).map(|at| at.saturating_add(folder.len()).saturating_add(1));
        inner.or_else(|| path.starts_with(folder).then_some(folder.len()))
    };
    INSTALLED.iter().filter_map(|folder| after(folder)).max().and_then(|at| path.get(at..)).unwrap_or(path)
}

/// The name that a file is counted under: the distribution, npm package, jar or gem it belongs to, else its top folder.
fn group_of(path: &str) -> &str {
    let below = match path.find("node_modules/") {
        // a package nested in another counts for the outer one
        Some(at) => path.get(at.saturating_add("node_modules/".len())..).unwrap_or(path),
        None => match path.strip_prefix("python/") {
            Some(rest) => rest.split_once("site-packages/").map_or(rest, |(_, rest)| rest),
            None if path.ends_with(".jar") => path.rsplit('/').next().unwrap_or(path),
            None => path
                .split_once("/gems/")
                .map_or(path, |(_, rest)| rest.split_once("/gems/").map_or(rest, |(_, rest)| rest)),
        },
    };
    if below.starts_with('@') {
        let end = below.match_indices('/').nth(1).map_or(below.len(), |(at, _)| at);
        return below.get(..end).unwrap_or(below);
    }
    let top = below.split('/').next().unwrap_or(below);
    if let Some(name) = top.strip_suffix(".dist-info").or_else(|| top.strip_suffix(".egg-info")) {
        return name.split('-').next().unwrap_or(name);
    }
    top.strip_suffix(".libs").unwrap_or(top)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_counted_for_what_was_installed() {
        for (path, group) in [
            ("python/numpy/core/x.py", "numpy"),
            ("python/numpy.libs/libopenblas.so", "numpy"),
            ("python/numpy-1.26.4.dist-info/RECORD", "numpy"),
            ("python/lib/python3.12/site-packages/pandas/x.py", "pandas"),
            ("nodejs/node_modules/@aws-sdk/client-s3/index.js", "@aws-sdk/client-s3"),
            ("node_modules/next/node_modules/react/index.js", "next"),
            ("java/lib/jackson-core-2.17.jar", "jackson-core-2.17.jar"),
            ("ruby/gems/3.3.0/gems/rack-3.0/lib/rack.rb", "rack-3.0"),
            ("app.py", "app.py"),
            ("bin/tool", "bin"),
        ] {
            assert_eq!(group_of(path), group, "{path}");
        }
    }

    #[test]
    fn ballast_is_looked_for_below_what_was_installed() {
        assert_eq!(below_packages("python/lib/python3.12/site-packages/a/tests/x"), "a/tests/x");
        assert_eq!(below_packages("nodejs/node_modules/a/node_modules/b/test/x"), "b/test/x");
        assert_eq!(below_packages("app/tests/x"), "app/tests/x");
    }
}
