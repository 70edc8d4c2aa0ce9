//! A measurement, run by hand: `LAYERLINT_MEASURE=layer.zip cargo test --release --lib speed -- --ignored --nocapture`.

use std::{env, path::Path, time::Instant};

use super::*;
use crate::archive::Scratch;

#[test]
#[ignore = "measures a package named by LAYERLINT_MEASURE"]
fn opening_and_reading_everything_on_one_thread() {
    let Ok(path) = env::var("LAYERLINT_MEASURE") else { return };
    for _ in 0..3 {
        let started = Instant::now();
        let archive = Archive::open(Path::new(&path), &Limits::default()).unwrap();
        let opened = started.elapsed();
        let mut scratch = Scratch::default();
        let mut bytes = 0;
        for index in 0..archive.entries().len() {
            bytes += archive.read(index, &mut scratch).unwrap().len();
        }
        let entries = archive.entries().len();
        println!("{entries} entries opened in {opened:?}, {bytes} bytes read in {:?}", started.elapsed());
    }
}
