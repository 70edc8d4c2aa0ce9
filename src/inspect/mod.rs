//! What the content of a package is: facts, no judgement. Nothing is read that no selected rule needs.

#![warn(clippy::arithmetic_side_effects)]

pub mod built_for;
pub mod cache;
pub mod class_file;
pub mod distributions;
mod dynamic;
pub mod elf;
#[cfg(test)]
#[allow(clippy::arithmetic_side_effects, reason = "tests")]
mod elf_mutations;
pub mod inventory;
pub mod javascript;
mod lines;
pub mod machine_code;
pub mod nested;
pub mod plan;
pub mod properties;
pub mod python;
pub mod record;
pub mod ruby;
pub mod secrets;
pub mod suspects;
mod turns;
pub mod wheels;
