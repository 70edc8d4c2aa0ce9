//! Judging one package after the other, with what each cost.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use layerlint::{
    archive::{Scratch, archive::Archive, limits::Limits},
    check::{Options, check},
    input::{adhoc::AdHoc, project::Project},
    output::{Format, Style, render},
};

use super::run;

/// The runtime of packages that are judged without one of their own.
pub const PYTHON: &str = "python3.12";

/// No case may take more time of the processor, all threads together, at the default limits.
pub const LONGEST: Duration = Duration::from_secs(10);

/// No case may take more memory than there was before it, at the default limits: bytes.
pub const MOST_MEMORY: u64 = 512 << 20;

/// What a report says of what the file system did not let be read.
pub const UNREAD: &str = "archive/unreadable-file (not analysed)";

/// How a run over one package ended.
#[derive(Debug)]
pub enum Ended {
    /// With a report; the rules that speak.
    Report(Vec<&'static str>),
    /// With status 2 and these words.
    Status2(String),
}

/// Cases of one class.
pub struct Class {
    name: &'static str,
    cases: u32,
    said: BTreeMap<String, u32>,
    silent: u32,
    longest: Duration,
    memory: Option<u64>,
}

/// Where the package of a case lies.
pub struct Bench {
    folder: tempfile::TempDir,
}

impl Bench {
    pub fn new() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// The place of a file.
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Judges bytes as a zip.
    pub fn judge(&self, class: &mut Class, bytes: &[u8]) -> Ended {
        self.judge_for(class, PYTHON, bytes)
    }

    /// Judges bytes as the zip of a function of another runtime.
    pub fn judge_for(&self, class: &mut Class, runtime: &str, bytes: &[u8]) -> Ended {
        let path = self.path("x.zip");
        fs::write(&path, bytes).unwrap();
        self.judged(class, runtime, &path)
    }

    /// Judges what lies at a path: every rule, every entry inflated, and printed.
    pub fn judge_at(&self, class: &mut Class, path: &Path) -> Ended {
        self.judged(class, PYTHON, path)
    }

    fn judged(&self, class: &mut Class, runtime: &str, path: &Path) -> Ended {
        forget_peak();
        let before = in_memory("VmRSS:");
        let started = Clock::start();
        let ended = whole_run(runtime, path);
        let most = in_memory("VmHWM:");
        let memory = most.zip(before).map(|(most, before)| most.saturating_sub(before));
        class.took(started.elapsed(), memory, &ended);
        ended
    }
}

fn whole_run(runtime: &str, path: &Path) -> Ended {
    let mut project = Project::default();
    let request = AdHoc {
        function: Some(path.to_owned()),
        runtime: Some(runtime.to_owned()),
        handler: Some("app.handler".to_owned()),
        ..AdHoc::default()
    };
    if let Err(error) = request.add_to(&mut project) {
        return Ended::Status2(error.to_string());
    }
    let options = Options { verify: true, limits: Limits::default(), ..run::options() };
    match check(&project, &options) {
        Err(error) => Ended::Status2(error.to_string()),
        Ok(report) => {
            let text = render(Format::Json, &report, Style { color: false, width: 100, links: false });
            assert!(!text.is_empty());
            let unread = report.not_analysed.iter().any(|one| one.why.contains("cannot be read here"));
            let rules = report.findings.iter().map(|finding| finding.page.id);
            Ended::Report(rules.chain(unread.then_some(UNREAD)).collect())
        }
    }
}

impl Class {
    pub fn new(name: &'static str) -> Self {
        Self { name, cases: 0, said: BTreeMap::new(), silent: 0, longest: Duration::ZERO, memory: None }
    }

    fn took(&mut self, time: Duration, memory: Option<u64>, ended: &Ended) {
        self.cases += 1;
        self.longest = self.longest.max(time);
        self.memory = self.memory.max(memory);
        let mut of_archive: Vec<String> = match ended {
            Ended::Status2(_) => vec!["status 2".to_owned()],
            Ended::Report(rules) => {
                rules.iter().filter(|id| id.starts_with("archive/")).map(|id| (*id).to_owned()).collect()
            }
        };
        of_archive.sort();
        of_archive.dedup();
        self.silent += u32::from(of_archive.is_empty());
        for rule in of_archive {
            *self.said.entry(rule).or_default() += 1;
        }
        assert!(time < LONGEST, "{}: a case took {time:?}", self.name);
        assert!(
            memory.is_none_or(|bytes| bytes < MOST_MEMORY),
            "{}: a case took {memory:?} bytes",
            self.name
        );
    }

    /// A row of the table of docs/hostile-input.md: what is said most often first.
    pub fn row(&self) -> String {
        let mut said: Vec<(&String, &u32)> = self.said.iter().collect();
        said.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        let mut said: Vec<String> =
            said.iter().take(4).map(|(rule, count)| format!("{rule} {count}")).collect();
        if self.silent > 0 {
            said.push(format!("nothing {}", self.silent));
        }
        let memory = self.memory.map_or("?".to_owned(), |bytes| (bytes >> 20).to_string());
        let seconds = self.longest.as_secs_f64();
        format!("| {} | {} | {} | {seconds:.2} | {memory} |", self.name, self.cases, said.join(", "))
    }
}

/// Lets the system count the peak of this process anew. Elsewhere than on Linux nothing is counted.
fn forget_peak() {
    let _ = fs::write("/proc/self/clear_refs", "5");
}

/// Time of the processor, which a busy machine does not stretch; of the wall, where the system does not tell it.
struct Clock {
    wall: Instant,
    processor: Option<Duration>,
}

impl Clock {
    fn start() -> Self {
        Self { wall: Instant::now(), processor: processor() }
    }

    fn elapsed(&self) -> Duration {
        let spent = processor().zip(self.processor).map(|(now, then)| now.saturating_sub(then));
        spent.unwrap_or_else(|| self.wall.elapsed())
    }
}

/// Time that all threads of this process have had, in steps of 10 ms: fields 14 and 15 of `/proc/self/stat`, counted from the end of the name.
fn processor() -> Option<Duration> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    let (_, fields) = stat.rsplit_once(") ")?;
    let ticks: u64 = fields.split(' ').skip(11).take(2).filter_map(|field| field.parse::<u64>().ok()).sum();
    Some(Duration::from_millis(ticks * 10))
}

/// What the system says of this process under a name, in bytes: what it holds now, or the most since the peak was forgotten.
fn in_memory(name: &str) -> Option<u64> {
    let status = fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    Some(line.trim().trim_end_matches(" kB").parse::<u64>().ok()? << 10)
}

/// The name, the kind and the content of an entry.
pub type Seen = (Vec<u8>, String, Vec<u8>);

/// Names, kinds and contents in order: what a package is, whatever its headers say beyond.
pub fn content(bytes: &[u8], bench: &Bench) -> Option<Vec<Seen>> {
    let path = bench.path("content.zip");
    fs::write(&path, bytes).unwrap();
    let archive = Archive::open(&path, &Limits::default()).unwrap();
    let mut scratch = Scratch::default();
    let entries = archive.entries().iter().enumerate();
    entries
        .map(|(index, entry)| {
            let content = archive.read(index, &mut scratch).ok()?.to_vec();
            Some((entry.name_bytes().to_vec(), format!("{:?}", entry.kind), content))
        })
        .collect()
}
