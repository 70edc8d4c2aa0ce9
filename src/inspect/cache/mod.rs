//! What the entries of packages were found to be, kept in a folder from one run to the next where that is asked for.
//!
//! Rows are found by the bytes of the whole file and by everything else that has a say in them: this program, its knowledge, what the
//! rules need, the limits. A row counts only for the same job on an entry of the same size and CRC-32. What is wrong with an entry
//! is not kept: it is looked at each time.

use std::{
    collections::BTreeMap,
    io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use serde::{Deserialize, Serialize};

use crate::archive::{archive::Archive, entry::Entry};

use super::{
    inventory::{Job, Outcome},
    machine_code::Format,
    plan::Plan,
};

mod store;
#[cfg(test)]
mod tests;

/// Changes with the form of the rows.
const FORM: &str = "layerlintCache/v1";

/// The part of a file, one in so many bytes, from which on remembering it is cheaper than reading it: to know a file all its bytes are
/// hashed, which takes about a tenth of the time of inflating them.
const WORTH_IT: u64 = 8;

/// Where rows are kept.
#[derive(Clone, Debug)]
pub struct Cache {
    folder: PathBuf,
    /// What else has a say in what is found: a team's own patterns.
    own: String,
    written: Arc<AtomicBool>,
}

/// What one entry was found to be.
#[derive(Serialize, Deserialize)]
struct Row<O> {
    job: Job,
    crc: Option<u32>,
    size: u64,
    outcome: O,
}

impl Cache {
    /// A cache in a folder, which is made where it is not there, for nobody else to read. Fails when it cannot be made.
    pub fn in_folder(folder: &Path, own: &str) -> io::Result<Self> {
        store::make_folder(folder)?;
        Ok(Self { folder: folder.to_owned(), own: own.to_owned(), written: Arc::default() })
    }

    /// Takes the oldest rows away, where there have become too many.
    pub fn tidy(&self) {
        if self.written.load(Ordering::Relaxed) {
            store::prune(&self.folder, store::MOST_OF_ALL);
        }
    }

    /// The name of the rows of a package; nothing when its bytes cannot be read.
    fn name(&self, archive: &Archive, plan: &Plan) -> Option<String> {
        let mut hasher = blake3::Hasher::new();
        hasher.update(&archive.digest()?);
        let needs = plan.described();
        let limits = format!("{:?}", archive.limits());
        let version = env!("CARGO_PKG_VERSION");
        for part in [FORM, version, env!("LAYERLINT_KNOWLEDGE"), &needs, &limits, &self.own] {
            hasher.update(blake3::hash(part.as_bytes()).as_bytes());
        }
        Some(hasher.finalize().to_hex().to_string())
    }

    fn rows(&self, name: &str) -> BTreeMap<usize, Row<Outcome>> {
        let rows: Option<Vec<Row<Outcome>>> =
            store::read(&self.folder, name).and_then(|body| serde_json::from_slice(&body).ok());
        rows.unwrap_or_default().into_iter().map(|row| (row.job.index, row)).collect()
    }

    /// Keeps what was found. A full disk or a folder that may not be written to is no fault of the package: it is looked at again.
    fn keep(&self, name: &str, rows: &[Row<&Outcome>]) {
        let written =
            serde_json::to_vec(rows).is_ok_and(|body| store::write(&self.folder, name, &body).is_ok());
        self.written.fetch_or(written, Ordering::Relaxed);
    }
}

/// What the jobs of a package find, from the cache where there is one and it knows, else by the work.
pub(super) fn recall_or(
    archive: &Archive,
    plan: &Plan,
    jobs: &[Job],
    work: impl Fn(&[Job]) -> Vec<(usize, Outcome)>,
) -> Vec<(usize, Outcome)> {
    let cache = plan.cache().filter(|_| is_worth_it(archive, jobs));
    let Some((cache, name)) = cache.and_then(|cache| Some((cache, cache.name(archive, plan)?))) else {
        return work(jobs);
    };
    let mut known = cache.rows(&name);
    let (mut done, mut open) = (Vec::new(), Vec::new());
    for job in jobs {
        match known.remove(&job.index).filter(|row| row.is_of(job, archive)) {
            Some(row) => {
                archive.count_as_read(cost(archive, job, &row.outcome));
                done.push((job.index, row.outcome.of_entry(job.index)));
            }
            None => open.push(*job),
        }
    }
    if !open.is_empty() {
        let found = work(&open);
        let is_new = !rows(archive, &open, &found).is_empty();
        done.extend(found);
        if is_new {
            cache.keep(&name, &rows(archive, jobs, &done));
        }
    }
    done
}

fn rows<'a>(archive: &Archive, jobs: &[Job], done: &'a [(usize, Outcome)]) -> Vec<Row<&'a Outcome>> {
    let jobs: BTreeMap<usize, &Job> = jobs.iter().map(|job| (job.index, job)).collect();
    let row = |(index, outcome): &'a (usize, Outcome)| {
        let (job, entry) = (jobs.get(index)?, archive.entries().get(*index)?);
        is_kept(job, outcome).then_some(Row { job: **job, crc: entry.crc, size: entry.size.0, outcome })
    };
    done.iter().filter_map(row).collect()
}

impl Row<Outcome> {
    fn is_of(&self, job: &Job, archive: &Archive) -> bool {
        let same = |entry: &Entry| entry.crc == self.crc && entry.size.0 == self.size;
        self.job == *job && archive.entries().get(job.index).is_some_and(same)
    }
}

/// Whether the jobs read enough of the file to make up for hashing it.
fn is_worth_it(archive: &Archive, jobs: &[Job]) -> bool {
    let whole = jobs.iter().filter(|job| !job.only_beginning());
    let read: u64 = whole
        .filter_map(|job| archive.entries().get(job.index))
        .fold(0, |sum, entry| sum.saturating_add(entry.compressed.0));
    archive.zipped().is_some_and(|file| read.saturating_mul(WORTH_IT) >= file.0 && read > 0)
}

/// Whether it is remembered: nothing is that went wrong.
fn is_kept(job: &Job, outcome: &Outcome) -> bool {
    let is_broken = matches!(&outcome.binary, Some(Format::Elf(facts)) if facts.problem.is_some());
    outcome.anomaly.is_none() && !is_broken && outcome.digest.is_some() == job.digest
}

/// The bytes that the work would have counted against the limits.
fn cost(archive: &Archive, job: &Job, outcome: &Outcome) -> u64 {
    let Some(entry) = archive.entries().get(job.index) else { return 0 };
    let whole = entry.size.max(entry.compressed).0;
    let beginning = entry.size.0.min(u64::try_from(super::inventory::PREFIX).unwrap_or(u64::MAX));
    match (job.only_beginning(), outcome.binary.is_some()) {
        (false, _) => whole,
        (true, false) => beginning,
        (true, true) => whole.saturating_add(beginning),
    }
}
