//! What Python imports before the first invocation, followed through function, layers and runtime.

mod accelerators;
pub mod byte_code;
mod fault;
pub mod handler;
mod modules;
mod resolve;
mod sight;
mod start;
pub mod tops;

pub use fault::{Fault, PythonStart, Spot, Trouble};
pub use modules::PythonModules;
