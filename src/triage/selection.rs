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
        // naming a pedantic rule with a severity is asking for it, unless a selection says exactly what runs
        if settings.select.is_empty() {
            for (written, _) in settings.severity.iter().filter(|(written, _)| !is_category(written, pages)) {
                selected.extend(named(written, pages)?);
            }
        }
        for written in &settings.ignore {
            for page in named(written, pages)? {
                selected.remove(page);
            }
        }
        Ok(Self { selected, severity: severities(settings, pages)? })
    }

    /// The rules that run, by id.
    pub fn pages(&self) -> Vec<&'static Page> {
        self.selected.iter().copied().collect()
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

fn severities(
    settings: &RuleSettings,
    pages: &[&'static Page],
) -> Result<BTreeMap<&'static str, Severity>, SelectionError> {
    let mut severity = BTreeMap::new();
    let mut given: Vec<_> = settings.severity.iter().collect();
    // a category first, so that a rule's own severity overrides it
    given.sort_by_key(|(written, _)| !is_category(written, pages));
    for (written, wanted) in given {
        severity.extend(named(written, pages)?.into_iter().map(|page| (page.id, *wanted)));
    }
    Ok(severity)
}

fn is_category(written: &Written, pages: &[&'static Page]) -> bool {
    pages.iter().any(|page| page.category == written.text.trim())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::triage::sample::{ALL, words, written};

    fn ids(settings: &RuleSettings, pedantic: bool) -> Vec<&'static str> {
        let selection = Selection::resolve(settings, &ALL, pedantic).unwrap();
        selection.pages().iter().map(|page| page.id).collect()
    }

    fn select(texts: &[&str]) -> RuleSettings {
        RuleSettings { select: words(texts), ..RuleSettings::default() }
    }

    #[test]
    fn the_default_profile_leaves_pedantic_rules_out() {
        assert_eq!(ids(&RuleSettings::default(), false), ["native/broken", "policy/risky", "size/docs"]);
        assert_eq!(ids(&RuleSettings::default(), true).len(), ALL.len());
    }

    #[test]
    fn categories_ids_and_earlier_ids_select() {
        assert_eq!(ids(&select(&["size"]), false), ["size/docs"]);
        assert_eq!(ids(&select(&["size"]), true), ["size/docs", "size/strict"]);
        assert_eq!(ids(&select(&["size/strict"]), false), ["size/strict"]);
        assert_eq!(ids(&select(&["archive/risky"]), false), ["policy/risky"]);
        let extended = RuleSettings { extend_select: words(&["size/strict"]), ..select(&["native"]) };
        assert_eq!(ids(&extended, false), ["native/broken", "size/strict"]);
    }

    #[test]
    fn an_ignore_beats_every_other_word() {
        let settings = RuleSettings {
            ignore: words(&["size/docs", "policy"]),
            severity: vec![(written("size/docs"), Severity::Error)],
            ..RuleSettings::default()
        };
        assert_eq!(ids(&settings, false), ["native/broken"]);
    }

    #[test]
    fn a_severity_asks_for_a_pedantic_rule_but_not_against_a_selection() {
        let severity = vec![(written("size/strict"), Severity::Error), (written("size"), Severity::Warning)];
        let settings = RuleSettings { severity, ..RuleSettings::default() };
        assert!(ids(&settings, false).contains(&"size/strict"));
        assert_eq!(
            ids(&RuleSettings { select: words(&["native"]), ..settings.clone() }, false),
            ["native/broken"]
        );
        let selection = Selection::resolve(&settings, &ALL, false).unwrap();
        let severity_of = |id: &str| selection.severity(ALL.iter().find(|page| page.id == id).unwrap());
        assert_eq!(severity_of("size/strict"), Some(Severity::Error));
        assert_eq!(severity_of("size/docs"), Some(Severity::Warning));
        assert_eq!(severity_of("native/broken"), None);
    }

    #[test]
    fn an_unknown_word_names_the_nearest() {
        for (word, near) in [
            ("native/brokne", Some("native/broken")),
            ("broken", Some("native/broken")),
            ("szie", Some("size")),
            ("something/else-entirely", None),
        ] {
            let error = Selection::resolve(&select(&[word]), &ALL, false).unwrap_err();
            assert_eq!(error.near(), near, "{word}");
            assert_eq!(error.to_string(), format!("no rule or category `{word}`"));
        }
        let error = Selection::resolve(&select(&["x\u{1b}[31m"]), &ALL, false).unwrap_err();
        assert!(!error.to_string().contains('\u{1b}'));
    }

    #[test]
    fn unknown_words_are_errors_wherever_they_stand() {
        let bad = || words(&["nothing/here"]);
        let settings = [
            RuleSettings { extend_select: bad(), ..RuleSettings::default() },
            RuleSettings { ignore: bad(), ..RuleSettings::default() },
            RuleSettings { severity: vec![(written("nothing/here"), Severity::Info)], ..select(&["size"]) },
        ];
        for one in settings {
            assert!(Selection::resolve(&one, &ALL, false).is_err());
        }
    }
}
