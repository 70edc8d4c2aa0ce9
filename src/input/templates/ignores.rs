//! Ignores that stand where the fault is: a comment in a template, or the `Metadata` of a resource.
//!
//! ```yaml
//! # layerlint: ignore[policy/public-layer] published for everybody on purpose
//! # layerlint: ignore[size, native/hardening] until 2027-03-31 waits for the new toolchain
//! ```
//!
//! A comment holds for the block that it stands in front of or behind; `Metadata` for its resource.

use std::ops::Range;

use jiff::civil::Date;

use crate::{
    input::{
        document::{Comment, Document, Located, Shape, lines::Lines},
        error::UsageError,
    },
    model::{
        place::{ReportPath, SourceSpan},
        settings::{IgnoreSetting, Region, Written},
    },
};

use super::Inventory;

/// What begins a comment that speaks to us.
const MARK: &str = "layerlint:";

/// Takes the ignores out of the comments and the metadata of a document.
pub(super) fn add(document: &Document, inventory: &mut Inventory<'_>) -> Result<(), UsageError> {
    let lines: Vec<&str> = document.text.lines().collect();
    for comment in &document.comments {
        for ignore in of_comment(comment, &lines, &document.text)? {
            inventory.ignore(ignore);
        }
    }
    let resources = document.root().and_then(|root| root.get("Resources"));
    add_of_resources(document, resources, inventory);
    Ok(())
}

/// Takes the ignores out of the metadata of resources; each holds for the lines of its resource.
pub(super) fn add_of_resources(
    document: &Document,
    resources: Option<Located<'_>>,
    inventory: &mut Inventory<'_>,
) {
    for resource in resources.into_iter().flat_map(Located::pairs) {
        let first = resource.key_span().line;
        let last = document.span(&end_of(resource.value)).line;
        let region = Region { file: document.file.clone(), lines: first..=last };
        add_of_resource(resource.value, &region, inventory);
    }
}

/// Takes the ignores out of the metadata of one resource; they hold for the region.
pub(super) fn add_of_resource(resource: Located<'_>, region: &Region, inventory: &mut Inventory<'_>) {
    let metadata = resource.at(&["Metadata", "layerlint", "ignore"]);
    for ignore in metadata.into_iter().flat_map(|list| of_metadata(list, region)) {
        inventory.ignore(ignore);
    }
}

/// The empty range at the end of a value.
fn end_of(value: Located<'_>) -> Range<usize> {
    let end = value.range().end;
    end.saturating_sub(1)..end
}

/// The ignores of one comment; none of a comment about something else.
pub(super) fn of_comment(
    comment: &Comment,
    lines: &[&str],
    text: &str,
) -> Result<Vec<IgnoreSetting>, UsageError> {
    let Some(order) = comment.text.trim().strip_prefix(MARK) else { return Ok(Vec::new()) };
    let fault = |message: &str| {
        let range = comment.at.offset..comment.at.offset.saturating_add(comment.at.length);
        UsageError::new(format!("{}:{}: {message}", comment.at.file, comment.at.line))
            .in_text(comment.at.file.as_str(), text, range, "here")
            .help("# layerlint: ignore[category/name] why it is right here")
    };
    let list = order.trim().strip_prefix("ignore[").and_then(|rest| rest.split_once(']'));
    let (rules, rest) = list.ok_or_else(|| fault("a comment for layerlint is `ignore[RULES] reason`"))?;
    let (until, reason) =
        until(rest.trim()).ok_or_else(|| fault("`until` is followed by a date: 2027-03-31"))?;
    if reason.is_empty() {
        return Err(fault("an ignore needs a reason behind the bracket"));
    }
    let first = if comment.alone { comment.at.line.saturating_add(1) } else { comment.at.line };
    let region = Region { file: comment.at.file.clone(), lines: block(lines, first) };
    let setting = |rule: &str| setting(rule, reason, until, &comment.at, &region);
    Ok(rules.split(',').map(str::trim).filter(|rule| !rule.is_empty()).map(setting).collect())
}

/// `until DATE` in front of the reason.
fn until(text: &str) -> Option<(Option<Date>, &str)> {
    let Some(rest) = text.strip_prefix("until ") else { return Some((None, text)) };
    let (date, reason) = rest.trim().split_once(char::is_whitespace).unwrap_or((rest.trim(), ""));
    Some((Some(date.trim_end_matches(':').parse().ok()?), reason.trim()))
}

/// The line and those below it that stand further in.
fn block(lines: &[&str], first: u32) -> std::ops::RangeInclusive<u32> {
    let indent = |line: &&str| line.len().saturating_sub(line.trim_start().len());
    let start = usize::try_from(first).unwrap_or(usize::MAX).saturating_sub(1);
    let Some(own) = lines.get(start).map(indent) else { return first..=first };
    let below = lines.iter().skip(start.saturating_add(1));
    let deeper = below.take_while(|line| line.trim().is_empty() || indent(line) > own).count();
    first..=first.saturating_add(u32::try_from(deeper).unwrap_or(u32::MAX))
}

/// A list of rules, or of maps with `rule`, `reason` and `until`.
fn of_metadata(list: Located<'_>, region: &Region) -> Vec<IgnoreSetting> {
    const NO_REASON: &str = "ignored in the metadata of the resource";
    let members: Vec<Located<'_>> =
        if list.shape() == Shape::List { list.items().collect() } else { vec![list] };
    let one = |member: Located<'_>| {
        let text = |key: &str| member.get(key).and_then(Located::scalar);
        let rule = member.text().or_else(|| text("rule"))?;
        let until = text("until").and_then(|date| date.parse().ok());
        Some(setting(rule, text("reason").unwrap_or(NO_REASON), until, &member.span(), region))
    };
    members.into_iter().filter_map(one).collect()
}

fn setting(rule: &str, reason: &str, until: Option<Date>, at: &SourceSpan, region: &Region) -> IgnoreSetting {
    IgnoreSetting {
        rule: Written { text: rule.to_owned(), at: Some(at.clone()) },
        path: None,
        region: Some(region.clone()),
        reason: reason.to_owned(),
        until,
    }
}

/// The comments of a text in which `#` and `//` begin one: for formats whose parser does not keep them.
pub fn comments(file: &ReportPath, text: &str) -> Vec<Comment> {
    let mut found = Vec::new();
    let mut lines = None;
    let mut offset = 0usize;
    for line in text.split_inclusive('\n') {
        let start = ["#", "//"].iter().filter_map(|mark| line.find(mark).map(|at| (at, mark.len()))).min();
        if let Some((at, length)) = start
            && let Some(comment) = line.get(at.saturating_add(length)..).filter(|text| text.contains(MARK))
        {
            let range = offset.saturating_add(at)..offset.saturating_add(line.trim_end().len());
            found.push(Comment {
                text: comment.trim_end().to_owned(),
                at: lines.get_or_insert_with(|| Lines::of(text)).span(file, text, &range),
                alone: line.get(..at).is_some_and(|before| before.trim().is_empty()),
            });
        }
        offset = offset.saturating_add(line.len());
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ignores(line: &str, alone: bool) -> Result<Vec<IgnoreSetting>, UsageError> {
        let text = format!("a:\n{line}\n  b: 1\n    c: 2\nd: 3\n");
        let file = ReportPath::new("t.yaml");
        let comments = comments(&file, &text);
        let comment = Comment { alone, ..comments.into_iter().next().unwrap() };
        of_comment(&comment, &text.lines().collect::<Vec<_>>(), &text)
    }

    #[test]
    fn a_comment_holds_for_the_block_below_or_beside_it() {
        let found =
            ignores("  # layerlint: ignore[size, native/x] until 2027-03-31 old tools", true).unwrap();
        assert_eq!(found.len(), 2);
        let region = found[0].region.clone().unwrap();
        assert_eq!((found[0].rule.text.as_str(), region.lines), ("size", 3..=4));
        assert_eq!(
            (found[1].reason.as_str(), found[1].until),
            ("old tools", Some(jiff::civil::date(2027, 3, 31)))
        );
        let beside = ignores("  x: # layerlint: ignore[size] why", false).unwrap();
        assert_eq!(beside[0].region.clone().unwrap().lines, 2..=2);
    }

    #[test]
    fn a_comment_without_a_reason_is_an_error_with_a_place() {
        for line in [
            "# layerlint: ignore[size]",
            "# layerlint: ignore size",
            "# layerlint: ignore[size] until soon x",
        ] {
            let error = ignores(line, true).unwrap_err().to_string();
            assert!(error.starts_with("t.yaml:2: "), "{error}");
        }
    }
}
