//! layerlint: says before upload what AWS Lambda would say after.

pub mod archive;
pub mod data;
pub mod model;
pub mod rules;
