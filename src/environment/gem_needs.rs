//! What a gem needs, by its gemspec: RubyGems activates a gem with all of it, or not at all.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    archive::Scratch,
    data::{ruby_modules, search_paths::Holds},
    inspect::ruby::Require,
};

use super::{deployment::Deployment, filesystem::Provider, gems};

/// Bytes of a gemspec that are read.
const LONGEST: usize = 64 << 10;

/// Gems that are followed.
const MOST: usize = 500;

/// A gem that is required at start and cannot be activated.
#[derive(Clone, Debug)]
pub struct LackingGem<'a> {
    /// The file that requires it.
    pub file: Provider<'a>,
    /// What it asks for.
    pub require: Require,
    /// The gem that needs another, with its version.
    pub gem: String,
    /// The name of the one that is not there.
    pub needs: String,
    /// Its versions that would do: `~> 2.2, >= 2.2.4`.
    pub requirement: String,
}

/// The gemspecs on the search path: by the full names of their gems, and those by their names.
#[derive(Default)]
struct Specifications<'a> {
    files: BTreeMap<&'a str, Provider<'a>>,
    versions: BTreeMap<&'a str, BTreeSet<&'a str>>,
    /// Gems that were followed before.
    seen: BTreeSet<&'a str>,
}

impl<'a> Deployment<'a> {
    /// Gems that are required at start and need others that are nowhere.
    pub fn lacking_gems(&self) -> Vec<LackingGem<'a>> {
        let required = &self.ruby_start().of_gems;
        if required.is_empty() {
            return Vec::new();
        }
        let mut specifications = self.gemspecs();
        let mut found = Vec::new();
        for (file, require, gem) in required {
            if let Some((gem, needs, requirement)) = specifications.first_lacking(gem) {
                let (file, require) = (*file, require.clone());
                found.push(LackingGem { file, require, gem: gem.to_owned(), needs, requirement });
            }
        }
        found
    }

    fn gemspecs(&self) -> Specifications<'a> {
        let mut all = Specifications::default();
        for place in self.paths_of(Holds::Gems) {
            let tree = self.tree(place.root);
            for (path, file) in tree.below(&format!("{}/specifications", place.folder)) {
                let name = path.rsplit('/').next().and_then(|name| name.strip_suffix(".gemspec"));
                let Some(name) = name.filter(|_| file.entry.is_file()) else { continue };
                all.files.insert(name, *file);
                all.versions.entry(gems::name_of(name)).or_default().insert(name);
            }
        }
        all
    }
}

impl<'a> Specifications<'a> {
    /// The first gem on the way from one that needs what is nowhere, what that is, and in which versions; each gem is asked once.
    fn first_lacking(&mut self, gem: &'a str) -> Option<(&'a str, String, String)> {
        let mut waiting = vec![gem];
        let mut scratch = Scratch::default();
        while let Some(gem) = waiting.pop() {
            if self.seen.len() >= MOST || !self.seen.insert(gem) {
                continue;
            }
            let file = self.files.get(gem)?;
            let bytes = file.package.archive.read_prefix(file.index, LONGEST, &mut scratch).ok()?;
            for (name, requirement) in needs(&String::from_utf8_lossy(bytes)) {
                match self.versions.get(name.as_str()) {
                    None if may_come_with_ruby(&name) => {}
                    None => return Some((gem, name, requirement)),
                    // of several versions one is chosen later
                    Some(those) if those.len() == 1 => waiting.extend(those.first()),
                    Some(_) => {}
                }
            }
        }
        None
    }
}

/// Whether Ruby itself or the runtime may have a gem.
fn may_come_with_ruby(name: &str) -> bool {
    [name.to_owned(), name.replace('-', "/")].iter().any(|feature| ruby_modules::may_have(feature))
}

/// What a gemspec, as RubyGems writes it, names as needed at run time.
fn needs(text: &str) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    let mut names = BTreeSet::new();
    // behind an `else`, for a RubyGems of long ago, needs of development stand under the same name
    for line in text.lines().map(str::trim_start).take_while(|line| line.trim_end() != "else") {
        let called = ["s.add_runtime_dependency(%q<", "s.add_dependency(%q<"];
        let Some(rest) = called.iter().find_map(|begin| line.strip_prefix(begin)) else { continue };
        let Some((name, rest)) = rest.split_once('>') else { continue };
        let Some((_, rest)) = rest.split_once('[') else { continue };
        let versions: Vec<&str> = rest.split('"').skip(1).step_by(2).collect();
        if !versions.is_empty() && names.insert(name) {
            found.push((name.to_owned(), versions.join(", ")));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::{may_come_with_ruby, needs};

    #[test]
    fn gemspecs_name_what_is_needed() {
        let text = "Gem::Specification.new do |s|\n  s.name = \"a\".freeze\n  if s.respond_to? :add_runtime_dependency then\n    s.add_runtime_dependency(%q<rack>.freeze, [\"~> 2.2\".freeze, \">= 2.2.4\".freeze])\n    s.add_development_dependency(%q<rspec>.freeze, [\">= 0\"])\n  else\n    s.add_dependency(%q<rack>.freeze, [\"~> 2.2\", \">= 2.2.4\"])\n    s.add_dependency(%q<rspec>, [\">= 0\"])\n  end\nend";
        let named = |name: &str, versions: &str| (name.to_owned(), versions.to_owned());
        assert_eq!(needs(text), [named("rack", "~> 2.2, >= 2.2.4")]);
        assert_eq!(needs("  s.add_dependency(%q<tilt>.freeze, [\">= 0\".freeze])"), [named("tilt", ">= 0")]);
    }

    #[test]
    fn what_ruby_brings_is_not_missed() {
        assert!(
            ["json", "net-smtp", "bigdecimal", "minitest", "aws-sdk-core"]
                .iter()
                .all(|one| may_come_with_ruby(one))
        );
        assert!(!may_come_with_ruby("rack") && !may_come_with_ruby("concurrent-ruby"));
    }
}
