//! What Python imports before the first invocation, followed through function, layers and runtime.

mod modules;
mod resolve;
mod start;

pub use modules::PythonModules;
pub use start::{Fault, PythonStart, Spot, Trouble};
