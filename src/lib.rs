//! tmp
pub mod archive;
pub mod data;
pub mod input;
pub mod inspect;
pub mod model;
