//! Fuzzes `terraform` of `src/fuzzing.rs`.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| assert!(layerlint::fuzzing::run("terraform", bytes)));
