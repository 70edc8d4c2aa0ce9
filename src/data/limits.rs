//! Numbers that Lambda enforces.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::model::size::Bytes;

use super::table;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Table {
    #[serde(rename = "source")]
    _source: String,
    #[serde(rename = "as-of")]
    _as_of: toml::value::Datetime,
    unzipped_bytes: u64,
    zip_direct_upload_bytes: u64,
    layers_per_function: usize,
    extensions_per_function: usize,
    handler_max: usize,
}

/// The limits of Lambda (not of this program: those are `archive::limits`).
#[derive(Clone, Copy, Debug)]
pub struct LambdaLimits {
    /// One package, and a function together with its layers, after unzipping.
    pub unzipped_bytes: Bytes,
    /// A zip that is sent in the request itself.
    pub zip_direct_upload_bytes: Bytes,
    /// Layers of one function.
    pub layers_per_function: usize,
    /// Extensions of one function.
    pub extensions_per_function: usize,
    /// Characters of a handler.
    pub handler_max: usize,
}

static LIMITS: LazyLock<LambdaLimits> = LazyLock::new(|| {
    let table: Table = table::parse(include_str!("../../rules/data/limits.toml"));
    LambdaLimits {
        unzipped_bytes: Bytes(table.unzipped_bytes),
        zip_direct_upload_bytes: Bytes(table.zip_direct_upload_bytes),
        layers_per_function: table.layers_per_function,
        extensions_per_function: table.extensions_per_function,
        handler_max: table.handler_max,
    }
});

/// The limits.
pub fn limits() -> &'static LambdaLimits {
    &LIMITS
}
