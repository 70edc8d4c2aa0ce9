//! `rules/data/*.toml` as types: facts of Lambda, each row with its source. No judgement lives here.

pub mod arn;
pub mod array_jobs;
pub mod ballast;
pub mod error_types;
pub mod libraries;
pub mod limits;
pub mod machine_code;
pub mod native_libraries;
mod near_names;
pub mod node;
pub mod npm_platform;
pub mod platform_names;
pub mod programs;
pub mod python_abi;
pub mod python_client;
pub mod python_modules;
pub mod ruby_modules;
pub mod run_paths;
pub mod runtimes;
pub mod search_paths;
pub mod secrets;
mod table;
pub mod tables;
pub mod texts;
pub mod versions;
