//! What the tests share: cases as Markdown, packages made from their descriptions, runs with the world removed.

#![allow(dead_code, unreachable_pub, reason = "each test binary uses its own part")]
#![allow(
    clippy::pedantic,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a fault of a test is a panic, and recipes are written by hand"
)]

pub mod bombs;
pub mod case;
pub mod class_file;
pub mod elf;
pub mod measure;
pub mod raw_zip;
pub mod readers;
pub mod recipe;
pub mod repository;
pub mod run;
pub mod seeds;
pub mod shapes;
pub mod sources;
