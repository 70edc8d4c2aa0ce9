//! The command line: what was typed, then what it means.

pub mod args;
pub mod request;
pub mod run;
