//! Which rules run, from the words of the configuration and the command line.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{
    page::{Page, Profile},
    place::SourceSpan,
    settings::{RuleSettings, Written},
    severity::Severity,
    text::SafeText,
};

/// The rules that run, and severities that the user gave.
#[derive(Clone, Debug, Default)]
pub struct Selection {
    selected: BTreeSet<&'static Page>,
    severity: BTreeMap<&'static str, Severity>,
}

/// A word that names neither a rule nor a category.
#[derive(Debug, thiserror::Error)]
#[error("no rule or category `{}`", written.text)]
pub struct SelectionError {
    written: Written,
    near: Option<&'static str>,
}

impl SelectionError {
    /// The name that was probably meant.
    pub fn near(&self) -> Option<&'static str> {
        self.near
    }

    /// Where it is written.
    pub fn at(&self) -> Option<&SourceSpan> {
        self.written.at.as_ref()
    }
}

impl Selection {
    /// Resolves the words against all pages.
    pub fn resolve(
        settings: &RuleSettings,
        pages: &[&'static Page],
        pedantic: bool,
    ) -> Result<Self, SelectionError> {
        let mut selected: BTreeSet<&'static Page> = if settings.select.is_empty() {
            pages.iter().copied().filter(|page| pedantic || page.profile == Profile::Default).collect()
        } else {
            BTreeSet::new()
        };
        for written in &settings.select {
            // a category brings its default rules, a name brings itself
            let default_only = is_category(written, pages) && !pedantic;
            selected.extend(
                named(written, pages)?
                    .into_iter()
                    .filter(|page| !default_only || page.profile == Profile::Default),
            );
        }
        for written in &settings.extend_select {
            selected.extend(named(written, pages)?);
        }
        for written in &settings.ignore {
            for page in named(written, pages)? {
                selected.remove(page);
            }
        }
        let mut severity = BTreeMap::new();
        let mut given: Vec<_> = settings.severity.iter().collect();
        // a category first, so that a rule's own severity overrides it
        given.sort_by_key(|(written, _)| !is_category(written, pages));
        for (written, wanted) in given {
            for page in named(written, pages)? {
                severity.insert(page.id, *wanted);
                // naming a pedantic rule with a severity is asking for it
                if !is_category(written, pages) {
                    selected.insert(page);
                }
            }
        }
        Ok(Self { selected, severity })
    }

    /// Whether a rule runs.
    pub fn has(&self, page: &Page) -> bool {
        self.selected.iter().any(|one| one.id == page.id)
    }

    /// The severity that the user gave a rule.
    pub fn severity(&self, page: &Page) -> Option<Severity> {
        self.severity.get(page.id).copied()
    }
}

fn is_category(written: &Written, pages: &[&'static Page]) -> bool {
    pages.iter().any(|page| page.category == written.text)
}

/// The pages that a word names: an id, an earlier id, or a category.
pub fn named(written: &Written, pages: &[&'static Page]) -> Result<Vec<&'static Page>, SelectionError> {
    let word = written.text.trim();
    let found: Vec<&'static Page> = pages
        .iter()
        .copied()
        .filter(|page| page.id == word || page.category == word || page.renamed_from.contains(&word))
        .collect();
    if found.is_empty() {
        let safe = Written { text: SafeText::new(word).as_str().to_owned(), at: written.at.clone() };
        return Err(SelectionError { near: nearest(word, pages), written: safe });
    }
    Ok(found)
}

/// The id or category nearest to a word; a bare name without its category is understood too.
pub fn nearest(word: &str, pages: &[&'static Page]) -> Option<&'static str> {
    if let Some(page) = pages.iter().find(|page| page.name == word) {
        return Some(page.id);
    }
    let names = pages.iter().flat_map(|page| [page.id, page.category]);
    names
        .map(|name| (strsim::damerau_levenshtein(word, name), name))
        .min()
        .filter(|(distance, name)| *distance <= (name.len() / 3).max(1))
        .map(|(_, name)| name)
}
