//! Libraries that a package brings once for each platform, put together over folders and files: whether Lambda's is among them.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    data::native_libraries::{self, BuiltFor},
    model::architecture::Architecture,
};

use super::filesystem::Provider;

/// Files that are put together; real packages have some hundreds.
pub const MOST: usize = 4096;

/// A native library of a package.
#[derive(Clone, Debug)]
pub struct Member<'a> {
    /// The file of the function or layer: the library, the jar that holds it, or the list that names it.
    pub provider: Provider<'a>,
    /// Its index in the jar.
    pub inner: Option<usize>,
    /// What belongs together whatever the files are called: a jar's folder without its platform, a NuGet package.
    pub unit: String,
    /// The file's name.
    pub name: String,
    /// What it is for.
    pub built_for: BuiltFor,
    /// The loader finds it by itself: it counts for others, and is judged as any library.
    pub on_load_path: bool,
}

/// Libraries of one package, of which none is for Lambda.
#[derive(Debug)]
pub struct Lacking<'a> {
    /// The files, sorted by place.
    pub members: Vec<Member<'a>>,
    /// Their names without platforms, sorted.
    pub families: BTreeSet<String>,
}

impl Lacking<'_> {
    /// What they are for, for people.
    pub fn platforms(&self) -> String {
        let all: BTreeSet<BuiltFor> = self.members.iter().map(|one| one.built_for).collect();
        let mut words: Vec<String> = all.into_iter().map(BuiltFor::words).collect();
        words.dedup();
        let last = words.pop().unwrap_or_default();
        if words.is_empty() { last } else { format!("{} and {last}", words.join(", ")) }
    }
}

/// The sets that have something for another Linux, or for both macOS and Windows, and nothing for Linux on this architecture. A
/// package for one other system alone may well be meant for it.
pub fn lacking(members: Vec<Member<'_>>, architecture: Architecture) -> Vec<Lacking<'_>> {
    if members.len() > MOST {
        return Vec::new();
    }
    sets(members).into_iter().filter(|set| lacks(&set.members, architecture)).collect()
}

fn lacks(members: &[Member<'_>], architecture: Architecture) -> bool {
    let has = |wanted: &dyn Fn(BuiltFor) -> bool| members.iter().any(|one| wanted(one.built_for));
    let fits = has(&|one| one == BuiltFor::Linux(Some(architecture)) || one == BuiltFor::Unknown);
    let linux = has(&|one| matches!(one, BuiltFor::Linux(_) | BuiltFor::Musl(_)));
    let others = has(&|one| one == BuiltFor::MacOs) && has(&|one| one == BuiltFor::Windows);
    !fits && (linux || others) && members.iter().any(|one| !one.on_load_path)
}

/// Files are of one set when they share their unit or the name of the library.
fn sets(members: Vec<Member<'_>>) -> Vec<Lacking<'_>> {
    let mut parents: Vec<usize> = (0..members.len()).collect();
    let mut first: BTreeMap<(bool, String), usize> = BTreeMap::new();
    for (at, member) in members.iter().enumerate() {
        let family = native_libraries::family(&member.name);
        for key in [(false, member.unit.clone()), (true, family)] {
            let before = *first.entry(key).or_insert(at);
            let (one, two) = (top(&mut parents, before), top(&mut parents, at));
            if let Some(parent) = parents.get_mut(one.max(two)) {
                *parent = one.min(two);
            }
        }
    }
    let mut sets: BTreeMap<usize, Lacking<'_>> = BTreeMap::new();
    for (at, member) in members.into_iter().enumerate() {
        let root = top(&mut parents, at);
        let set =
            sets.entry(root).or_insert_with(|| Lacking { members: Vec::new(), families: BTreeSet::new() });
        set.families.insert(native_libraries::family(&member.name));
        set.members.push(member);
    }
    sets.into_values().collect()
}

/// The first of a set; the way to it is made shorter.
fn top(parents: &mut [usize], mut at: usize) -> usize {
    while let Some(parent) = parents.get(at).copied().filter(|parent| *parent != at) {
        let above = parents.get(parent).copied().unwrap_or(parent);
        if let Some(own) = parents.get_mut(at) {
            *own = above;
        }
        at = above;
    }
    at
}
