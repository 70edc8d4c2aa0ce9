//! Packages from what the inputs say about them: opened, and looked into as far as the plan says.

use std::sync::OnceLock;

use rayon::prelude::*;

use crate::{
    archive::{archive::Archive, limits::Limits},
    input::{
        error::UsageError,
        partition::Part,
        project::{Function, PackageSource, Role},
    },
    inspect::{
        inventory::{Inventory, inspect},
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
    let archives: Vec<Archive> = part
        .packages
        .par_iter()
        .map(|source| {
            let open = if source.is_bare { Archive::of_file } else { Archive::open };
            open(&source.path, limits)
        })
        .collect::<Result<_, _>>()
        .map_err(|error| UsageError::new(error.to_string()))?;
    let suspects = if plan.needs(Need::Digests) {
        suspects(&archives, together(&part.functions).iter().map(Vec::as_slice))
    } else {
        archives.iter().map(|_| Suspects::default()).collect()
    };
    Ok(archives
        .into_par_iter()
        .zip(&*part.packages)
        .zip(suspects)
        .map(|((archive, source), suspects)| package(archive, source, plan, &suspects))
        .collect())
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
