//! What a permission policy really admits: conditions that bind nobody seen through, Deny subtracted.

mod action;
mod condition;
mod deny;
mod glob;
mod identity;
mod judge;
mod key;
mod operator;
mod principal;
mod reach;
mod verdict;

pub use condition::{Bound, Unbound};
pub use identity::{Grant, Power, Scope};
pub use judge::judge;
pub use principal::Principal;
pub use verdict::{Admits, JudgedPolicy, JudgedStatement, Verdict};
