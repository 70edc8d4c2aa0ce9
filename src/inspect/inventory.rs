//! Everything that the content of one package was found to be.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet, HashMap},
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
};

use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::{
    archive::{
        Scratch,
        anomaly::{Anomaly, AnomalyKind},
        archive::Archive,
        entry::{Entry, EntryKind},
    },
    data::{
        machine_code::{is_code_name, is_started},
        secrets::may_be_text,
    },
    model::page::Need,
};

use super::{
    cache, distributions, machine_code,
    nested::{self, Nested},
    plan::Plan,
    record::{self, Recorded},
    secrets,
    suspects::Suspects,
    wheels::{self, Owner, Wheel},
};
pub use super::{
    distributions::{Distribution, Ecosystem},
    machine_code::Binary,
    record::Altered,
    secrets::Secret,
};

/// Bytes of a beginning that are kept.
pub const PREFIX: usize = 512;

/// The longest target of a link that a file system takes.
const LONGEST_TARGET: u64 = 4096;

/// Whoever may execute it: a program that only its owner may start is machine code too.
const EXECUTE: u32 = 0o111;

/// A text this short that is named like a library may be a link that was flattened.
const TINY: u64 = 200;

/// What was found in one package. Indices are those of the archive's entries.
#[derive(Debug, Default)]
pub struct Inventory {
    /// Files that are machine code, or are named as if they were.
    pub binaries: Vec<Binary>,
    /// Targets of symbolic links.
    pub links: BTreeMap<usize, String>,
    /// Beginnings of files that would be executed.
    pub prefixes: BTreeMap<usize, Vec<u8>>,
    /// Installed packages of the languages.
    pub distributions: Vec<Distribution>,
    /// What installed wheels say of themselves.
    pub wheels: BTreeMap<Owner, Wheel>,
    /// BLAKE3 of entries that share size and CRC-32 with another.
    pub digests: BTreeMap<usize, [u8; 32]>,
    /// Texts that look like credentials.
    pub secrets: Vec<Secret>,
    /// Files that exist to hold credentials, and do.
    pub credential_files: BTreeSet<usize>,
    /// `.pth` files with code of unknown make, and the line it stands on.
    pub hooks: BTreeMap<usize, usize>,
    /// Sources of installed wheels that are not what their `RECORD` says.
    pub altered: Vec<Altered>,
    /// Archives inside of it, opened as deep as the limit goes.
    pub nested: Vec<Nested>,
    /// The names of archives that lie deeper.
    pub unopened: Vec<String>,
    /// What was wrong with the entries that were read, and with the structure where that was asked for.
    pub anomalies: Vec<Anomaly>,
}

/// Looks into a package as far as the plan says. The result does not depend on the number of threads.
pub fn inspect(archive: &Archive, plan: &Plan, suspects: &Suspects) -> Inventory {
    let jobs = jobs(archive, plan, suspects);
    let mut done = cache::recall_or(archive, plan, &jobs, |jobs| run_bounded(archive, plan, jobs));
    done.sort_by_key(|(index, _)| *index);
    // names alone tell Python's distributions: nothing is read
    let mut inventory =
        Inventory { distributions: distributions::of_python(archive), ..Inventory::default() };
    let mut sources = Sources::default();
    for (index, mut outcome) in done {
        sources.take(index, &mut outcome);
        inventory.take(index, outcome);
    }
    inventory.mark();
    inventory.altered = sources.altered(archive);
    inventory.distributions.sort();
    inventory.look_at_structure(archive, plan);
    inventory
}

/// What is wanted of each entry, the largest first, so that no thread is left with a big one at the end.
pub(super) fn jobs(archive: &Archive, plan: &Plan, suspects: &Suspects) -> Vec<Job> {
    let entries = archive.entries();
    let wanted = |(index, entry): (usize, &Entry)| job(index, entry, plan, suspects);
    let mut jobs: Vec<Job> = entries.iter().enumerate().filter_map(wanted).collect();
    jobs.sort_by_key(|job| Reverse(entries.get(job.index).map(|entry| entry.compressed)));
    jobs
}

/// Hashes the entries that a package is compared by with others than before.
pub fn hash_more(archive: &Archive, inventory: &mut Inventory, suspects: &Suspects) {
    let mut scratch = Scratch::default();
    for (index, entry) in archive.entries().iter().enumerate() {
        if entry.is_file() && suspects.has(entry) && !inventory.digests.contains_key(&index) {
            let _alone =
                (entry.size.0 > NEVER_LARGE).then(|| LARGE.lock().unwrap_or_else(PoisonError::into_inner));
            let digest = archive.read(index, &mut scratch).map(|bytes| *blake3::hash(bytes).as_bytes());
            inventory.digests.extend(digest.ok().map(|digest| (index, digest)));
        }
    }
}

/// Bytes that all threads together may hold of entries that they read at once.
const IN_FLIGHT: u64 = 256 << 20;

/// Entries that are read beside others however many threads there are.
const NEVER_LARGE: u64 = 16 << 20;

/// Whoever holds it reads entries that are too large to be read beside others, in whatever package.
static LARGE: Mutex<()> = Mutex::new(());

/// Runs all jobs. Entries so large that one for each thread would be too much are read one after the other.
pub(super) fn run_bounded(archive: &Archive, plan: &Plan, jobs: &[Job]) -> Vec<(usize, Outcome)> {
    let threads = u64::try_from(rayon::current_num_threads()).unwrap_or(1).max(1);
    let most = IN_FLIGHT.checked_div(threads).unwrap_or(IN_FLIGHT).max(NEVER_LARGE);
    let is_large = |job: &Job| {
        let entry = archive.entries().get(job.index);
        entry.is_some_and(|entry| entry.size.saturating_add(entry.compressed).0 > most)
    };
    let (large, small): (Vec<&Job>, Vec<&Job>) = jobs.iter().partition(|job| is_large(job));
    let mut done = Vec::with_capacity(jobs.len());
    if !large.is_empty() {
        // a thread that panicked has left nothing half-done behind this lock
        let _alone = LARGE.lock().unwrap_or_else(PoisonError::into_inner);
        let mut scratch = Scratch::default();
        done.extend(large.iter().map(|job| (job.index, run(archive, plan, job, &mut scratch))));
    }
    done.extend(run_all(archive, plan, &small));
    done
}

/// Runs all jobs, with one scratch per thread: the buffers of large libraries are made once, not once per library.
///
/// Each thread takes the next job when it is done with one, so the order of starting is the order of the jobs.
fn run_all(archive: &Archive, plan: &Plan, jobs: &[&Job]) -> Vec<(usize, Outcome)> {
    let next = AtomicUsize::new(0);
    let work = |_| {
        let mut scratch = Scratch::default();
        let mut done = Vec::new();
        while let Some(job) = jobs.get(next.fetch_add(1, Ordering::Relaxed)) {
            done.push((job.index, run(archive, plan, job, &mut scratch)));
        }
        done
    };
    let threads = rayon::current_num_threads().min(jobs.len());
    (0..threads).into_par_iter().with_max_len(1).flat_map_iter(work).collect()
}

/// What is wanted of one entry.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Job {
    pub(super) index: usize,
    code: Wanted,
    link: bool,
    prefix: bool,
    package_json: bool,
    wheel: bool,
    pub(super) digest: bool,
    /// Nothing but the comparison with another package asks for it.
    only_compared: bool,
    text: bool,
    record: bool,
    sha256: bool,
    verify: bool,
}

/// Whether an entry is looked at as machine code.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
enum Wanted {
    No,
    /// Whatever it is: its name says code, or it will be started.
    Yes,
    /// Only if it begins like a program of Linux or macOS.
    IfProgram,
}

fn job(index: usize, entry: &Entry, plan: &Plan, suspects: &Suspects) -> Option<Job> {
    let path = entry.path.as_str();
    let file = entry.is_file();
    let started = is_started(path);
    let code = match plan.needs(Need::MachineCode) && file {
        false => Wanted::No,
        true if is_code_name(entry.path.file_name()) || started => Wanted::Yes,
        true if is_executable(entry) && !entry.path.file_name().contains('.') => Wanted::IfProgram,
        true => Wanted::No,
    };
    let job = Job {
        index,
        code,
        link: plan.needs(Need::Links) && entry.kind == EntryKind::Symlink && entry.size.0 <= LONGEST_TARGET,
        prefix: plan.needs(Need::Prefixes)
            && file
            && (started || (entry.size.0 <= TINY && is_code_name(entry.path.file_name()))),
        package_json: (plan.needs(Need::Distributions) || plan.needs(Need::MachineCode))
            && file
            && entry.size.0 <= distributions::LARGEST
            && distributions::is_package_json(path),
        wheel: plan.needs(Need::MachineCode)
            && file
            && entry.size.0 <= record::LARGEST
            && (wheels::is_wheel_file(path) || record::is_record(path)),
        digest: file && suspects.has(entry),
        only_compared: false,
        text: plan.needs(Need::Texts) && file && is_searched(entry),
        record: plan.needs(Need::Records)
            && file
            && entry.size.0 <= record::LARGEST
            && record::is_record(path),
        sha256: plan.needs(Need::Records) && file && record::is_compared(path),
        verify: plan.verifies() && (file || entry.kind == EntryKind::Symlink),
    };
    let for_itself =
        job.code != Wanted::No || job.prefix || Job { digest: suspects.has_within(entry), ..job }.is_whole();
    (for_itself || job.digest).then_some(Job { only_compared: !for_itself, ..job })
}

fn is_searched(entry: &Entry) -> bool {
    (1..=secrets::LARGEST).contains(&entry.size.0) && may_be_text(entry.path.file_name())
}

fn is_executable(entry: &Entry) -> bool {
    entry.mode.host.has_unix_mode() && entry.mode.bits & EXECUTE != 0
}

#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Outcome {
    pub(super) binary: Option<machine_code::Format>,
    link: Option<String>,
    prefix: Option<Vec<u8>>,
    distribution: Option<Distribution>,
    wheel: Option<(Owner, Wheel)>,
    pub(super) digest: Option<[u8; 32]>,
    secrets: Vec<Secret>,
    credential_file: bool,
    hook: Option<usize>,
    recorded: Vec<Recorded>,
    sha256: Option<[u8; 32]>,
    #[serde(skip)]
    pub(super) anomaly: Option<AnomalyKind>,
}

fn run(archive: &Archive, plan: &Plan, job: &Job, scratch: &mut Scratch) -> Outcome {
    if job.only_beginning() {
        return run_beginning(archive, plan, job, scratch);
    }
    match archive.read(job.index, scratch) {
        // what a package is found to be does not depend on which others are looked at with it
        Err(_) if job.only_compared => Outcome::default(),
        Err(anomaly) => Outcome { anomaly: Some(anomaly), ..Outcome::default() },
        Ok(bytes) => outcome(archive, plan, job, bytes),
    }
}

fn run_beginning(archive: &Archive, plan: &Plan, job: &Job, scratch: &mut Scratch) -> Outcome {
    match archive.read_prefix(job.index, PREFIX, scratch) {
        Err(anomaly) => Outcome { anomaly: Some(anomaly), ..Outcome::default() },
        Ok(bytes) if job.code == Wanted::IfProgram && machine_code::begins_like_code(bytes) => {
            run(archive, plan, &Job { code: Wanted::Yes, ..*job }, scratch)
        }
        Ok(bytes) => Outcome { prefix: job.prefix.then(|| bytes.to_vec()), ..Outcome::default() },
    }
}

fn outcome(archive: &Archive, plan: &Plan, job: &Job, bytes: &[u8]) -> Outcome {
    let path = archive.entries().get(job.index).map(|entry| entry.path.as_str()).unwrap_or_default();
    Outcome {
        binary: match job.code {
            Wanted::Yes => Some(machine_code::identify(bytes)),
            Wanted::IfProgram if machine_code::begins_like_code(bytes) => Some(machine_code::identify(bytes)),
            Wanted::IfProgram | Wanted::No => None,
        },
        link: job.link.then(|| String::from_utf8_lossy(bytes).into_owned()),
        prefix: job.prefix.then(|| bytes.get(..PREFIX).unwrap_or(bytes).to_vec()),
        distribution: job
            .package_json
            .then(|| distributions::of_package_json(path, job.index, bytes))
            .flatten(),
        wheel: if job.wheel { wheels::read(path, bytes) } else { None },
        digest: job.digest.then(|| *blake3::hash(bytes).as_bytes()),
        secrets: if job.text { secrets::find(plan.patterns(), job.index, path, bytes) } else { Vec::new() },
        credential_file: job.text && secrets::is_credential_file(path, bytes),
        hook: if job.text { secrets::code_line(path, bytes) } else { None },
        recorded: if job.record { record::parse(path, bytes) } else { Vec::new() },
        sha256: job.sha256.then(|| Sha256::digest(bytes).into()),
        anomaly: None,
    }
}

impl Outcome {
    /// The same, of this entry and of no other, whatever a file of a cache may claim.
    pub(super) fn of_entry(mut self, index: usize) -> Self {
        self.secrets.retain(|secret| secret.entry == index);
        self.distribution = self.distribution.filter(|one| one.metadata == index);
        self
    }
}

impl Job {
    pub(super) fn only_beginning(&self) -> bool {
        self.code != Wanted::Yes && !self.is_whole()
    }

    /// Whether something but machine code asks for the whole entry.
    fn is_whole(&self) -> bool {
        self.link
            || self.package_json
            || self.wheel
            || self.digest
            || self.text
            || self.record
            || self.sha256
            || self.verify
    }
}

/// Sources with their hashes, and what the wheels say that they are.
#[derive(Default)]
struct Sources {
    sha256: HashMap<usize, [u8; 32]>,
    recorded: Vec<(usize, Vec<Recorded>)>,
}

impl Sources {
    fn take(&mut self, index: usize, outcome: &mut Outcome) {
        self.sha256.extend(outcome.sha256.take().map(|hash| (index, hash)));
        if !outcome.recorded.is_empty() {
            self.recorded.push((index, std::mem::take(&mut outcome.recorded)));
        }
    }

    fn altered(&self, archive: &Archive) -> Vec<Altered> {
        let differs = |one: &Recorded| {
            let entry = archive.position(&one.path)?;
            self.sha256.get(&entry).is_some_and(|hash| *hash != one.sha256).then_some(entry)
        };
        let rows = self.recorded.iter().flat_map(|(record, rows)| rows.iter().map(move |row| (*record, row)));
        let mut altered: Vec<Altered> =
            rows.filter_map(|(record, row)| Some(Altered { entry: differs(row)?, record })).collect();
        altered.sort();
        altered
    }
}

impl Inventory {
    fn take(&mut self, index: usize, outcome: Outcome) {
        self.binaries.extend(outcome.binary.map(|format| Binary { entry: index, format }));
        self.links.extend(outcome.link.map(|target| (index, target)));
        self.prefixes.extend(outcome.prefix.map(|bytes| (index, bytes)));
        self.distributions.extend(outcome.distribution);
        if let Some((owner, wheel)) = outcome.wheel {
            self.wheels.entry(owner).or_default().add(wheel);
        }
        self.digests.extend(outcome.digest.map(|digest| (index, digest)));
        self.secrets.extend(outcome.secrets);
        self.hooks.extend(outcome.hook.map(|line| (index, line)));
        self.credential_files.extend(outcome.credential_file.then_some(index));
        self.anomalies.extend(outcome.anomaly.map(|kind| Anomaly { entry: Some(index), kind }));
    }

    /// Headers, the bytes between entries, and archives inside.
    fn look_at_structure(&mut self, archive: &Archive, plan: &Plan) {
        if plan.needs(Need::LocalHeaders) {
            self.anomalies.extend(archive.structure());
        }
        if plan.needs(Need::Nested) {
            let inside = nested::open_all(archive);
            self.anomalies.extend(inside.anomalies);
            self.nested = inside.archives;
            self.unopened = inside.unopened;
        }
        self.anomalies.sort();
        self.anomalies.dedup();
        // what the directory alone has shown is told once
        self.anomalies.retain(|anomaly| archive.anomalies().binary_search(anomaly).is_err());
    }

    fn mark(&mut self) {
        for one in self.distributions.iter_mut().filter(|one| one.ecosystem == Ecosystem::Python) {
            let wheel = self.wheels.get(&(one.folder.clone(), one.name.clone()));
            one.any_platform = wheel.is_some_and(Wheel::is_for_any_platform);
        }
    }

    /// Whether a path belongs to a Python distribution whose wheel runs on any platform.
    pub fn is_of_any_platform(&self, path: &str) -> bool {
        self.distributions.iter().filter(|one| one.any_platform).any(|one| {
            let below = if one.folder.is_empty() {
                Some(path)
            } else {
                path.strip_prefix(&one.folder).and_then(|rest| rest.strip_prefix('/'))
            };
            below
                .and_then(|below| below.split('/').next())
                .is_some_and(|top| distributions::normalised(top) == one.name)
        })
    }

    /// Whether a path belongs to an npm package that is not meant for Linux.
    pub fn is_of_other_system(&self, path: &str) -> bool {
        self.distributions.iter().filter(|one| one.not_for_linux).any(|one| {
            let below = path.strip_prefix(&one.folder).and_then(|rest| rest.strip_prefix('/'));
            below.and_then(|below| below.strip_prefix(&one.name)).is_some_and(|rest| rest.starts_with('/'))
        })
    }

    /// The facts about one entry's machine code.
    pub fn binary(&self, index: usize) -> Option<&Binary> {
        let at = self.binaries.binary_search_by_key(&index, |binary| binary.entry).ok()?;
        self.binaries.get(at)
    }
}
