//! `layerlint merge`: one report of those of all runs that shared the work.

use std::path::Path;

use serde_json::Value;

use crate::{
    check::conclude,
    input::error::UsageError,
    output::{self, Format, sarif},
    rules::pages,
    triage::{
        report::Report,
        state::{State, join},
    },
};

use super::{
    args::MergeArgs,
    request::{Wanted, fail_on, outputs},
    run::{status, write},
};

/// Reads all parts, joins them, writes the whole, and gives its exit status.
pub(super) fn merge(args: &MergeArgs) -> Result<u8, UsageError> {
    let parts = args.reports.iter().map(|path| read(path)).collect::<Result<Vec<Part>, _>>()?;
    let format = args.format.or_else(|| args.output.is_empty().then(|| common_format(&parts)));
    let outputs = outputs(&Wanted { format, output: &args.output, color: args.color })?;
    if outputs.iter().any(|output| output.format == Format::Html) {
        return Err(UsageError::new(
            "the HTML report shows where the bytes go, which no part has written down",
        )
        .help("run layerlint --output html=FILE without --shard"));
    }
    let states = parts.into_iter().map(|part| (part.name, part.state)).collect();
    let (raw, wishes) = join(states, pages::ALL).map_err(|error| UsageError::new(error.to_string()))?;
    let report = conclude(raw, &wishes).map_err(|error| UsageError::new(error.to_string()))?;
    let report =
        Report { fail_on: fail_on(args.fail_on, args.exit_zero).unwrap_or(wishes.fail_on), ..report };
    for output in &outputs {
        write(output, &output::render(output.format, &report, output.style))?;
    }
    Ok(status(&report, wishes.strict_unresolved))
}

struct Part {
    name: String,
    format: Format,
    state: State,
}

/// What the parts are; JSON where they are of both kinds.
fn common_format(parts: &[Part]) -> Format {
    if parts.iter().all(|part| part.format == Format::Sarif) { Format::Sarif } else { Format::Json }
}

fn read(path: &Path) -> Result<Part, UsageError> {
    let name = path.display().to_string();
    let cannot = |why: String| UsageError::new(format!("cannot read {name}: {why}"));
    let bytes = std::fs::read(path).map_err(|cause| cannot(cause.to_string()))?;
    let mut report: Value = serde_json::from_slice(&bytes).map_err(|cause| cannot(cause.to_string()))?;
    let from_sarif = format!("/runs/0/properties/{}", sarif::SHARD);
    let (format, state) = match (report.pointer_mut("/shard"), from_sarif) {
        (Some(state), _) => (Format::Json, state.take()),
        (None, pointer) => match report.pointer_mut(&pointer) {
            Some(state) => (Format::Sarif, state.take()),
            None => {
                return Err(UsageError::new(format!("{name} is not the report of a part"))
                    .help("parts are written by `layerlint --shard 2/8 --format json` (or sarif)"));
            }
        },
    };
    let state = serde_json::from_value(state).map_err(|cause| cannot(cause.to_string()))?;
    Ok(Part { name, format, state })
}
