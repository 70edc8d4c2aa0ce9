//! `layerlint size`: where the bytes go, for people and as JSON.

use std::fmt::Write as _;

use serde::Serialize;

use crate::{
    data::limits::limits,
    model::{
        breakdown::{Part, Stack, Waste},
        size::Bytes,
    },
};

use super::log_safe;

/// Characters of the bar.
const BAR: u64 = 60;

/// What each part is drawn with, in turn.
const MARKS: [char; 6] = ['#', '=', '+', '*', '%', '@'];

/// The bar of the limit, the parts, the largest groups, and what could go.
pub fn human(stacks: &[Stack], top: usize) -> String {
    let mut out = String::new();
    for stack in stacks {
        stack_human(&mut out, stack, top);
        out.push('\n');
    }
    log_safe::plain(&out)
}

fn stack_human(out: &mut String, stack: &Stack, top: usize) {
    let (used, limit) = (stack.unzipped(), limits().unzipped_bytes);
    let _ = writeln!(out, "{}: {} of {} unzipped ({} bytes)", stack.name, used, limit, used.grouped());
    let _ = writeln!(out, "[{}]", bar(stack, limit));
    for (part, mark) in stack.parts.iter().zip(MARKS.iter().cycle()) {
        let waste = part.waste().total();
        let idle = if waste.0 == 0 { String::new() } else { format!(", {waste} do nothing") };
        let _ =
            writeln!(out, "  {mark} {:<28} {:>10}  {}{idle}", part.name, part.unzipped.human(), part.kind);
    }
    for unknown in &stack.unknown {
        let _ = writeln!(out, "  ? {unknown}: no local copy, not counted");
    }
    largest(out, stack, top);
    let waste = stack.waste();
    for (bytes, what) in [
        (waste.hidden, "hidden by a later layer"),
        (waste.duplicate, "stored more than once"),
        (waste.ballast, "byte code, tests and the like"),
    ] {
        if bytes.0 > 0 {
            let _ = writeln!(out, "  {:>10}  {what}", bytes.human());
        }
    }
    let _ = writeln!(out, "  {} % of the bytes do something at run time", stack.efficiency());
}

fn largest(out: &mut String, stack: &Stack, top: usize) {
    let mut groups: Vec<(&Part, _)> =
        stack.parts.iter().flat_map(|part| part.groups.iter().map(move |group| (part, group))).collect();
    groups.sort_by(|(_, one), (_, two)| two.bytes.cmp(&one.bytes).then_with(|| one.name.cmp(&two.name)));
    let _ = writeln!(out, "\n  largest");
    for (part, group) in groups.iter().take(top) {
        let _ = writeln!(
            out,
            "  {:>10}  {:<40} {:>7} files  {}",
            group.bytes.human(),
            group.name.shortened(40),
            group.files,
            part.name
        );
    }
    let rest = groups.get(top..).unwrap_or_default();
    if !rest.is_empty() {
        let bytes: Bytes = rest.iter().map(|(_, group)| group.bytes).sum();
        let _ = writeln!(out, "  {:>10}  {} more", bytes.human(), rest.len());
    }
    out.push('\n');
}

/// Every part that has bytes gets at least one mark, so that none is missing from the picture.
fn bar(stack: &Stack, limit: Bytes) -> String {
    let scale = limit.0.max(stack.unzipped().0).max(1);
    let mut bar = String::new();
    for (part, mark) in stack.parts.iter().zip(MARKS.iter().cycle()) {
        let cells = part.unzipped.0.saturating_mul(BAR).checked_div(scale).unwrap_or_default();
        let cells = cells.max(u64::from(part.unzipped.0 > 0));
        bar.extend((0..cells).map(|_| *mark));
    }
    let width = usize::try_from(BAR).unwrap_or_default();
    let free = width.saturating_sub(bar.len());
    bar.extend((0..free).map(|_| '.'));
    bar
}

#[derive(Serialize)]
struct Document {
    version: u32,
    limit: u64,
    stacks: Vec<StackRow>,
}

#[derive(Serialize)]
struct StackRow {
    name: String,
    unzipped: u64,
    remaining: u64,
    efficiency: u64,
    waste: WasteRow,
    parts: Vec<PartRow>,
    not_counted: Vec<String>,
}

#[derive(Serialize)]
struct PartRow {
    name: String,
    kind: &'static str,
    unzipped: u64,
    waste: WasteRow,
    groups: Vec<GroupRow>,
}

#[derive(Serialize)]
struct GroupRow {
    name: String,
    unzipped: u64,
    files: usize,
    waste: WasteRow,
}

#[derive(Serialize)]
struct WasteRow {
    hidden: u64,
    duplicate: u64,
    ballast: u64,
}

/// Everything, with all groups.
pub fn json(stacks: &[Stack]) -> String {
    let limit = limits().unzipped_bytes;
    let document = Document {
        version: 1,
        limit: limit.0,
        stacks: stacks.iter().map(|stack| stack_row(stack, limit)).collect(),
    };
    // our own strings and numbers: this cannot fail
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    log_safe::json(&text)
}

fn stack_row(stack: &Stack, limit: Bytes) -> StackRow {
    StackRow {
        name: stack.name.to_string(),
        unzipped: stack.unzipped().0,
        remaining: limit.saturating_sub(stack.unzipped()).0,
        efficiency: stack.efficiency(),
        waste: waste_row(stack.waste()),
        parts: stack.parts.iter().map(part_row).collect(),
        not_counted: stack.unknown.iter().map(ToString::to_string).collect(),
    }
}

fn part_row(part: &Part) -> PartRow {
    let groups = part.groups.iter().map(|group| GroupRow {
        name: group.name.to_string(),
        unzipped: group.bytes.0,
        files: group.files,
        waste: waste_row(group.waste),
    });
    PartRow {
        name: part.name.to_string(),
        kind: part.kind,
        unzipped: part.unzipped.0,
        waste: waste_row(part.waste()),
        groups: groups.collect(),
    }
}

fn waste_row(waste: Waste) -> WasteRow {
    WasteRow { hidden: waste.hidden.0, duplicate: waste.duplicate.0, ballast: waste.ballast.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{breakdown::Group, text::SafeText};

    fn part(name: &str, bytes: u64, hidden: u64) -> Part {
        let waste = Waste { hidden: Bytes(hidden), ..Waste::default() };
        Part {
            name: SafeText::new(name),
            kind: "layer",
            unzipped: Bytes(bytes),
            groups: vec![Group { name: "numpy 1.26.4".into(), bytes: Bytes(bytes), waste, files: 3 }],
        }
    }

    fn stack(parts: Vec<Part>) -> Stack {
        Stack { name: "orders".into(), parts, unknown: vec!["arn".into()], folders: Vec::new() }
    }

    #[test]
    fn the_bar_is_as_long_as_the_limit_and_misses_no_part() {
        let one = stack(vec![part("a", 131_072_000, 0), part("b", 1, 0)]);
        let text = bar(&one, limits().unzipped_bytes);
        assert_eq!(text.len(), 60);
        assert_eq!(text.matches('#').count(), 30);
        assert_eq!(text.matches('=').count(), 1);
    }

    #[test]
    fn people_read_what_is_largest_and_what_could_go() {
        let text = human(&[stack(vec![part("deps", 1_000_000, 250_000)])], 10);
        assert!(text.starts_with("orders: 1.0 MB of 262.1 MB unzipped (1,000,000 bytes)\n"), "{text}");
        assert!(text.contains("1.0 MB  numpy 1.26.4"), "{text}");
        assert!(text.contains("250.0 kB  hidden by a later layer"), "{text}");
        assert!(text.contains("75 % of the bytes do something"), "{text}");
        assert!(text.contains("? arn: no local copy"), "{text}");
    }

    #[test]
    fn json_has_everything() {
        let value: serde_json::Value =
            serde_json::from_str(&json(&[stack(vec![part("deps", 1_000, 250)])])).unwrap();
        let one = &value["stacks"][0];
        assert_eq!((&one["unzipped"], &one["remaining"]), (&1_000.into(), &262_143_000.into()));
        assert_eq!(one["parts"][0]["groups"][0]["waste"]["hidden"], 250);
    }
}
