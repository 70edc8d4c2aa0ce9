//! A few lines of a source file with a region marked, drawn by miette.
//!
//! Only these lines are handed over: the cost of drawing grows with the text. miette draws whatever it is given, and a region that is
//! out of the text as an error, so both are seen to here.

use std::ops::Range;

use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteDiagnostic, MietteError, MietteSpanContents,
    Report as Shown, SourceCode, SpanContents,
};

use crate::model::{place::SourceSpan, text::SafeText};

use super::Style;

/// Lines around the region that are shown.
const CONTEXT: usize = 1;

/// Lines of the region that are shown; of a longer one its first line.
const MOST_LINES: usize = 8;

/// Bytes that are drawn; a policy written in one long line is not.
const MOST_BYTES: usize = 2_000;

/// The region with a line around it; nothing when the region is not in the text or too much would have to be shown.
pub(super) fn snippet(text: &str, span: &SourceSpan, style: Style) -> Option<String> {
    let region = region(text, span)?;
    let window = window(text, &region)?;
    let before = text.get(window.start..region.start)?.matches('\n').count();
    let source = Window {
        file: span.file.to_string(),
        text: drawable(text.get(window.clone())?),
        first_line: usize::try_from(span.line).ok()?.saturating_sub(before),
    };
    let label = (region.start.saturating_sub(window.start), region.len());
    let diagnostic = MietteDiagnostic::new(" ").with_label(LabeledSpan::new_primary_with_span(None, label));
    let theme = if style.color { GraphicalTheme::unicode() } else { GraphicalTheme::unicode_nocolor() };
    let mut out = String::new();
    GraphicalReportHandler::new_themed(theme)
        .with_links(false)
        .with_width(style.width)
        .render_report(&mut out, Shown::new(diagnostic).with_source_code(source).as_ref())
        .ok()?;
    let lines: Vec<&str> = out.lines().skip_while(|line| !line.contains('╭')).collect();
    (!lines.is_empty()).then(|| lines.join("\n") + "\n")
}

/// What is marked, in the text and not empty unless the text ends there.
fn region(text: &str, span: &SourceSpan) -> Option<Range<usize>> {
    let rest = text.get(span.offset..)?;
    let whole = rest.get(..span.length).unwrap_or(rest);
    let marked = if whole.matches('\n').count() < MOST_LINES { whole } else { whole.lines().next()? };
    let marked = marked.trim_end();
    let shortest = rest.chars().next().map_or(0, char::len_utf8);
    Some(span.offset..span.offset.saturating_add(marked.len().max(shortest)))
}

fn window(text: &str, region: &Range<usize>) -> Option<Range<usize>> {
    let (before, after) = (text.get(..region.start)?, text.get(region.end..)?);
    let start = before.rmatch_indices('\n').nth(CONTEXT).map_or(0, |(at, _)| at.saturating_add(1));
    let end =
        after.match_indices('\n').nth(CONTEXT).map_or(text.len(), |(at, _)| region.end.saturating_add(at));
    (end.saturating_sub(start) <= MOST_BYTES).then_some(start..end)
}

/// The text with everything that steers a terminal replaced, byte for byte, so that the region stays where it is.
fn drawable(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => out.push('\n'),
            '\t' | '\r' => out.push(' '),
            c if SafeText::new(c.encode_utf8(&mut [0; 4])).as_str().starts_with("\\u{") => {
                out.push_str(&"?".repeat(c.len_utf8()));
            }
            c => out.push(c),
        }
    }
    out
}

/// Lines of a file that begin further down in it.
struct Window {
    file: String,
    text: String,
    first_line: usize,
}

impl SourceCode for Window {
    fn read_span<'a>(
        &'a self,
        span: &miette::SourceSpan,
        before: usize,
        after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let inner = self.text.read_span(span, before, after)?;
        Ok(Box::new(MietteSpanContents::new_named(
            self.file.clone(),
            inner.data(),
            *inner.span(),
            inner.line().saturating_add(self.first_line.saturating_sub(1)),
            inner.column(),
            inner.line_count(),
        )))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{model::place::ReportPath, triage::sample::span};

    const PLAIN: Style = Style { color: false, width: 100, links: false };

    fn shown(text: &str, range: Range<usize>) -> Option<String> {
        snippet(text, &span("policy.json", text, range), PLAIN)
    }

    #[test]
    fn the_line_is_shown_with_its_number_and_its_neighbours() {
        let text = "one\ntwo\nthree\nfour\nfive\n";
        let out = shown(text, 8..13).unwrap();
        assert!(out.contains("policy.json:3:1"), "{out}");
        assert!(out.contains("3 │ three") && out.contains("two") && out.contains("four"), "{out}");
        assert!(!out.contains("one") && !out.contains("five") && !out.contains('\u{1b}'), "{out}");
    }

    #[test]
    fn windows_line_ends_and_steering_characters_are_not_drawn() {
        let text = "a\r\n\"b\u{202e}\u{1b}\u{9b}\u{feff}c\"\r\nd\r\n";
        let out = shown(text, 3..text.len() - 4).unwrap();
        assert!(out.contains("\"b????"), "{out}");
        assert!(!out.contains(['\r', '\u{1b}', '\u{202e}', '\u{9b}', '\u{feff}']), "{out}");
    }

    #[test]
    fn regions_at_the_end_and_beyond_draw_no_error() {
        for text in ["", "\n", "a", "a\n", "ä"] {
            for offset in 0..6 {
                for length in [0, 1, 9] {
                    let file = ReportPath::new("x.json");
                    let span = SourceSpan { file, line: 1, column: 1, offset, length };
                    let out = snippet(text, &span, PLAIN).unwrap_or_default();
                    assert!(
                        !out.to_lowercase().contains("error") && !out.contains("bounds"),
                        "{text:?} {out}"
                    );
                }
            }
        }
    }

    #[test]
    fn of_a_long_region_the_first_line_is_marked_and_a_long_line_is_left_out() {
        let text = format!("{{\n{}}}\n", "  \"x\": 1,\n".repeat(40));
        let out = shown(&text, 0..text.len()).unwrap();
        assert!(out.lines().count() < 8, "{out}");
        assert_eq!(shown(&"x".repeat(5_000), 10..20), None);
    }
}
