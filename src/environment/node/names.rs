//! Which names modules export to one another: through `export *`, `module.exports = require(...)` and their like.

use std::collections::{BTreeMap, BTreeSet};

use crate::inspect::javascript::{Import, ModuleFacts};

use super::fault::Trouble;

/// Modules through which handed-on exports are followed.
const LONGEST: usize = 1000;

/// What the names are taken from.
pub(super) trait Source {
    /// The facts of a module that parses.
    fn facts(&self, index: usize) -> Option<&ModuleFacts>;
    /// Whether it is an ES module.
    fn is_module(&self, index: usize) -> bool;
    /// The module that a specifier in another one stands for, if it was loaded.
    fn target(&self, index: usize, specifier: &str) -> Option<usize>;
    /// The source of a module.
    fn text(&self, index: usize) -> Option<Vec<u8>>;
    /// `import` statements: the module, the statement, and the module that it asks for.
    fn named(&self) -> &[(usize, Import, usize)];
}

/// The names that a module exports, all ways together.
#[derive(Debug, Default)]
pub(super) struct Names {
    pub(super) names: BTreeSet<String>,
    /// There may be more.
    pub(super) open: bool,
}

impl Names {
    /// Whether a name is exported; nothing when only running the code would tell.
    pub(super) fn has(&self, name: &str) -> Option<bool> {
        if self.names.contains(name) {
            return Some(true);
        }
        if self.open { None } else { Some(false) }
    }
}

pub(super) struct Graph<'c, S> {
    pub(super) crawl: &'c S,
}

impl<S: Source> Graph<'_, S> {
    /// The names that a module exports.
    pub(super) fn exports(&self, index: usize) -> Names {
        let mut names = Names::default();
        let mut seen = BTreeSet::new();
        let mut todo = vec![(index, true)];
        while let Some((at, first)) = todo.pop() {
            if !seen.insert(at) {
                continue;
            }
            let Some(facts) = self.crawl.facts(at).filter(|_| seen.len() < LONGEST) else {
                names.open = true;
                continue;
            };
            names.open |= facts.exports.dynamic;
            // `export *` hands on everything but the default
            let handed_on = facts.exports.names.iter().filter(|name| first || *name != "default");
            names.names.extend(handed_on.cloned());
            for specifier in &facts.exports.from {
                match self.crawl.target(at, specifier) {
                    Some(target) => todo.push((target, false)),
                    None => names.open = true,
                }
            }
        }
        names
    }

    /// Imported names that are exported by nobody.
    pub(super) fn missing_names(&self) -> Vec<(usize, u32, Trouble)> {
        let mut missing = Vec::new();
        let mut known: BTreeMap<usize, Names> = BTreeMap::new();
        for (importer, import, target) in self.crawl.named() {
            let names = known.entry(*target).or_insert_with(|| self.importable(*target));
            for name in &import.names {
                if self.is_missing(*target, names, name) {
                    let trouble = Trouble::NoExport {
                        specifier: import.specifier.clone(),
                        name: name.clone(),
                        commonjs: !self.crawl.is_module(*target),
                    };
                    missing.push((*importer, import.line, trouble));
                }
            }
        }
        missing
    }

    /// What an ES module can be asked for.
    fn importable(&self, target: usize) -> Names {
        if !self.crawl.is_module(target) {
            return Names::default();
        }
        let mut names = self.exports(target);
        names.open |= self.hands_on_commonjs(target);
        names
    }

    fn is_missing(&self, target: usize, names: &Names, name: &str) -> bool {
        if self.crawl.is_module(target) {
            return names.has(name) == Some(false);
        }
        name != "default" && self.is_missing_in_commonjs(target, name)
    }

    /// `export *` from CommonJS: what Node.js finds there by looking at its text is not told exactly.
    fn hands_on_commonjs(&self, index: usize) -> bool {
        let mut seen = BTreeSet::new();
        let mut todo = vec![index];
        while let Some(at) = todo.pop() {
            if !self.crawl.is_module(at) {
                return true;
            }
            if seen.insert(at)
                && let Some(facts) = self.crawl.facts(at)
            {
                todo.extend(facts.exports.from.iter().filter_map(|from| self.crawl.target(at, from)));
            }
        }
        false
    }

    /// Node.js finds names of CommonJS by their spelling: one that is nowhere in the text is not found, unless another module's exports
    /// are handed on.
    fn is_missing_in_commonjs(&self, target: usize, name: &str) -> bool {
        let Some(facts) = self.crawl.facts(target) else { return false };
        let exports = &facts.exports;
        let hands_on = !exports.from.is_empty() || (exports.dynamic && !facts.loads.is_empty());
        if hands_on || exports.names.contains(name) {
            return false;
        }
        let Some(text) = self.crawl.text(target) else { return false };
        !String::from_utf8_lossy(&text).contains(name)
    }
}
