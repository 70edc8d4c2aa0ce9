//! Every parser of bytes that strangers write: it returns, whatever the bytes. The same functions are what `fuzz/` runs for hours.

#![allow(
    clippy::pedantic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::arithmetic_side_effects,
    reason = "a fault of a test is a panic"
)]

mod support;

use std::{collections::BTreeMap, path::Path, sync::LazyLock};

use layerlint::fuzzing::{PARSERS, Parser};
use proptest::{
    prelude::*,
    test_runner::{TestCaseError, TestRunner},
};
use support::seeds;

static SEEDS: LazyLock<BTreeMap<&'static str, Vec<Vec<u8>>>> = LazyLock::new(seeds::all);

/// How seeds are damaged.
#[derive(Clone, Debug)]
enum Damage {
    /// A byte becomes another.
    Byte(usize, u8),
    /// Four bytes become a number that lengths and offsets are afraid of.
    Number(usize, u32),
    /// The end is cut off.
    Cut(usize),
    /// A piece is there twice.
    Twice(usize, usize),
    /// A piece is missing.
    Without(usize, usize),
    /// The end of another seed follows.
    Splice(usize, usize),
}

fn damage() -> impl Strategy<Value = Damage> {
    let number = prop_oneof![Just(0), Just(1), Just(u32::MAX), Just(1 << 31), Just(0xffff), any::<u32>()];
    prop_oneof![
        4 => (any::<usize>(), any::<u8>()).prop_map(|(at, value)| Damage::Byte(at, value)),
        2 => (any::<usize>(), number).prop_map(|(at, value)| Damage::Number(at, value)),
        1 => any::<usize>().prop_map(Damage::Cut),
        1 => (any::<usize>(), any::<usize>()).prop_map(|(at, length)| Damage::Twice(at, length)),
        1 => (any::<usize>(), any::<usize>()).prop_map(|(at, length)| Damage::Without(at, length)),
        1 => (any::<usize>(), any::<usize>()).prop_map(|(seed, at)| Damage::Splice(seed, at)),
    ]
}

fn apply(damage: &Damage, bytes: &mut Vec<u8>, seeds: &[Vec<u8>]) {
    let length = bytes.len().max(1);
    let piece = |at: usize, wide: usize| {
        let start = (at % length).min(bytes.len());
        start..(start + wide % 64).min(bytes.len())
    };
    match *damage {
        Damage::Byte(at, value) => bytes.iter_mut().skip(at % length).take(1).for_each(|byte| *byte = value),
        Damage::Number(at, value) => {
            let places = bytes.iter_mut().skip(at % length);
            places.zip(value.to_le_bytes()).for_each(|(byte, value)| *byte = value);
        }
        Damage::Cut(at) => bytes.truncate(at % length),
        Damage::Twice(at, wide) => {
            let range = piece(at, wide);
            let copy = bytes[range.clone()].to_vec();
            bytes.splice(range.end..range.end, copy);
        }
        Damage::Without(at, wide) => drop(bytes.drain(piece(at, wide))),
        Damage::Splice(seed, at) => {
            let other = &seeds[seed % seeds.len()];
            bytes.extend_from_slice(&other[at % (other.len() + 1)..]);
        }
    }
}

fn runs<S: Strategy>(cases: u32, strategy: &S, test: impl Fn(S::Value) -> Result<(), TestCaseError>) {
    let mut runner =
        TestRunner::new(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases) });
    runner.run(strategy, test).unwrap_or_else(|error| panic!("{error}"));
}

fn parser(name: &str) -> &'static Parser {
    PARSERS.iter().find(|one| one.name == name).unwrap()
}

/// Nothing at all, noise, seeds as they are, and seeds with some damage.
fn returns(name: &str) {
    let run = parser(name).run;
    let seeds = SEEDS.get(name).unwrap_or_else(|| panic!("no case holds anything that `{name}` reads"));
    run(b"");
    seeds.iter().for_each(|seed| run(seed));
    runs(256, &proptest::collection::vec(any::<u8>(), 0..1024), |bytes| {
        run(&bytes);
        Ok(())
    });
    runs(512, &(any::<usize>(), proptest::collection::vec(damage(), 1..6)), |(seed, damages)| {
        let mut bytes = seeds[seed % seeds.len()].clone();
        damages.iter().for_each(|damage| apply(damage, &mut bytes, seeds));
        run(&bytes);
        Ok(())
    });
}

macro_rules! every_parser {
    ($($name:ident)*) => {
        $(
            #[test]
            fn $name() {
                returns(stringify!($name));
            }
        )*

        #[test]
        fn no_parser_is_forgotten() {
            let here = [$(stringify!($name)),*];
            assert!(PARSERS.iter().map(|parser| parser.name).eq(here), "one test for each of `fuzzing::PARSERS`");
            let targets = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/Cargo.toml")).unwrap();
            for name in here {
                assert!(targets.contains(&format!("name = \"{name}\"")), "no fuzz target for {name}");
            }
        }
    };
}

every_parser! { zip structure machine_code metadata javascript python class_file policy manifest document templates terraform names }

/// What a fuzzer starts from: `LAYERLINT_SEEDS=fuzz/corpus cargo test --test properties -- --ignored`.
#[test]
#[ignore = "writes files for the fuzz targets"]
fn write_the_seeds() {
    let into = std::env::var_os("LAYERLINT_SEEDS").expect("LAYERLINT_SEEDS names the folder to write to");
    seeds::write(Path::new(&into));
}
