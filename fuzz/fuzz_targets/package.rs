//! Fuzzes what the files of a package say: the bytes become an honest zip of a few files with names that mean something.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| layerlint_fuzz::package(bytes));
