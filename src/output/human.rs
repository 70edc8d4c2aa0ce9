//! The report for a terminal.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Effects, Style as Paint};

use crate::{
    data::limits::limits,
    model::{finding::Finding, place::Place, severity::Severity, size::Bytes, text::SafeText},
    triage::{
        fold::group,
        report::{FunctionRow, Report},
    },
};

use super::{PAGES, Style, concise, snippet::snippet};

/// Characters of a place that are shown: names of 60,000 characters bury what is said of them.
const PLACE: usize = 400;

/// Other places that are shown of one finding.
const RELATED: usize = 5;

/// Characters of the budget bar.
const BAR: u64 = 30;

/// The whole report.
pub fn render(report: &Report, style: Style) -> String {
    let mut page = Page { out: String::new(), style };
    page.taken(report);
    let mut last = None;
    for finding in &report.findings {
        let group = group(finding);
        if last.as_ref() != Some(&group) {
            page.heading(&group);
            last = Some(group);
        }
        page.finding(finding, report);
    }
    page.functions(&report.functions);
    page.not_analysed(report);
    page.unresolved(report);
    page.notices(report);
    page.vanished(report);
    page.summary(report);
    page.out
}

struct Page {
    out: String,
    style: Style,
}

impl Page {
    fn line(&mut self, text: impl AsRef<str>) {
        self.out.push_str(text.as_ref());
        self.out.push('\n');
    }

    fn paint(&self, paint: Paint, text: &str) -> String {
        if self.style.color {
            format!("{}{text}{}", paint.render(), paint.render_reset())
        } else {
            text.to_owned()
        }
    }

    /// The rule's name, as a link to its page where the terminal can. Names of rules are our own, so nothing foreign gets into the link.
    fn link(&self, id: &str) -> String {
        if self.style.links {
            format!("\u{1b}]8;;{PAGES}/{id}.md\u{1b}\\{id}\u{1b}]8;;\u{1b}\\")
        } else {
            id.to_owned()
        }
    }

    fn dim(&self, text: &str) -> String {
        self.paint(Paint::new().effects(Effects::DIMMED), text)
    }

    fn bold(&self, text: &str) -> String {
        self.paint(Paint::new().effects(Effects::BOLD), text)
    }

    fn taken(&mut self, report: &Report) {
        if report.took.is_empty() {
            return;
        }
        let names: Vec<&str> = report.took.iter().map(SafeText::as_str).collect();
        let text = self.dim(&format!("taken: {}", names.join(", ")));
        self.line(text);
        self.line("");
    }

    fn heading(&mut self, group: &str) {
        let text = self.paint(Paint::new().effects(Effects::BOLD | Effects::UNDERLINE), group);
        self.line(text);
        self.line("");
    }

    fn finding(&mut self, finding: &Finding, report: &Report) {
        let color = match finding.severity {
            Severity::Error => AnsiColor::Red,
            Severity::Warning => AnsiColor::Yellow,
            Severity::Info => AnsiColor::Cyan,
        };
        let head = format!("{}[{}]", finding.severity, self.link(finding.page.id));
        let head = self.paint(Paint::new().fg_color(Some(color.into())).effects(Effects::BOLD), &head);
        let message = self.bold(&finding.message);
        self.line(format!("{head}: {message}"));
        self.place(finding);
        self.related(finding);
        self.detail("Lambda would say", finding.lambda_error.as_deref());
        self.detail("why", finding.reason.as_deref());
        self.detail("fix", finding.fix.as_deref());
        self.source(finding, report);
        self.line("");
    }

    fn place(&mut self, finding: &Finding) {
        let mut about: Vec<String> = Vec::new();
        if let Some(label) = finding.place.label().filter(|label| label.name.as_str() != label.path.as_str())
        {
            about.push(format!("package {}", label.name));
        }
        about.extend(finding.function.iter().map(|name| format!("function {name}")));
        if !finding.targets.is_empty() {
            about.push(format!(
                "for {}",
                finding.targets.iter().map(SafeText::as_str).collect::<Vec<_>>().join(", ")
            ));
        }
        if let Some(span) = finding.place.source_span().filter(|_| finding.place.label().is_some()) {
            about.push(format!("{}:{}:{}", span.file, span.line, span.column));
        }
        let at = short(&finding.place);
        let about =
            if about.is_empty() { String::new() } else { self.dim(&format!("  ({})", about.join("; "))) };
        self.line(format!("  {at}{about}"));
    }

    fn related(&mut self, finding: &Finding) {
        for related in finding.related.iter().take(RELATED) {
            let text = self.dim(&format!("  {}  ({})", short(&related.place), related.note));
            self.line(text);
        }
        let more = finding.related.len().saturating_sub(RELATED);
        if more > 0 {
            let text = self.dim(&format!("  and {more} more"));
            self.line(text);
        }
    }

    fn detail(&mut self, label: &str, text: Option<&str>) {
        if let Some(text) = text {
            let label =
                self.paint(Paint::new().fg_color(Some(AnsiColor::Blue.into())), &format!("{label:<16}"));
            self.line(format!("  {label} {text}"));
        }
    }

    /// The line of a policy or a configuration that the finding itself is about; where a package is the place, its path says it.
    fn source(&mut self, finding: &Finding, report: &Report) {
        let Some(span) = finding.place.source_span().filter(|_| finding.place.label().is_none()) else {
            return;
        };
        let Some(text) = report.sources.get(span.file.as_str()) else { return };
        if let Some(shown) = snippet(text, span, self.style) {
            self.out.push_str(&shown);
        }
    }

    /// A function of which nothing is at hand takes an unknown part.
    fn functions(&mut self, functions: &[FunctionRow]) {
        let functions: Vec<&FunctionRow> = functions.iter().filter(|one| one.unzipped > Bytes(0)).collect();
        for function in &functions {
            let all = limits().unzipped_bytes;
            let layers = match function.layers.len() {
                0 => String::new(),
                1 => " with 1 layer".to_owned(),
                more => format!(" with {more} layers"),
            };
            let bar = self.dim(&bar(function.unzipped, all));
            let name = self.bold(&function.name);
            let (used, all) = (function.unzipped.human(), all.human());
            let left = if function.remaining == Bytes(0) {
                "nothing left".to_owned()
            } else {
                format!("{} left", function.remaining)
            };
            self.line(format!("{bar} {name}{layers}: {used} of {all} unzipped, {left}"));
        }
        if !functions.is_empty() {
            self.line("");
        }
    }

    fn not_analysed(&mut self, report: &Report) {
        if report.not_analysed.is_empty() {
            return;
        }
        let title = self.bold("not analysed");
        self.line(title);
        for one in &report.not_analysed {
            self.line(format!("  {}: {}", one.what, one.why));
        }
        self.line("");
    }

    /// One line; what is not known to anybody here does not deserve a page.
    fn unresolved(&mut self, report: &Report) {
        const SHOWN: usize = 3;
        let Some(number) = Some(report.unresolved.len()).filter(|number| *number > 0) else { return };
        let mut expressions: Vec<&str> = report.unresolved.iter().map(|one| &*one.expression).collect();
        expressions.dedup();
        let more = if expressions.len() > SHOWN { ", ..." } else { "" };
        let shown: Vec<&str> = expressions.into_iter().take(SHOWN).collect();
        let verb = if number == 1 { "value" } else { "values" };
        let text = format!(
            "note: {number} {verb} could not be resolved ({}{more}); --parameter NAME=VALUE, --region and --account resolve some",
            shown.join(", ")
        );
        let text = self.dim(&text);
        self.line(text);
    }

    fn notices(&mut self, report: &Report) {
        for notice in &report.notices {
            let at =
                notice.at.as_ref().map(|span| format!("  ({}:{})", span.file, span.line)).unwrap_or_default();
            let text = self.dim(&format!("note: {}{at}", notice.message));
            self.line(text);
        }
    }

    fn vanished(&mut self, report: &Report) {
        for gone in report.compared.iter().flat_map(|compared| &compared.vanished) {
            let text = self.dim(&format!("note: {} is mended: {}", gone.rule, gone.at));
            self.line(text);
        }
    }

    fn summary(&mut self, report: &Report) {
        let summary = report.summary();
        let mut parts = vec![
            count(summary.errors, "error"),
            count(summary.warnings, "warning"),
            count(summary.infos, "info"),
        ];
        let looked = format!("in {}", count(report.packages.len(), "package"));
        if report.findings.is_empty() {
            let known = report.compared.as_ref().is_some_and(|compared| !compared.known.is_empty());
            parts = vec![if known { "nothing new" } else { "nothing to complain about" }.to_owned()];
        }
        let mut text = format!("{} {looked}", parts.join(", "));
        if !report.policies.is_empty() {
            let _ = write!(
                text,
                " and {}",
                if report.policies.len() == 1 {
                    "1 policy".to_owned()
                } else {
                    format!("{} policies", report.policies.len())
                }
            );
        }
        if !report.ignored.is_empty() {
            let _ = write!(text, "; {} ignored", report.ignored.len());
        }
        if let Some(known) =
            report.compared.as_ref().map(|compared| compared.known.len()).filter(|one| *one > 0)
        {
            let _ = write!(text, "; {known} known to the baseline");
        }
        if !report.not_analysed.is_empty() {
            let _ = write!(text, "; {} not analysed", report.not_analysed.len());
        }
        let text = self.bold(&text);
        self.line(text);
        if summary.errors > 0 {
            let text = self.dim("`layerlint explain RULE` tells more about a rule");
            self.line(text);
        }
    }
}

fn short(place: &Place) -> SafeText {
    SafeText::new(concise::place(place)).shortened(PLACE)
}

fn count(number: usize, noun: &str) -> String {
    if number == 1 { format!("1 {noun}") } else { format!("{number} {noun}s") }
}

fn bar(used: Bytes, all: Bytes) -> String {
    let filled = used.0.min(all.0).saturating_mul(BAR).checked_div(all.0).unwrap_or_default();
    let filled = usize::try_from(filled).unwrap_or_default();
    let width = usize::try_from(BAR).unwrap_or_default();
    format!("[{}{}]", "#".repeat(filled), ".".repeat(width.saturating_sub(filled)))
}
