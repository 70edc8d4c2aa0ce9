//! Node.js on Lambda: what the handler loads at start, resolved through function, layers and runtime as the interpreter does.

mod exports_map;
mod fault;
mod files;
mod function;
mod handler;
mod manifest;
mod modules;
mod names;
mod order;
mod resolve;
mod start;

pub use fault::{Fault, Spot, Start, Trouble};
pub use handler::node_path;
pub use modules::Modules;
pub use resolve::Failure;
