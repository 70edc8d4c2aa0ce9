//! A zip or a folder as entries, with everything that is wrong about its structure.
//!
//! Opening fails only on I/O: a broken or hostile zip opens as an [`Archive`](archive::Archive) whose anomalies say what is wrong.
//! Nothing here judges (that is `rules`), nothing writes, nothing is unpacked to disk.

#![warn(clippy::arithmetic_side_effects)]

pub mod anomaly;
pub mod archive;
mod budget;
mod bytes;
mod directory;
mod disguise;
mod end;
pub mod entry;
mod fields;
mod folder;
pub mod limits;
pub mod nested;
mod source;
mod structure;
mod survey;
#[cfg(test)]
mod tests;

pub use bytes::Scratch;
