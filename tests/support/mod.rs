//! What the tests share: cases as Markdown, packages made from their descriptions, runs with the world removed.

#![allow(dead_code, reason = "each test binary uses its own part")]

pub mod case;
pub mod elf;
pub mod recipe;
pub mod run;
