//! Damaged and hostile inputs of every kind end in a finding or in status 2: nothing panics, nothing takes long, nothing takes much.
//!
//! `LAYERLINT_MUTATIONS=all cargo test --test mutations -- --nocapture` tries everything and prints the table of
//! docs/hostile-input.md; without it a part of the cases is tried.

#![allow(
    clippy::pedantic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    clippy::print_stderr,
    reason = "a fault of a test is a panic, and the table is what is asked for"
)]

mod support;

use std::fs;

use support::{
    bombs,
    measure::{Bench, Class, Ended, PYTHON, UNREAD, content},
    shapes, sources,
};

/// Numbers that look like chance and are the same every time.
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % most.max(1)
    }

    fn byte(&mut self) -> u8 {
        u8::try_from(self.below(256)).unwrap()
    }
}

fn everything() -> bool {
    std::env::var_os("LAYERLINT_MUTATIONS").is_some_and(|value| value == "all")
}

/// One test, so that peaks of memory are those of one case.
#[test]
fn nothing_hostile_hurts() {
    let bench = Bench::new();
    let rows: Vec<String> = [
        cut,
        bytes_changed,
        several_changed,
        spliced,
        noise,
        ambiguous,
        folders,
        shrinking,
        bombed,
        listed,
        repeated,
    ]
    .into_iter()
    .map(|class| class(&bench).row())
    .collect();
    eprintln!("| class | cases | what is said most | seconds | MiB |\n| --- | --- | --- | --- | --- |");
    rows.iter().for_each(|row| eprintln!("{row}"));
}

/// Every reader of the report has to learn of damage: without a finding, the package is what it was before.
fn is_told(bench: &Bench, class: &mut Class, before: &[u8], after: &[u8], how: &str) {
    if let Ended::Report(rules) = bench.judge(class, after) {
        let of_archive = rules.iter().any(|id| id.starts_with("archive/"));
        assert!(of_archive || content(before, bench) == content(after, bench), "{how}: nothing is said");
    }
}

fn cut(bench: &Bench) -> Class {
    let mut class = Class::new("cut at any byte");
    for (name, bytes) in shapes::benign() {
        for length in 0..bytes.len() {
            is_told(bench, &mut class, &bytes, &bytes[..length], &format!("{name}, cut at {length}"));
        }
    }
    class
}

fn bytes_changed(bench: &Bench) -> Class {
    let mut class = Class::new("any byte changed");
    let mut chance = Chance(1);
    for (name, bytes) in shapes::benign() {
        for at in 0..bytes.len() {
            let was = bytes[at];
            let ways = [0x00, 0xff, was ^ 0x01, was ^ 0x80, was ^ 0x20, was.wrapping_add(1), was ^ 0x08];
            let some = if everything() { &ways[..] } else { &[ways[chance.below(7)]][..] };
            for value in some.iter().filter(|value| **value != was) {
                let mut changed = bytes.clone();
                changed[at] = *value;
                is_told(bench, &mut class, &bytes, &changed, &format!("{name}, byte {at} = {value:#x}"));
            }
        }
    }
    class
}

fn several_changed(bench: &Bench) -> Class {
    let mut class = Class::new("several bytes changed");
    let mut chance = Chance(2);
    let shapes = [shapes::benign(), shapes::ambiguous()].concat();
    for _ in 0..if everything() { 20_000 } else { 1_000 } {
        let mut bytes = shapes[chance.below(shapes.len())].1.clone();
        for _ in 0..2 + chance.below(6) {
            let at = chance.below(bytes.len());
            bytes[at] = [chance.byte(), 0, 0xff][chance.below(3)];
        }
        bench.judge(&mut class, &bytes);
    }
    class
}

fn spliced(bench: &Bench) -> Class {
    let mut class = Class::new("pieces of several zips");
    let mut chance = Chance(3);
    let shapes = [shapes::benign(), shapes::ambiguous()].concat();
    for _ in 0..if everything() { 20_000 } else { 1_000 } {
        let mut bytes = Vec::new();
        for _ in 0..2 + chance.below(3) {
            let piece = &shapes[chance.below(shapes.len())].1;
            let start = chance.below(piece.len());
            bytes.extend_from_slice(&piece[start..start + chance.below(piece.len() - start + 1)]);
        }
        bench.judge(&mut class, &bytes);
    }
    class
}

fn noise(bench: &Bench) -> Class {
    let mut class = Class::new("random data");
    let mut chance = Chance(4);
    bench.judge(&mut class, b"");
    for at in 0..if everything() { 5_000 } else { 300 } {
        let mut bytes: Vec<u8> = (0..chance.below(2_000)).map(|_| chance.byte()).collect();
        if at % 2 == 0 {
            let signature: &[u8] = [b"PK\x03\x04", b"PK\x05\x06", b"PK\x01\x02"][chance.below(3)];
            let place = chance.below(bytes.len());
            bytes.splice(place..place, signature.iter().copied());
        }
        let ended = bench.judge(&mut class, &bytes);
        let Ended::Report(rules) = ended else { panic!("a file that can be read is judged") };
        assert!(rules.iter().any(|id| id.starts_with("archive/")), "noise is no package");
    }
    class
}

fn ambiguous(bench: &Bench) -> Class {
    let mut class = Class::new("two archives in one file");
    for (name, bytes) in shapes::ambiguous() {
        let Ended::Report(rules) = bench.judge(&mut class, &bytes) else { panic!("{name}") };
        assert!(rules.iter().any(|id| id.starts_with("archive/")), "{name}: nothing is said");
    }
    class
}

/// A loop, a FIFO, a file that nobody may read, folders without end.
#[cfg(unix)]
fn folders(bench: &Bench) -> Class {
    let mut class = Class::new("folders with loops, FIFOs and depth");
    let root = bench.path("layer");
    fs::create_dir_all(root.join("python/pkg")).unwrap();
    fs::write(root.join("python/pkg/__init__.py"), "x = 1").unwrap();
    std::os::unix::fs::symlink("../..", root.join("python/loop")).unwrap();
    std::os::unix::fs::symlink("self", root.join("python/self")).unwrap();
    std::os::unix::fs::symlink("/", root.join("python/root")).unwrap();
    for fifo in ["python/pkg/pipe.so", "app.py", "python/pkg/x.pth"] {
        let made = std::process::Command::new("mkfifo").arg(root.join(fifo)).status();
        assert!(made.is_ok_and(|status| status.success()));
    }
    let Ended::Report(rules) = bench.judge_at(&mut class, &root) else { panic!("a folder is judged") };
    assert!(
        rules.contains(&"archive/special-file") && rules.contains(&"archive/symlink-escape"),
        "{rules:?}"
    );
    let deep = (0..400).fold(root.join("deep"), |path, _| path.join("d"));
    fs::create_dir_all(&deep).unwrap();
    fs::write(deep.join("a.py"), "x = 1").unwrap();
    let Ended::Report(rules) = bench.judge_at(&mut class, &root) else { panic!("a folder is judged") };
    assert!(rules.contains(&UNREAD), "{rules:?}");
    let status = bench.judge_at(&mut class, &root.join("app.py"));
    assert!(
        matches!(&status, Ended::Status2(words) if words.contains("neither a file nor a folder")),
        "{status:?}"
    );
    let status = bench.judge_at(&mut class, &root.join("nothing.zip"));
    assert!(matches!(&status, Ended::Status2(words) if words.contains("cannot read")), "{status:?}");
    class
}

#[cfg(not(unix))]
fn folders(_: &Bench) -> Class {
    Class::new("folders with loops, FIFOs and depth")
}

/// While one thread judges, another one cuts and mends the file.
fn shrinking(bench: &Bench) -> Class {
    let mut class = Class::new("a file that shrinks while it is read");
    let path = bench.path("shrinking.zip");
    let bytes = shapes::benign().remove(0).1;
    let stop = std::sync::atomic::AtomicBool::new(false);
    let order = std::sync::atomic::Ordering::Relaxed;
    fs::write(&path, &bytes).unwrap();
    std::thread::scope(|scope| {
        scope.spawn(|| {
            let mut chance = Chance(5);
            while !stop.load(order) {
                fs::write(&path, &bytes[..chance.below(bytes.len() + 1)]).unwrap();
                fs::write(&path, &bytes).unwrap();
            }
        });
        for _ in 0..if everything() { 2_000 } else { 200 } {
            bench.judge_at(&mut class, &path);
        }
        stop.store(true, order);
    });
    class
}

/// Judges cases one by one, and says what each has cost so far: some take long.
fn each(
    bench: &Bench,
    mut class: Class,
    cases: impl IntoIterator<Item = (String, &'static str, Vec<u8>)>,
) -> Class {
    for (name, runtime, bytes) in cases {
        eprintln!("{name}: {} bytes", bytes.len());
        bench.judge_for(&mut class, runtime, &bytes);
        eprintln!("    so far {}", class.row());
    }
    class
}

fn shapes_of_python(shapes: Vec<shapes::Shape>) -> impl Iterator<Item = (String, &'static str, Vec<u8>)> {
    shapes.into_iter().map(|(name, bytes)| (name.to_owned(), PYTHON, bytes))
}

fn bombed(bench: &Bench) -> Class {
    each(bench, Class::new("bombs"), shapes_of_python(bombs::bombs(everything())))
}

fn listed(bench: &Bench) -> Class {
    each(bench, Class::new("long directories"), shapes_of_python(bombs::many(everything())))
}

fn repeated(bench: &Bench) -> Class {
    let cases = sources::repeated(everything())
        .map(|source| (format!("{}, {:?}", source.runtime, source.statement), source.runtime, source.zip));
    each(bench, Class::new("sources of one statement"), cases)
}
