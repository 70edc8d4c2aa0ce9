//! The pages of all rules, made from `rules/<category>/<name>.md` by the build script.

use crate::model::{
    page::{Need, Page, Profile},
    severity::{Certainty, Severity},
};

include!(concat!(env!("OUT_DIR"), "/pages.rs"));
