//! What Python imports before the first invocation, followed through function, layers and runtime.

mod accelerators;
pub mod byte_code;
mod editable;
mod fault;
pub mod handler;
mod modules;
mod path_files;
mod resolve;
mod sight;
mod start;
pub mod tops;

pub use editable::PathHint;
pub use fault::{Fault, PythonStart, Spot, Trouble};
pub use modules::PythonModules;
pub use path_files::PathFiles;
