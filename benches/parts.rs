//! Times of the parts that a scan is made of, on inputs made here: `cargo bench --bench parts`, or with a name behind it for some.

#![allow(
    clippy::unwrap_used,
    missing_docs,
    reason = "inputs are made by hand, and criterion's macros make what is public"
)]

mod made;

use std::{
    hint::black_box,
    path::Path,
    thread,
    time::{Duration, Instant},
};

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use layerlint::{
    archive::{Scratch, archive::Archive, limits::Limits},
    environment::{opening::open_all, policy::judge, project::deployments},
    input::{adhoc::AdHoc, partition::Part, policy, project::Project},
    inspect::{javascript, machine_code, plan::Plan, python},
    model::{place::ReportPath, settings::TrustSettings},
};

fn open(path: &Path) -> Archive {
    Archive::open(path, &Limits::default()).unwrap()
}

/// The directory of a zip of 10,000 entries: names, sizes, anomalies.
fn directory(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let zip = made::zip(folder.path(), "directory.zip", made::modules(10_000, 0));
    let mut group = criterion.benchmark_group("directory");
    group.throughput(Throughput::Elements(10_000));
    group.bench_function("10,000 entries", |bencher| bencher.iter(|| open(black_box(&zip))));
}

/// Whole entries, and beginnings of them: a large one and many small ones.
fn inflate(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let large =
        open(&made::zip(folder.path(), "large.zip", [("lib/libx.so".to_owned(), made::library(50_000))]));
    let small = open(&made::zip(folder.path(), "small.zip", made::modules(1_000, 0)));
    let mut scratch = Scratch::default();
    let mut group = criterion.benchmark_group("inflate");
    for (name, archive) in [("one library", &large), ("1,000 modules", &small)] {
        group.throughput(Throughput::Bytes(archive.unzipped().0));
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                for index in 0..archive.entries().len() {
                    black_box(archive.read(index, &mut scratch).unwrap());
                }
            });
        });
    }
    group.throughput(Throughput::Elements(1));
    group.bench_function("512 bytes of a library", |bencher| {
        bencher.iter(|| black_box(large.read_prefix(0, 512, &mut scratch).unwrap()).len());
    });
}

/// What the loader wants to know of a library with 20,000 symbols, and of a small one.
fn elf(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("elf");
    for (name, symbols) in [("20,000 symbols", 20_000), ("20 symbols", 20)] {
        let library = made::library(symbols);
        group.throughput(Throughput::Bytes(library.len() as u64));
        group.bench_function(name, |bencher| bencher.iter(|| machine_code::identify(black_box(&library))));
    }
}

/// Imports and names of modules of 200 kB, in the two languages.
fn parse(criterion: &mut Criterion) {
    let (python_text, script, module) = (made::python(1_000), made::common_js(1_000), made::es_module(1_000));
    let mut group = criterion.benchmark_group("parse");
    group.throughput(Throughput::Bytes(python_text.len() as u64));
    group.bench_function("Python", |bencher| {
        bencher.iter_custom(|times| timed(times, || python::read(python_text.as_bytes(), (3, 12))));
    });
    for (name, text, goal) in [
        ("CommonJS", &script, javascript::Goal::CommonJs),
        ("JavaScript module", &module, javascript::Goal::Module),
    ] {
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(name, |bencher| {
            bencher.iter_custom(|times| timed(times, || javascript::read(text.as_bytes(), goal)));
        });
    }
}

/// The parsers recurse, and so run on a stack that is made for that.
fn timed<T>(times: u64, work: impl Fn() -> T + Send) -> Duration {
    let run = move || {
        let start = Instant::now();
        for _ in 0..times {
            black_box(work());
        }
        start.elapsed()
    };
    thread::scope(|scope| {
        let stack = python::STACK.max(javascript::STACK);
        thread::Builder::new().stack_size(stack).spawn_scoped(scope, run).unwrap().join().unwrap()
    })
}

/// Five layers of 5,000 files each, half of which all of them have: merged, and asked what hides what.
fn collision(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let layers = (0..5).map(|layer| {
        made::zip(folder.path(), &format!("layer-{layer}.zip"), made::modules(5_000, layer * 2_500))
    });
    let words = AdHoc {
        layers: layers.map(|path| path.display().to_string()).collect(),
        runtime: Some("python3.12".to_owned()),
        ..AdHoc::default()
    };
    let mut project = Project::default();
    words.add_to(&mut project).unwrap();
    let part = Part::whole(&project);
    let packages = open_all(&part, &Plan::default(), &Limits::default()).unwrap();
    let mut group = criterion.benchmark_group("collision");
    group.throughput(Throughput::Elements(25_000));
    group.bench_function("five layers merged", |bencher| {
        bencher.iter(|| deployments(black_box(&packages), &part, &project.defaults).len());
    });
    let made = deployments(&packages, &part, &project.defaults);
    group.bench_function("what hides what", |bencher| {
        bencher.iter(|| {
            for one in black_box(&made) {
                black_box((
                    one.overlaps(true).len(),
                    one.overlaps(false).len(),
                    one.files_against_folders().len(),
                ));
            }
        });
    });
}

/// A policy of 500 statements: read with its places, and judged.
fn policies(criterion: &mut Criterion) {
    let source = policy::PolicySource::new(ReportPath::new("policy.json"), made::policy(500));
    let document = policy::parse(&source).unwrap();
    let trust = TrustSettings::default();
    let mut group = criterion.benchmark_group("policy");
    group.throughput(Throughput::Elements(500));
    group.bench_function("parse", |bencher| bencher.iter(|| policy::parse(black_box(&source)).unwrap()));
    group.bench_function("judge", |bencher| bencher.iter(|| judge(black_box(&document), &trust)));
}

criterion_group! {
    name = parts;
    config = Criterion::default().warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(2)).sample_size(20);
    targets = directory, inflate, elf, parse, collision, policies
}
criterion_main!(parts);
