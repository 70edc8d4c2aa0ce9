//! The command line: what was typed, then what it means.

pub mod args;
mod generate;
mod init;
mod merge;
pub mod request;
pub mod run;
