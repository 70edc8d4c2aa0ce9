//! The dynamic loader: what each binary needs and where `ld.so` finds it, in function, layers, runtime and operating system.
//!
//! Source of the order: `ld.so(8)`; checked by starting real packages with `LD_LIBRARY_PATH` as the service sets it.

mod closure;
mod index;
mod search;
mod table;

use super::load_path::Loadable;

pub use closure::{Closure, Unmet};
pub use table::tables;

/// Where a needed library comes from.
#[derive(Clone, Copy, Debug)]
pub enum Provided<'a> {
    /// A file of the function or of a layer.
    Package(Loadable<'a>),
    /// The operating system.
    System,
    /// The runtime itself: `libpython3.12.so.1.0`.
    Runtime,
    /// It is in the container image, and nobody has seen it in the service.
    Unproven,
    /// Only running the code would tell.
    Undecided,
    /// Nowhere where the loader looks.
    Missing,
}
