//! What is looked at, how often, and that the number of threads does not show.

#![allow(
    clippy::pedantic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a fault of a test is a panic"
)]

mod support;

use std::fs;

use layerlint::{
    archive::{anomaly::AnomalyKind, archive::Archive, limits::Limits},
    inspect::{
        inventory::{Inventory, inspect},
        machine_code::Format,
        plan::Plan,
        suspects::{Suspects, suspects},
    },
    rules::pages,
};
use support::recipe;

const MANY: &str = r##"
entries = [
  { path = "python/a/_x.so", elf = { needs = { "libc.so.6" = ["GLIBC_2.17"] }, exports = ["PyInit__x"] } },
  { path = "python/a/_y.so.1.2", elf = { machine = "aarch64" } },
  { path = "python/a/text.so", text = "libz.so.1" },
  { path = "python/a/tool", elf = { executable = true }, mode = "700" },
  { path = "python/a/data", elf = { executable = true }, mode = "644" },
  { path = "python/a/script", text = "#!/bin/sh", mode = "755" },
  { path = "python/a/bad.so", text = "broken", lie = { crc = 1 } },
  { path = "python/pkg-1.0.dist-info/WHEEL", text = "Tag: py3-none-any" },
  { path = "python/Other.Pkg-2.0.dist-info/WHEEL", text = "Tag: cp312-cp312-linux_x86_64" },
  { path = "nodejs/node_modules/@s/n/package.json", text = "{\"version\": \"3.0.0\"}" },
  { path = "nodejs/node_modules/n/test/package.json", text = "{\"version\": \"9\"}" },
  { path = "lib/libx.so", symlink = "libx.so.1" },
  { path = "extensions/agent", text = "#!/bin/sh", mode = "755" },
]
"##;

struct Opened {
    _folder: tempfile::TempDir,
    archive: Archive,
}

fn opened() -> Opened {
    let layer: recipe::Layer = toml::from_str(MANY).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("x.zip");
    fs::write(&path, recipe::zip_of(&layer.entries, folder.path())).unwrap();
    Opened { archive: Archive::open(&path, &Limits::default()).unwrap(), _folder: folder }
}

fn everything() -> Plan {
    Plan::new(pages::ALL.iter().copied())
}

/// Beside its own copy every entry is suspect.
fn all_suspects(one: Archive, two: Archive) -> (Archive, Suspects) {
    let archives = [one, two];
    let mut found = suspects(&archives.each_ref(), std::iter::once(&[0, 1][..]));
    let [one, _] = archives;
    (one, found.swap_remove(0))
}

fn paths(archive: &Archive, indices: impl Iterator<Item = usize>) -> Vec<&str> {
    indices.map(|index| archive.entries()[index].path.as_str()).collect()
}

#[test]
fn machine_code_is_found_by_name_and_by_its_first_bytes() {
    let Opened { archive, _folder } = opened();
    let inventory = inspect(&archive, &everything(), &Suspects::default());
    let elf = inventory.binaries.iter().filter(|one| matches!(one.format, Format::Elf(_)));
    let found = paths(&archive, elf.map(|one| one.entry));
    assert_eq!(found, ["python/a/_x.so", "python/a/_y.so.1.2", "python/a/tool"]);
    let other = inventory.binaries.iter().filter(|one| !matches!(one.format, Format::Elf(_)));
    assert_eq!(paths(&archive, other.map(|one| one.entry)), ["python/a/text.so", "extensions/agent"]);
    for index in 0..archive.entries().len() {
        let slow = inventory.binaries.iter().find(|one| one.entry == index);
        assert_eq!(inventory.binary(index).map(|one| one.entry), slow.map(|one| one.entry));
    }
}

#[test]
fn links_beginnings_packages_and_damage_are_told() {
    let Opened { archive, _folder } = opened();
    let inventory = inspect(&archive, &everything(), &Suspects::default());
    assert_eq!(inventory.links.values().collect::<Vec<_>>(), ["libx.so.1"]);
    assert_eq!(paths(&archive, inventory.prefixes.keys().copied()), ["python/a/text.so", "extensions/agent"]);
    let packages: Vec<(&str, &str, bool)> = inventory
        .distributions
        .iter()
        .map(|one| (one.name.as_str(), one.version.as_str(), one.any_platform))
        .collect();
    assert_eq!(packages, [("other-pkg", "2.0", false), ("pkg", "1.0", true), ("@s/n", "3.0.0", false)]);
    let damaged: Vec<&str> = paths(&archive, inventory.anomalies.iter().filter_map(|one| one.entry));
    assert_eq!(damaged, ["python/a/bad.so"]);
    assert!(matches!(inventory.anomalies[0].kind, AnomalyKind::BadCrc { .. }));
    assert!(inventory.digests.is_empty());
}

#[test]
fn what_no_rule_needs_is_not_read() {
    let Opened { archive, _folder } = opened();
    let Inventory { binaries, links, prefixes, digests, anomalies, .. } =
        inspect(&archive, &Plan::default(), &Suspects::default());
    assert!(binaries.is_empty() && links.is_empty() && prefixes.is_empty());
    assert!(digests.is_empty() && anomalies.is_empty());
}

#[test]
fn digests_are_those_of_the_content() {
    let (archive, suspects) = all_suspects(opened().archive, opened().archive);
    let inventory = inspect(&archive, &Plan::default(), &suspects);
    let index = archive.position("python/a/script").unwrap();
    assert_eq!(inventory.digests[&index], *blake3::hash(b"#!/bin/sh").as_bytes());
    assert_eq!(inventory.digests[&index], inventory.digests[&archive.position("extensions/agent").unwrap()]);
    assert_eq!(inventory.digests.len(), archive.entries().iter().filter(|one| one.is_file()).count() - 1);
    // the damaged one has no digest, and it is not told of a package because of another one
    assert_eq!(inventory.anomalies, []);
}

#[test]
fn only_what_may_be_equal_is_compared() {
    let Opened { archive, _folder } = opened();
    let archives = [archive];
    let alone = suspects(&archives.each_ref(), std::iter::empty());
    let inventory = inspect(&archives[0], &Plan::default(), &alone[0]);
    let compared = paths(&archives[0], inventory.digests.keys().copied());
    assert_eq!(compared, ["python/a/tool", "python/a/data", "python/a/script", "extensions/agent"]);
}

#[test]
fn the_number_of_threads_does_not_show() {
    let (archive, suspects) = all_suspects(opened().archive, opened().archive);
    let on = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        format!("{:?}", pool.install(|| inspect(&archive, &everything(), &suspects)))
    };
    let alone = on(1);
    assert!(alone.contains("GLIBC_2.17"));
    for _ in 0..20 {
        assert_eq!(on(16), alone);
    }
}
