//! `layerlint explain`: a rule's page, or the rules that predict an error text.

use std::fmt::Write as _;

use anstyle::{Effects, Style as Paint};

use crate::{
    data::{
        error_types,
        texts::{self, Text},
    },
    model::{page::Page, text::SafeText},
    triage::selection::nearest,
};

use super::{Style, log_line};

/// Characters of fixed words that have to be found in a pasted text for it to be recognised.
const ENOUGH: usize = 12;

/// Characters of one run of fixed words that are enough where the words around it differ.
const LONG: usize = 24;

/// Neither a rule nor a known error text.
#[derive(Debug)]
pub struct Unknown {
    /// What was asked for, cut.
    pub subject: SafeText,
    /// The rule that was probably meant.
    pub near: Option<&'static str>,
}

/// The page of a rule, or a list of the rules whose pages quote a pasted text.
pub fn explain(subject: &str, pages: &[&'static Page], style: Style) -> Result<String, Unknown> {
    let subject = subject.trim();
    if let Some(page) = pages.iter().find(|page| page.id == subject || page.renamed_from.contains(&subject)) {
        return Ok(page_text(page, style));
    }
    let predicting = predicting(subject, pages);
    if predicting.is_empty() {
        return Err(Unknown {
            subject: SafeText::new(subject).shortened(120),
            near: nearest(subject, pages),
        });
    }
    Ok(list(&predicting))
}

fn page_text(page: &Page, style: Style) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "{}: {}", page.id, page.summary);
    let _ = writeln!(out, "severity {}, certainty {}, since {}", page.severity, page.certainty, page.since);
    for line in page.markdown.lines().skip_while(|line| line.trim().is_empty() || line.starts_with("# ")) {
        let _ = match line.strip_prefix("## ").filter(|_| style.color) {
            Some(heading) => {
                let bold = Paint::new().effects(Effects::BOLD);
                writeln!(out, "{}{heading}{}", bold.render(), bold.render_reset())
            }
            None => writeln!(out, "{line}"),
        };
    }
    out
}

fn list(pages: &[&'static Page]) -> String {
    let mut out = String::from("these rules predict that text:\n\n");
    for page in pages {
        let _ = writeln!(out, "  {}: {}", page.id, page.summary);
    }
    out.push_str("\nrun `layerlint explain RULE` for what to check, or layerlint on the package to see which of them it is\n");
    out
}

/// The pages that quote a known text whose fixed words are in the pasted one; without any, those of the names of errors in it, and at
/// last those of texts that share their longest words with it.
fn predicting(pasted: &str, pages: &[&'static Page]) -> Vec<&'static Page> {
    let unwrapped = log_line::unwrapped(pasted);
    let whole = log_line::plain(&unwrapped);
    let known: Vec<&Text> =
        texts::ALL.iter().copied().filter(|text| contains_fixed_words(&whole, text.template)).collect();
    // what stands around every error of its kind says less than the error itself
    let (around, inner): (Vec<&Text>, Vec<&Text>) = known.into_iter().partition(|text| is_wrapper(text));
    let named = || {
        let ids = error_types::texts_of(&unwrapped);
        texts::ALL.iter().copied().filter(|text| ids.contains(&text.id)).collect()
    };
    let shared = || texts::ALL.iter().copied().filter(|text| shares_words(pasted, text.template)).collect();
    let either = |first: Vec<&'static Text>, then: &dyn Fn() -> Vec<&'static Text>| {
        if first.is_empty() { then() } else { first }
    };
    let found = either(either(either(inner, &|| around.clone()), &named), &shared);
    pages.iter().copied().filter(|page| found.iter().any(|text| quotes(page, text))).collect()
}

fn quotes(page: &Page, text: &Text) -> bool {
    page.section("What Lambda would say")
        .is_some_and(|said| contains_fixed_words(&log_line::plain(said), text.template))
}

/// Whether the words that matter are those that are filled in at the end.
fn is_wrapper(text: &Text) -> bool {
    text.template.ends_with("{error}")
}

/// Whether all parts of a template between its placeholders are in a plain text, in order. The kind of the error before the words may
/// be missing: logs keep it apart.
fn contains_fixed_words(text: &str, template: &str) -> bool {
    let in_order = |template: &str| {
        let template = log_line::plain(template);
        let parts: Vec<&str> = fixed_parts(&template);
        let mut rest = text;
        for part in &parts {
            match rest.split_once(part) {
                Some((_, after)) => rest = after,
                None => return false,
            }
        }
        parts.iter().map(|part| part.len()).sum::<usize>() >= ENOUGH
    };
    in_order(template) || without_kind(template).is_some_and(in_order)
}

/// Whether a pasted text is a piece of a template's fixed words, or holds the longest of them.
fn shares_words(pasted: &str, template: &str) -> bool {
    let (pasted, template) = (log_line::plain(pasted), log_line::plain(template));
    let parts = fixed_parts(&template);
    let longest = parts.iter().max_by_key(|part| part.len()).filter(|part| part.len() >= LONG);
    longest.is_some_and(|part| pasted.contains(part))
        || pasted.len() >= ENOUGH && parts.iter().any(|part| part.contains(pasted.as_str()))
}

/// `Error [ERR_X]: words` without what stands before the words.
fn without_kind(template: &str) -> Option<&str> {
    let (kind, words) = template.split_once(": ")?;
    let name = kind.split(" [").next().unwrap_or(kind);
    let is_kind = name.ends_with("Error") || name.starts_with("Runtime.");
    (is_kind && !name.contains([' ', '{'])).then_some(words)
}

fn fixed_parts(template: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let (mut begin, mut from) = (0, 0);
    while let Some(open) =
        template.get(from..).and_then(|rest| rest.find('{')).map(|at| from.saturating_add(at))
    {
        from = open.saturating_add(1);
        // braces of JSON are words like others
        let inner = template.get(from..).and_then(|rest| rest.split_once('}')).map(|(inner, _)| inner);
        if let Some(name) = inner.filter(|name| name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')) {
            parts.push(template.get(begin..open).unwrap_or_default());
            from = from.saturating_add(name.len()).saturating_add(1);
            begin = from;
        }
    }
    parts.push(template.get(begin..).unwrap_or_default());
    parts.into_iter().map(str::trim).filter(|part| part.len() > 2).collect()
}
