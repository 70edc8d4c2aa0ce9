//! layerlint: says before upload what AWS Lambda would say after.
//!
//! One crate, many rooms; data walks through them in one direction:
//!
//! ```text
//! args -> Request -> Project -> [Package] -> [Deployment] -> [Finding] -> Report -> bytes + exit status
//!          cli       input      archive +     environment     rules        triage    output
//!                               inspect
//! ```
//!
//! [`model`] and [`data`] are the ground that all stand on, [`mod@check`] is the one place that knows the whole line.

pub mod archive;
pub mod check;
pub mod cli;
pub mod data;
pub mod environment;
#[doc(hidden)]
pub mod fuzzing;
pub mod input;
pub mod inspect;
pub mod model;
pub mod output;
pub mod rules;
pub mod triage;
