//! What the user wants to hear: selection, ignores, folding, order, exit status. Knows neither zips nor rules.

pub mod baseline;
pub mod fingerprint;
pub mod fold;
pub mod ignore;
pub mod report;
#[cfg(test)]
pub(crate) mod sample;
pub mod selection;
pub mod state;
pub mod wishes;
