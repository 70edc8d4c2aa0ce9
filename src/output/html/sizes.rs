//! Where the bytes go: a treemap, a table and the merged /opt of each stack.

use std::fmt::Write as _;

use crate::{
    data::limits::limits,
    model::{
        breakdown::{Folder, Group, Part, Stack},
        size::Bytes,
    },
};

use super::{
    escaped,
    treemap::{Rect, layout},
};

/// Colours of the packages, told apart by people who see few colours (Okabe and Ito).
const COLORS: [&str; 7] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#8c6d00", "#4a6fa5", "#5d5d5d"];

const FRAME: Rect = Rect { x: 0.0, y: 0.0, width: 1000.0, height: 480.0 };

/// Rows of the table.
const ROWS: usize = 40;

/// Boxes of one package; the rest of it is one more.
const BOXES: usize = 120;

/// Writes every stack.
pub(super) fn write(out: &mut String, stacks: &[Stack]) {
    for stack in stacks.iter().filter(|stack| stack.unzipped().0 > 0) {
        let (used, limit) = (stack.unzipped(), limits().unzipped_bytes);
        let left = match used.saturating_sub(limit) {
            Bytes(0) => format!("{} bytes left", limit.saturating_sub(used).grouped()),
            over => format!("{} bytes too many", over.grouped()),
        };
        let _ = writeln!(
            out,
            "<h2>{}: {used} of {limit}</h2>\n<p>{} bytes unzipped, {left}. {} % of the bytes do something at run time.</p>",
            escaped(&stack.name),
            used.grouped(),
            stack.efficiency(),
        );
        key(out, stack);
        picture(out, stack);
        table(out, stack);
        tree(out, &stack.folders);
    }
}

fn color(at: usize) -> &'static str {
    COLORS.get(at % COLORS.len()).copied().unwrap_or("#5d5d5d")
}

fn key(out: &mut String, stack: &Stack) {
    out.push_str("<p>");
    for (at, part) in stack.parts.iter().enumerate() {
        let _ = write!(
            out,
            "<svg class=\"key\" viewBox=\"0 0 1 1\" width=\"12\" height=\"12\"><rect width=\"1\" height=\"1\" fill=\"{}\"/></svg>{} ({}) ",
            color(at),
            escaped(&part.name),
            part.unzipped
        );
    }
    out.push_str("</p>\n");
}

fn picture(out: &mut String, stack: &Stack) {
    let mut parts: Vec<(usize, &Part)> = stack.parts.iter().enumerate().collect();
    parts.sort_by_key(|(_, part)| std::cmp::Reverse(part.unzipped));
    let values: Vec<f64> = parts.iter().map(|(_, part)| float(part.unzipped)).collect();
    let _ = writeln!(
        out,
        "<svg viewBox=\"0 0 {} {}\" role=\"img\" aria-label=\"sizes\">\n<defs><pattern id=\"idle\" width=\"8\" height=\"8\" \
         patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\"><rect width=\"3\" height=\"8\" fill=\"#fff\" fill-opacity=\".35\"/></pattern></defs>",
        FRAME.width, FRAME.height
    );
    for ((at, part), rect) in parts.iter().zip(layout(&values, FRAME)) {
        boxes(out, part, rect, color(*at));
    }
    out.push_str("</svg>\n");
}

fn boxes(out: &mut String, part: &Part, frame: Rect, color: &str) {
    let (shown, rest) = part.groups.split_at(part.groups.len().min(BOXES));
    let more: Bytes = rest.iter().map(|group| group.bytes).sum();
    let values: Vec<f64> = shown.iter().map(|group| float(group.bytes)).chain([float(more)]).collect();
    let rects = layout(&values, frame);
    for (group, rect) in shown.iter().zip(&rects) {
        let title = format!("{} {}, {} of it idle", group.name, group.bytes, group.waste.total());
        one_box(out, *rect, color, &title, &group.name);
        idle(out, *rect, group);
    }
    if let Some(rect) = rects.get(shown.len()).filter(|_| more.0 > 0) {
        one_box(out, *rect, color, &format!("{} more {more}", rest.len()), "...");
    }
}

fn one_box(out: &mut String, rect: Rect, color: &str, title: &str, label: &str) {
    let Rect { x, y, width, height } = rect;
    let _ = writeln!(
        out,
        "<g><title>{}</title><rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width:.1}\" height=\"{height:.1}\" fill=\"{color}\" stroke=\"#fff\" stroke-width=\".7\"/>",
        escaped(title)
    );
    // seven units a letter of this size
    if height > 16.0 && width > 40.0 {
        let letters = ((width - 8.0) / 7.0).clamp(0.0, 60.0);
        let shown: String = label
            .chars()
            .zip(1u32..)
            .take_while(|(_, at)| f64::from(*at) <= letters)
            .map(|(c, _)| c)
            .collect();
        let _ = writeln!(out, "<text x=\"{:.1}\" y=\"{:.1}\">{}</text>", x + 4.0, y + 14.0, escaped(&shown));
    }
    out.push_str("</g>\n");
}

/// The share that does nothing is hatched, from below.
fn idle(out: &mut String, rect: Rect, group: &Group) {
    let share = float(group.waste.total()) / float(group.bytes).max(1.0);
    let height = rect.height * share.clamp(0.0, 1.0);
    if height > 0.5 {
        let _ = writeln!(
            out,
            "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{height:.1}\" fill=\"url(&#35;idle)\" pointer-events=\"none\"/>",
            rect.x,
            rect.y + rect.height - height,
            rect.width
        );
    }
}

fn table(out: &mut String, stack: &Stack) {
    let mut rows: Vec<(&Part, &Group)> =
        stack.parts.iter().flat_map(|part| part.groups.iter().map(move |group| (part, group))).collect();
    rows.sort_by(|(_, one), (_, two)| two.bytes.cmp(&one.bytes).then_with(|| one.name.cmp(&two.name)));
    out.push_str("<details><summary>The largest</summary>\n<table><tr><th>what</th><th>in</th><th class=\"number\">bytes</th><th class=\"number\">idle</th><th class=\"number\">files</th></tr>\n");
    for (part, group) in rows.into_iter().take(ROWS) {
        let _ = writeln!(
            out,
            "<tr><td class=\"path\">{}</td><td>{}</td><td class=\"number\">{}</td><td class=\"number\">{}</td><td class=\"number\">{}</td></tr>",
            escaped(&group.name),
            escaped(&part.name),
            group.bytes.grouped(),
            group.waste.total().grouped(),
            group.files
        );
    }
    out.push_str("</table></details>\n");
}

/// The folders of /opt; a folder opens to those in it.
fn tree(out: &mut String, folders: &[Folder]) {
    if folders.is_empty() {
        return;
    }
    out.push_str("<details><summary>The merged /opt</summary>\n<ul class=\"tree\">\n");
    let mut depth = 1usize;
    for folder in folders {
        let level = folder.path.matches('/').count().saturating_add(1);
        while depth < level {
            out.push_str("<li><ul class=\"tree\">\n");
            depth = depth.saturating_add(1);
        }
        while depth > level {
            out.push_str("</ul></li>\n");
            depth = depth.saturating_sub(1);
        }
        let hides = if folder.hidden == 0 {
            String::new()
        } else {
            format!(", {} files of other layers hidden", folder.hidden)
        };
        let from: Vec<String> = folder.providers.iter().map(|name| escaped(name)).collect();
        let _ = writeln!(
            out,
            "<li><span class=\"path\">/opt/{}</span> {} from {}{hides}</li>",
            escaped(&folder.path),
            folder.bytes,
            from.join(", ")
        );
    }
    for _ in 1..depth {
        out.push_str("</ul></li>\n");
    }
    out.push_str("</ul></details>\n");
}

/// Exact up to nine petabytes, which is more than a picture shows.
#[expect(clippy::cast_precision_loss, reason = "a picture")]
fn float(bytes: Bytes) -> f64 {
    bytes.0 as f64
}
