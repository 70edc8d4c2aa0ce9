//! Who takes what when several runs share the work: by bytes, the same in every run, deployments whole.
//!
//! A function and everything it is made of is in one run, and so are functions of one package. A layer that many functions share may
//! be opened in several runs, but one of them owns it: only that one judges it alone and lists it.
//!
//! One run goes through many packages in the same way, a part at a time, so that it never holds them all.

use std::{
    borrow::Cow,
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use crate::model::shard::{Shard, Stamp};

use super::{
    error::UsageError,
    project::{Function, LayerVersion, PackageSource, PolicyFile, Project},
};

/// The part of a project that one run looks at.
#[derive(Debug)]
pub struct Part<'a> {
    /// The packages that it opens, those that it owns first.
    pub packages: Cow<'a, [PackageSource]>,
    /// Their positions in the project.
    pub positions: Vec<usize>,
    /// How many of them it owns.
    pub own: usize,
    /// The functions whose deployments it judges.
    pub functions: Cow<'a, [Function]>,
    /// All functions of the project, with the packages of this part: who uses a layer is asked of them.
    pub attached: Cow<'a, [Function]>,
    /// Layer versions, with the packages of this part.
    pub layers: Cow<'a, [LayerVersion]>,
    /// The policies that it judges.
    pub policies: Cow<'a, [PolicyFile]>,
    /// Which part it is; nothing for the whole.
    pub stamp: Option<Stamp>,
}

impl<'a> Part<'a> {
    /// Everything.
    pub fn whole(project: &'a Project) -> Self {
        Self {
            packages: Cow::Borrowed(&project.packages),
            positions: (0..project.packages.len()).collect(),
            own: project.packages.len(),
            functions: Cow::Borrowed(&project.functions),
            attached: Cow::Borrowed(&project.functions),
            layers: Cow::Borrowed(&project.layers),
            policies: Cow::Borrowed(&project.policies),
            stamp: None,
        }
    }

    /// The part of one run. Fails when a package cannot be looked at.
    pub fn of(project: &Project, shard: Shard) -> Result<Self, UsageError> {
        let plan = Assignment::new(project, weights(project)?, shard.of);
        Ok(plan.part(project, shard, plan.fingerprint(project)))
    }
}

/// How one run goes through a project: a part at a time, so that only the packages of one are held.
pub struct Turns<'a> {
    project: &'a Project,
    /// Nothing where one turn is enough.
    plan: Option<Assignment>,
}

impl<'a> Turns<'a> {
    /// Turns of about so many packages. Fails when a package cannot be looked at.
    pub fn of(project: &'a Project, most: usize) -> Result<Self, UsageError> {
        let of = project.packages.len().div_ceil(most.max(1));
        let plan = if of > 1 { Some(Assignment::new(project, weights(project)?, of)) } else { None };
        Ok(Self { project, plan })
    }

    /// The parts, each made when it is asked for.
    pub fn parts(&self) -> impl Iterator<Item = Part<'a>> {
        let of = self.plan.as_ref().map_or(1, |plan| plan.opened.len());
        (1..=of).map(move |index| match &self.plan {
            Some(plan) => plan.part(self.project, Shard { index, of }, String::new()),
            None => Part::whole(self.project),
        })
    }

    /// Whether a part that comes later opens the package at a position again.
    pub fn need_later(&self, part: &Part<'_>, position: usize) -> bool {
        let now = part.stamp.as_ref().map_or(usize::MAX, |stamp| stamp.shard.index);
        let later = self.plan.as_ref().and_then(|plan| plan.opened.get(now..)).unwrap_or_default();
        later.iter().any(|opened| opened.contains(&position))
    }
}

fn positions(owner: &[usize], mine: usize) -> Vec<usize> {
    owner.iter().enumerate().filter(|(_, one)| **one == mine).map(|(index, _)| index).collect()
}

fn picked<T: Clone>(all: &[T], wanted: &[usize]) -> Vec<T> {
    wanted.iter().filter_map(|index| all.get(*index).cloned()).collect()
}

/// A function whose packages are counted within the part. What is not opened there is at hand elsewhere: it has a number, but one that
/// no package has.
fn rewired(function: &Function, moved: &BTreeMap<usize, usize>) -> Function {
    let place = |old: Option<usize>| old.map(|old| renumbered(old, moved));
    let mut function = function.clone();
    function.package = place(function.package);
    for layer in &mut function.layers {
        layer.package = place(layer.package);
    }
    function
}

fn renumbered(old: usize, moved: &BTreeMap<usize, usize>) -> usize {
    moved.get(&old).copied().unwrap_or(usize::MAX)
}

/// Folders deeper than this are not weighed: a package with them is refused later.
const DEEPEST: usize = 64;

/// Bytes of a package's file, or of the files of its folder.
fn weight(source: &PackageSource) -> Result<u64, UsageError> {
    let cannot =
        |cause: std::io::Error| UsageError::new(format!("cannot read {}: {cause}", source.path.display()));
    let metadata = std::fs::metadata(&source.path).map_err(cannot)?;
    if metadata.is_dir() {
        return folder(&source.path, DEEPEST).map_err(cannot);
    }
    Ok(metadata.len())
}

fn weights(project: &Project) -> Result<Vec<u64>, UsageError> {
    project.packages.iter().map(weight).collect()
}

fn folder(path: &Path, left: usize) -> std::io::Result<u64> {
    let Some(left) = left.checked_sub(1) else { return Ok(0) };
    let mut sum = 0u64;
    for child in std::fs::read_dir(path)? {
        let child = child?;
        let metadata = child.metadata()?;
        let bytes = if metadata.is_dir() { folder(&child.path(), left)? } else { metadata.len() };
        sum = sum.saturating_add(bytes);
    }
    Ok(sum)
}

/// What is never divided: the functions of one package with their layers, or a package that no function names.
#[derive(Debug, Default)]
struct Unit {
    functions: Vec<usize>,
    packages: BTreeSet<usize>,
}

/// Who takes what. Runs are counted from 0 here.
struct Assignment {
    /// The bytes of each package.
    bytes: Vec<u64>,
    /// The run of each function.
    function: Vec<usize>,
    /// The run that owns each package.
    owner: Vec<usize>,
    /// The packages that each run opens.
    opened: Vec<BTreeSet<usize>>,
}

impl Assignment {
    /// The heaviest unit first, each to the run that has the least to do, or to one that has opened its layers anyway as long as
    /// that run stays within an eighth of the ideal.
    fn new(project: &Project, bytes: Vec<u64>, of: usize) -> Self {
        let weigh = |packages: &mut dyn Iterator<Item = usize>| {
            packages.fold(0u64, |sum, index| {
                sum.saturating_add(bytes.get(index).copied().unwrap_or_default().max(1))
            })
        };
        let mut units: Vec<(u64, Unit)> = units(project)
            .into_iter()
            .map(|unit| (weigh(&mut unit.packages.iter().copied()), unit))
            .collect();
        units.sort_by_key(|(weight, _)| Reverse(*weight));
        let total = weigh(&mut (0..bytes.len()));
        let share = total.checked_div(u64::try_from(of).unwrap_or(u64::MAX)).unwrap_or(total);
        let ideal = share.max(units.first().map_or(0, |(weight, _)| *weight));
        let most = ideal.saturating_add(ideal / 8);
        let mut plan = Self {
            function: vec![0; project.functions.len()],
            owner: vec![usize::MAX; project.packages.len()],
            opened: vec![BTreeSet::new(); of],
            bytes: Vec::new(),
        };
        let mut load = vec![0u64; of];
        for (_, unit) in &units {
            let choice = load.iter().zip(&plan.opened).enumerate().map(|(run, (load, opened))| {
                let more = weigh(&mut unit.packages.difference(opened).copied());
                let then = load.saturating_add(more);
                let over = then > most;
                (over, if over { 0 } else { more }, then, run)
            });
            if let Some((_, _, then, run)) = choice.min() {
                plan.take(unit, run);
                if let Some(load) = load.get_mut(run) {
                    *load = then;
                }
            }
        }
        plan.bytes = bytes;
        plan
    }

    fn take(&mut self, unit: &Unit, run: usize) {
        for function in &unit.functions {
            if let Some(taken) = self.function.get_mut(*function) {
                *taken = run;
            }
        }
        for package in &unit.packages {
            if let Some(owner) = self.owner.get_mut(*package) {
                *owner = run.min(if *owner == usize::MAX { run } else { *owner });
            }
        }
        if let Some(opened) = self.opened.get_mut(run) {
            opened.extend(&unit.packages);
        }
    }

    /// The part of one run, which the fingerprint of the plan is stamped on.
    fn part<'a>(&self, project: &Project, shard: Shard, fingerprint: String) -> Part<'a> {
        let mine = shard.index.saturating_sub(1);
        let own = positions(&self.owner, mine);
        let opened: BTreeSet<usize> = self.opened.get(mine).cloned().unwrap_or_default();
        let borrowed = opened.iter().copied().filter(|index| own.binary_search(index).is_err());
        let order: Vec<usize> = own.iter().copied().chain(borrowed).collect();
        let moved: BTreeMap<usize, usize> = order.iter().enumerate().map(|(new, old)| (*old, new)).collect();
        let functions = positions(&self.function, mine);
        let policies: Vec<usize> =
            (0..project.policies.len()).filter(|index| index.checked_rem(shard.of) == Some(mine)).collect();
        let attached: Vec<Function> = project.functions.iter().map(|one| rewired(one, &moved)).collect();
        let layer = |one: &LayerVersion| LayerVersion {
            package: one.package.map(|old| renumbered(old, &moved)),
            ..one.clone()
        };
        Part {
            packages: picked(&project.packages, &order).into(),
            positions: order,
            own: own.len(),
            functions: picked(&attached, &functions).into(),
            attached: attached.into(),
            layers: project.layers.iter().map(layer).collect(),
            policies: picked(&project.policies, &policies).into(),
            stamp: Some(Stamp { shard, plan: fingerprint, packages: own, functions, policies }),
        }
    }

    /// Equal where the same packages were seen and divided alike.
    fn fingerprint(&self, project: &Project) -> String {
        let mut hasher = blake3::Hasher::new();
        let mut part = |text: &str| {
            hasher.update(text.as_bytes());
            hasher.update(b"\0");
        };
        part("layerlintShard/v1");
        for ((source, bytes), owner) in project.packages.iter().zip(&self.bytes).zip(&self.owner) {
            part(&source.label.name);
            part(source.label.path.as_str());
            part(&format!("{bytes} {owner}"));
        }
        for (function, run) in project.functions.iter().zip(&self.function) {
            part(&function.name);
            part(&run.to_string());
        }
        part(&project.policies.len().to_string());
        hasher.finalize().to_hex().as_str().chars().take(32).collect()
    }
}

fn units(project: &Project) -> Vec<Unit> {
    let mut of_package: BTreeMap<usize, usize> = BTreeMap::new();
    let mut units: Vec<Unit> = Vec::new();
    let mut named = BTreeSet::new();
    for (index, function) in project.functions.iter().enumerate() {
        let next = units.len();
        let at = function.package.map_or(next, |package| *of_package.entry(package).or_insert(next));
        if at == next {
            units.push(Unit::default());
        }
        let layers = function.layers.iter().filter_map(|layer| layer.package);
        let packages: Vec<usize> = function.package.into_iter().chain(layers).collect();
        named.extend(packages.iter().copied());
        if let Some(unit) = units.get_mut(at) {
            unit.functions.push(index);
            unit.packages.extend(packages);
        }
    }
    let alone = (0..project.packages.len()).filter(|index| !named.contains(index));
    units.extend(alone.map(|index| Unit { functions: Vec::new(), packages: [index].into() }));
    units
}
