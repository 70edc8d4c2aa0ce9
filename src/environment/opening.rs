//! Packages from what the inputs say about them: opened, and looked into as far as the plan says.

use std::{cmp::Reverse, collections::BTreeMap, sync::OnceLock};

use rayon::prelude::*;

use crate::{
    archive::{archive::Archive, limits::Limits},
    input::{
        error::UsageError,
        partition::Part,
        project::{Function, PackageSource, Role},
    },
    inspect::{
        inventory::{Inventory, hash_more, inspect},
        nested::Nested,
        plan::Plan,
        suspects::{Suspects, suspects},
    },
    model::{entry_path::EntryPath, page::Need},
};

use super::{
    package::{Package, RoleBy},
    role,
};

/// Opens and inspects all packages of a part.
pub fn open_all(part: &Part<'_>, plan: &Plan, limits: &Limits) -> Result<Vec<Package>, UsageError> {
    Shelf::default().open(part, plan, limits)
}

/// Packages that stay open from one part to a later one, because functions of both have them.
#[derive(Default)]
pub struct Shelf(BTreeMap<usize, Package>);

/// A package that is yet to be looked into, or one that was.
enum Held {
    Fresh(Box<Archive>),
    Known(Box<Package>),
}

impl Held {
    fn archive(&self) -> &Archive {
        match self {
            Self::Fresh(archive) => archive,
            Self::Known(package) => &package.archive,
        }
    }
}

impl Shelf {
    /// Opens and inspects the packages of a part; those that lie here are taken.
    pub fn open(
        &mut self,
        part: &Part<'_>,
        plan: &Plan,
        limits: &Limits,
    ) -> Result<Vec<Package>, UsageError> {
        let known: Vec<Option<Package>> = part.positions.iter().map(|at| self.0.remove(at)).collect();
        let open = |(known, source): (Option<Package>, &PackageSource)| match known {
            Some(package) => Ok(Held::Known(Box::new(package))),
            None if source.is_bare => Archive::of_file(&source.path, limits).map(Box::new).map(Held::Fresh),
            None => Archive::open(&source.path, limits).map(Box::new).map(Held::Fresh),
        };
        let held: Vec<Held> = known
            .into_par_iter()
            .zip(&*part.packages)
            .map(open)
            .collect::<Result<_, _>>()
            .map_err(|error| UsageError::new(error.to_string()))?;
        let archives: Vec<&Archive> = held.iter().map(Held::archive).collect();
        let suspects = if plan.needs(Need::Digests) {
            suspects(&archives, together(&part.functions).iter().map(Vec::as_slice))
        } else {
            held.iter().map(|_| Suspects::default()).collect()
        };
        Ok(look_into(held, part, plan, &suspects))
    }

    /// Lays aside the packages of a part that are wanted later.
    pub fn keep(&mut self, part: &Part<'_>, packages: Vec<Package>, wanted: impl Fn(usize) -> bool) {
        let later = part.positions.iter().copied().zip(packages).filter(|(at, _)| wanted(*at));
        self.0.extend(later);
    }
}

/// Looks into packages, the largest first, so that no thread is left with a big one at the end.
fn look_into(held: Vec<Held>, part: &Part<'_>, plan: &Plan, suspects: &[Suspects]) -> Vec<Package> {
    let mut work: Vec<_> = held.into_iter().zip(&*part.packages).zip(suspects).enumerate().collect();
    work.sort_by_key(|(_, ((held, _), _))| Reverse(held.archive().unzipped()));
    let mut packages: Vec<(usize, Package)> = work
        .into_iter()
        // hands out the work in this order
        .par_bridge()
        .map(|(at, ((held, source), suspects))| match held {
            Held::Fresh(archive) => (at, package(*archive, source, plan, suspects)),
            Held::Known(mut package) => {
                let known = &mut *package;
                hash_more(&known.archive, &mut known.inventory, suspects);
                (at, *package)
            }
        })
        .collect();
    packages.sort_by_key(|(at, _)| *at);
    packages.into_iter().map(|(_, package)| package).collect()
}

/// What the functions have together.
fn together(functions: &[Function]) -> Vec<Vec<usize>> {
    let of = |function: &Function| {
        function.package.into_iter().chain(function.layers.iter().filter_map(|layer| layer.package)).collect()
    };
    functions.iter().map(of).collect()
}

fn package(archive: Archive, source: &PackageSource, plan: &Plan, suspects: &Suspects) -> Package {
    let mut inventory = inspect(&archive, plan, suspects);
    let (role, role_by) = match source.role {
        Some(role) => (role, RoleBy::Declared),
        None => (role::of(&archive), RoleBy::Content),
    };
    let nested = std::mem::take(&mut inventory.nested);
    Package {
        label: source.label.clone(),
        role,
        role_by,
        nested: nested.into_iter().map(|one| inner_package(one, source, role)).collect(),
        inside: None,
        archive,
        inventory,
        compatible_runtimes: source.compatible_runtimes.clone(),
        compatible_architectures: source.compatible_architectures.clone(),
        declared_at: source.declared_at.clone(),
        groups: OnceLock::new(),
        ballast: OnceLock::new(),
    }
}

/// An archive inside of a package, for the rules that look at archives.
fn inner_package(nested: Nested, source: &PackageSource, role: Role) -> Package {
    Package {
        label: source.label.clone(),
        role,
        role_by: RoleBy::Content,
        nested: Vec::new(),
        inside: Some(EntryPath::new(&nested.path)),
        archive: nested.archive,
        inventory: Inventory { anomalies: nested.anomalies, ..Inventory::default() },
        compatible_runtimes: Vec::new(),
        compatible_architectures: Vec::new(),
        declared_at: source.declared_at.clone(),
        groups: OnceLock::new(),
        ballast: OnceLock::new(),
    }
}
