//! collision/duplicate-class: one class in two places of the class path, with different bytes.

use std::collections::{BTreeMap, HashMap};

use crate::{
    environment::{
        deployment::Deployment,
        java::{ClassPath, JarEntry},
    },
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule =
    Rule { page: &pages::collision::DUPLICATE_CLASS, check: Check::Deployment(check) };

/// Class names that are shown.
const SHOWN: usize = 3;

fn check(deployment: &Deployment<'_>, findings: &mut Findings) {
    let Some(start) = deployment.java_start() else { return };
    let path = &start.class_path;
    for ((first, second), classes) in pairs(path) {
        let (Some(first), Some(second)) = (path.jars.get(first), path.jars.get(second)) else { continue };
        let name =
            |step: &crate::environment::java::Step<'_>| step.provider.entry.path.file_name().to_owned();
        let shown: Vec<String> = classes.iter().take(SHOWN).map(|class| class.replace('/', ".")).collect();
        let more = classes.len().saturating_sub(shown.len());
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        findings
            .at(second.provider.package.entry_place(second.provider.index))
            .subject(format!("classes of {}", stem(&name(first))))
            .say(format!("{} and {} hold different classes of the same name", name(first), name(second)))
            .count(classes.len())
            .related(first.provider.package.entry_place(first.provider.index), "the one that is used")
            .because(format!("{}{more}: the jar that comes first wins, the function's before the layers', by name within a folder", shown.join(", ")))
            .fix(format!("keep one of them: mvn dependency:tree shows who brings {}", name(second)))
            .report();
    }
}

/// A name without its version, which changes from build to build.
fn stem(name: &str) -> &str {
    let end = name.match_indices('-').find(|(at, _)| {
        name.get(at.saturating_add(1)..).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    });
    end.and_then(|(at, _)| name.get(..at)).unwrap_or(name)
}

type Pairs<'p> = BTreeMap<(usize, usize), Vec<&'p str>>;

/// Classes that differ, by the positions of the jar that wins and of the one that loses.
fn pairs<'p>(path: &'p ClassPath<'_>) -> Pairs<'p> {
    let mut first: HashMap<&str, (usize, &JarEntry)> = HashMap::new();
    let mut found = Pairs::new();
    for (at, step) in path.jars.iter().enumerate() {
        for entry in step.jar.entries().iter().filter(|entry| is_class(&entry.path)) {
            let (winner, theirs) = *first.entry(&entry.path).or_insert((at, entry));
            if winner != at && theirs.digest != entry.digest {
                found.entry((winner, at)).or_default().push(entry.path.trim_end_matches(".class"));
            }
        }
    }
    found
}

/// Whether a path is that of a class that code can name.
fn is_class(path: &str) -> bool {
    path.ends_with(".class")
        && !path.starts_with("META-INF/")
        && !matches!(path.rsplit('/').next(), Some("module-info.class" | "package-info.class"))
}
