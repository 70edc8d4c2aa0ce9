//! `layerlint explain`: a rule's page, or the rules that predict an error text.

use std::fmt::Write as _;

use anstyle::{Effects, Style as Paint};

use crate::{
    data::texts::{self, Text},
    model::{page::Page, text::SafeText},
    triage::selection::nearest,
};

use super::Style;

/// Characters of fixed words that have to be found in a pasted text for it to be recognised.
const ENOUGH: usize = 12;

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

/// The pages that quote a known text whose fixed words are in the pasted one.
fn predicting(pasted: &str, pages: &[&'static Page]) -> Vec<&'static Page> {
    let known: Vec<&&Text> =
        texts::ALL.iter().filter(|text| contains_fixed_words(pasted, text.template)).collect();
    let quotes = |page: &Page, text: &Text| {
        page.section("What Lambda would say").is_some_and(|said| contains_fixed_words(said, text.template))
    };
    pages.iter().copied().filter(|page| known.iter().any(|text| quotes(page, text))).collect()
}

/// Whether all parts of a template between its placeholders are in a text, in order.
fn contains_fixed_words(text: &str, template: &str) -> bool {
    let plain = |text: &str| text.replace(['`', '\'', '"', '\u{2018}', '\u{2019}'], "'").to_lowercase();
    let (text, template) = (plain(text), plain(template));
    let parts: Vec<&str> = fixed_parts(&template);
    let mut rest = text.as_str();
    for part in &parts {
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    parts.iter().map(|part| part.len()).sum::<usize>() >= ENOUGH
}

fn fixed_parts(template: &str) -> Vec<&str> {
    template
        .split('{')
        .flat_map(|part| part.split_once('}').map_or([part, ""], |(_, after)| [after, ""]))
        .map(str::trim)
        .filter(|part| part.len() > 2)
        .collect()
}
