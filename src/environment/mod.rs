//! Lambda as a model: what the packages become when they are attached, and what the policies admit.

pub mod breakdown;
pub mod collisions;
pub mod deployment;
pub mod dotnet;
pub mod dotnet_natives;
pub mod filesystem;
pub mod gem_needs;
pub mod gems;
pub mod handler;
pub mod java;
pub mod layout;
pub mod load_path;
pub mod loader;
pub mod merged;
pub mod native_sets;
pub mod node;
pub mod opening;
pub mod own_paths;
pub mod package;
pub mod policy;
pub mod programs;
pub mod project;
pub mod python;
pub mod role;
pub mod ruby;
