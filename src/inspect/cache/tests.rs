//! What is kept is believed for the same package and the same question, and for nothing else.

use std::{cell::Cell, fs, io::Write, path::Path};

use zip::write::SimpleFileOptions;

use crate::{
    archive::limits::Limits,
    inspect::{elf::maker, inventory::jobs, suspects::Suspects},
};

use super::*;

fn archive(handler: &str) -> Archive {
    let mut writer = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
    let library = maker::build(&maker::ElfSpec { machine: "x86_64", ..Default::default() });
    let package = br#"{"name": "a", "version": "1.0.0"}"#;
    for (name, bytes) in [
        ("nodejs/node_modules/a/package.json", package.as_slice()),
        ("lib/liba.so", &library),
        ("lib/cut.so", library.get(..40).unwrap()),
        ("python/app.py", handler.as_bytes()),
    ] {
        writer.start_file(name, SimpleFileOptions::default()).unwrap();
        writer.write_all(bytes).unwrap();
    }
    let bytes = writer.finish().unwrap().into_inner();
    Archive::in_memory(bytes, &Limits::default()).unwrap()
}

fn plan(folder: &Path) -> Plan {
    Plan::everything().remembering(Some(Cache::in_folder(folder, "").unwrap()))
}

/// How many entries are really looked at, and what they are found to be.
fn looked_at(archive: &Archive, plan: &Plan) -> (usize, String) {
    let count = Cell::new(0usize);
    let wanted = jobs(archive, plan, &Suspects::default());
    let mut found = recall_or(archive, plan, &wanted, |open| {
        count.set(count.get().saturating_add(open.len()));
        crate::inspect::inventory::run_bounded(archive, plan, open)
    });
    found.sort_by_key(|(index, _)| *index);
    (count.get(), format!("{found:?}"))
}

#[test]
fn what_is_known_is_not_read_again_and_what_is_broken_is() {
    let folder = tempfile::tempdir().unwrap();
    let (archive, plan) = (archive("secret = 1"), plan(folder.path()));
    let (first, found) = looked_at(&archive, &plan);
    assert!(first >= 4, "{first}");
    // the library that is cut
    assert_eq!(looked_at(&archive, &plan), (1, found));
}

#[test]
fn other_bytes_another_question_or_other_patterns_are_not_known() {
    let folder = tempfile::tempdir().unwrap();
    let known = archive("secret = 1");
    let all = looked_at(&known, &plan(folder.path())).0;
    assert_eq!(looked_at(&archive("secret = 2"), &plan(folder.path())).0, all);
    let machine_code = Plan::machine_code().remembering(Some(Cache::in_folder(folder.path(), "").unwrap()));
    assert!(looked_at(&known, &machine_code).0 >= 2);
    let own = plan(folder.path()).remembering(Some(Cache::in_folder(folder.path(), "[[rules]]").unwrap()));
    assert_eq!(looked_at(&known, &own).0, all);
    assert_eq!(looked_at(&known, &plan(folder.path())).0, 1);
}

#[test]
fn another_job_for_an_entry_is_done() {
    let folder = tempfile::tempdir().unwrap();
    let (archive, plan) = (archive("secret = 1"), plan(folder.path()));
    looked_at(&archive, &plan);
    let mut wanted = jobs(&archive, &plan, &Suspects::default());
    let suspect = wanted.iter_mut().find(|job| !job.digest && !job.only_beginning()).unwrap();
    suspect.digest = true;
    let index = suspect.index;
    let open = Cell::new(Vec::new());
    recall_or(&archive, &plan, &wanted, |jobs| {
        open.set(jobs.iter().map(|job| job.index).collect());
        crate::inspect::inventory::run_bounded(&archive, &plan, jobs)
    });
    assert!(open.take().contains(&index));
}

#[test]
fn what_was_read_before_counts_against_the_limits() {
    let folder = tempfile::tempdir().unwrap();
    let (archive, plan) = (archive("secret = 1"), plan(folder.path()));
    let wanted = jobs(&archive, &plan, &Suspects::default());
    let read = crate::inspect::inventory::run_bounded(&archive, &plan, &wanted);
    let counted = archive.read_so_far();
    let outcome = |job: &Job| read.iter().find(|(index, _)| *index == job.index).map(|(_, outcome)| outcome);
    let sum: u64 = wanted.iter().filter_map(|job| Some(cost(&archive, job, outcome(job)?))).sum();
    assert_eq!(sum, counted);
    let again = Archive::in_memory(Vec::new(), &Limits::default()).unwrap();
    again.count_as_read(counted);
    assert_eq!(again.read_so_far(), counted);
}

#[test]
fn a_folder_that_cannot_be_written_to_keeps_nothing_and_hides_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (archive, plan) = (archive("secret = 1"), plan(folder.path()));
    fs::remove_dir(folder.path()).unwrap();
    let first = looked_at(&archive, &plan);
    assert_eq!(looked_at(&archive, &plan), first);
    assert!(!folder.path().exists());
}

#[test]
fn the_oldest_files_go_first_and_no_other_file_ever() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("notes.txt"), vec![0; 4000]).unwrap();
    fs::write(folder.path().join("notes.found"), vec![0; 4000]).unwrap();
    let names: Vec<String> = (0..4).map(|number| format!("{number:064x}")).collect();
    for (age, name) in (1u64..).zip(&names) {
        store::write(folder.path(), name, &[0; 1000]).unwrap();
        let file = fs::File::options().write(true).open(folder.path().join(format!("{name}.found"))).unwrap();
        let day = std::time::Duration::from_secs(86_400 * age);
        file.set_modified(std::time::UNIX_EPOCH + day).unwrap();
    }
    store::prune(folder.path(), 2500);
    let left: Vec<bool> = names.iter().map(|name| store::read(folder.path(), name).is_some()).collect();
    assert_eq!(left, [false, false, true, true]);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 4);
}

#[test]
fn a_file_under_another_name_and_a_file_that_is_too_large_are_not_believed() {
    let folder = tempfile::tempdir().unwrap();
    let (one, two) = ("1".repeat(64), "2".repeat(64));
    store::write(folder.path(), &one, b"rows").unwrap();
    assert_eq!(store::read(folder.path(), &one).as_deref(), Some(b"rows".as_slice()));
    fs::copy(folder.path().join(format!("{one}.found")), folder.path().join(format!("{two}.found"))).unwrap();
    assert!(store::read(folder.path(), &two).is_none());
    assert!(store::write(folder.path(), &two, &vec![0; 9 << 20]).is_err());
    assert!(store::read(folder.path(), &"3".repeat(64)).is_none());
}
