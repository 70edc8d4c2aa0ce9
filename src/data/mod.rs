//! `rules/data/*.toml` as types: facts of Lambda, each row with its source. No judgement lives here.

pub mod texts;
