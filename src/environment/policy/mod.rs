//! What a permission policy really admits: conditions that bind nobody seen through, Deny subtracted.

mod action;
mod condition;
mod principal;
mod verdict;

pub use condition::{Bound, Unbound};
pub use principal::Principal;
pub use verdict::{Admits, JudgedPolicy, JudgedStatement, Verdict, judge};
