//! layout/venv-or-build-tree: what a development machine keeps, zipped with the rest.

use std::collections::BTreeMap;

use crate::{
    environment::package::Package,
    model::size::Bytes,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule =
    Rule { page: &pages::layout::VENV_OR_BUILD_TREE, check: Check::Package(check) };

/// Folders with what makes them, and what has to be in them where the name alone says too little.
const TREES: [(&str, &str, &[&str]); 10] = [
    (".venv", "a virtual environment", &[]),
    ("venv", "a virtual environment", &["pyvenv.cfg", "bin", "Scripts"]),
    (".aws-sam", "a build of SAM", &[]),
    (".serverless", "a package of the Serverless Framework", &[]),
    ("cdk.out", "the output of the CDK", &[]),
    (".terraform", "providers and modules of Terraform", &[]),
    (".gradle", "a cache of Gradle", &[]),
    ("target", "a build of Maven or Cargo", &["classes", "debug", "release", "maven-status", "CACHEDIR.TAG"]),
    ("node_modules/.cache", "a cache of build tools", &[]),
    (".next/cache", "a cache of Next.js", &[]),
];

#[derive(Default)]
struct Tree {
    what: &'static str,
    bytes: Bytes,
    first: Option<usize>,
    /// Installed packages in it: where they should be is another rule's finding in a layer.
    installed: bool,
    proven: bool,
}

fn check(package: &Package, findings: &mut Findings) {
    for (folder, tree) in trees(package) {
        let Some(first) = tree.first.filter(|_| tree.proven && !(tree.installed && package.is_layer()))
        else {
            continue;
        };
        findings
            .at(package.place())
            .related(package.entry_place(first), "the first of its files")
            .subject(format!("tree {folder}"))
            .say(format!("{folder}/ is {}: {}", tree.what, tree.bytes))
            .because("no runtime looks into it, and it counts against the limit")
            .fix(format!("zip -r package.zip . -x '{folder}/*'"))
            .report();
    }
}

fn trees(package: &Package) -> BTreeMap<String, Tree> {
    let mut found: BTreeMap<String, Tree> = BTreeMap::new();
    for (index, entry) in package.files() {
        let path = entry.path.as_str();
        let Some((folder, rest, what, marks)) = tree_of(path) else { continue };
        let tree = found.entry(folder.to_owned()).or_default();
        tree.what = what;
        tree.bytes += entry.size;
        tree.first.get_or_insert(index);
        tree.installed |= rest.contains("site-packages/") || rest.contains("node_modules/");
        tree.proven |= marks.is_empty() || marks.contains(&rest.split('/').next().unwrap_or_default());
    }
    found
}

type Found<'a> = (&'a str, &'a str, &'static str, &'static [&'static str]);

/// The tree that a path lies in, when it is at the root or one folder below.
fn tree_of(path: &str) -> Option<Found<'_>> {
    let below = path.find('/').and_then(|at| at.checked_add(1));
    TREES.iter().find_map(|(name, what, marks)| {
        let begins = |at: &usize| {
            let rest = path.get(*at..).and_then(|rest| rest.strip_prefix(name));
            rest.is_some_and(|rest| rest.starts_with('/'))
        };
        let at = [Some(0), below].into_iter().flatten().find(begins)?;
        let end = at.checked_add(name.len())?;
        Some((path.get(..end)?, path.get(end.checked_add(1)?..)?, *what, *marks))
    })
}

#[cfg(test)]
mod tests {
    use super::tree_of;

    #[test]
    fn trees_are_told_near_the_root_only() {
        let of = |path| tree_of(path).map(|(folder, rest, ..)| (folder, rest));
        assert_eq!(of(".venv/bin/python"), Some((".venv", "bin/python")));
        assert_eq!(of("python/.venv/pyvenv.cfg"), Some(("python/.venv", "pyvenv.cfg")));
        assert_eq!(of("python/pkg/target/classes/x"), None);
        assert_eq!(of("nodejs/node_modules/.cache/x"), Some(("nodejs/node_modules/.cache", "x")));
        assert_eq!(of("targets/x"), None);
    }
}
