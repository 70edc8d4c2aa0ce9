//! Fuzzes a whole run over one zip: every rule, every format.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| layerlint_fuzz::check(bytes, "python3.12"));
