//! What the user points at, read into one [`project::Project`]: packages, functions with ordered layers, policies, settings.
//!
//! This room knows other people's formats. It opens no package and judges nothing.

pub mod adhoc;
pub mod baseline;
pub mod discover;
pub mod document;
pub mod error;
pub mod manifest;
pub mod partition;
pub mod places;
pub mod policy;
pub mod project;
pub mod quantity;
pub mod resolve;
pub mod settings;
pub mod shard;
pub mod templates;
