//! What a Ruby function requires at start, followed through its own files and those of gems.

use std::collections::{BTreeSet, VecDeque};

use crate::{
    archive::Scratch,
    data::{
        ruby_modules,
        runtimes::Family,
        search_paths::{Holds, Root},
    },
    inspect::ruby::{Require, requires},
    model::paths,
};

use super::{
    deployment::{Deployment, root_of},
    filesystem::Provider,
};

/// Variables that change where Ruby looks, or what runs before the handler's file.
pub(super) const UNFOLLOWED: [&str; 7] = [
    "RUBYOPT",
    "RUBYLIB",
    "GEM_HOME",
    "GEM_PATH",
    "BUNDLE_PATH",
    "BUNDLE_GEMFILE",
    "AWS_LAMBDA_EXEC_WRAPPER",
];

/// Files that are followed, and requires without an answer that are collected: the first one ends a real start.
const MOST: usize = 1000;

/// Paths of packages that are compared with what is required, all requires together.
const MOST_PATHS: usize = 50_000_000;

/// A `require` that finds nothing.
#[derive(Clone, Debug)]
pub struct Unmet<'a> {
    /// The file that asks.
    pub file: Provider<'a>,
    /// What it asks for.
    pub require: Require,
    /// What Ruby names in its error.
    pub named: String,
    /// The folder of a gem that holds it and has no gemspec.
    pub without_gemspec: Option<String>,
}

/// What a function requires at start.
#[derive(Clone, Debug, Default)]
pub struct RubyStart<'a> {
    /// What finds nothing.
    pub unmet: Vec<Unmet<'a>>,
    /// What gems, the library or a file that is not followed have, as written.
    pub elsewhere: Vec<String>,
    /// What one gem alone has, with the file that asks and the gem's full name.
    pub of_gems: Vec<(Provider<'a>, Require, &'a str)>,
}

impl<'a> Deployment<'a> {
    /// What is certain to be required at start. Nothing where that cannot be told.
    pub fn ruby_start(&self) -> &RubyStart<'a> {
        self.ruby_start.get_or_init(|| self.required_at_start())
    }

    fn required_at_start(&self) -> RubyStart<'a> {
        let is_ruby = self.runtime.is_some_and(|runtime| runtime.family == Family::Ruby);
        let followed = is_ruby
            && self.code.is_some()
            && self.is_complete()
            && UNFOLLOWED.iter().all(|name| self.variable(name).is_none());
        let Some(first) = self.handler.and_then(|handler| handler.split('.').next()).filter(|_| followed)
        else {
            return RubyStart::default();
        };
        let Some(file) = self.task.find(&format!("{first}.rb")).filter(|one| one.entry.is_file()) else {
            return RubyStart::default();
        };
        self.follow_ruby(file)
    }

    fn follow_ruby(&self, first: Provider<'a>) -> RubyStart<'a> {
        let mut start = RubyStart::default();
        let mut asked: BTreeSet<(Option<String>, String)> = BTreeSet::new();
        let paths: usize =
            [Root::Task, Root::Opt].iter().map(|root| self.tree(*root).below("").count()).sum();
        let most = MOST_PATHS / paths.max(1);
        let mut seen = BTreeSet::from([place_of(&first)]);
        let mut queue = VecDeque::from([first]);
        let mut scratch = Scratch::default();
        while let Some(file) = queue.pop_front().filter(|_| seen.len() < MOST) {
            let Ok(bytes) = file.package.archive.read(file.index, &mut scratch) else { continue };
            for require in requires(bytes) {
                let folder = require.is_relative.then(|| file.package.mounted(file.entry.path.parent()));
                if !asked.insert((folder, require.feature.clone())) {
                    continue;
                }
                if asked.len() > most || start.unmet.len() >= MOST {
                    return start;
                }
                match self.met(&file, &require) {
                    Met::OwnFile(next) => {
                        if seen.insert(place_of(&next)) {
                            queue.push_back(next);
                        }
                    }
                    Met::Elsewhere => start.elsewhere.push(require.feature),
                    Met::OfGem(of) => {
                        start.elsewhere.push(require.feature.clone());
                        let Some((gem, next)) = of else { continue };
                        queue.extend(seen.insert(place_of(&next)).then_some(next));
                        start.of_gems.push((file, require, gem));
                    }
                    Met::Nowhere { named, without_gemspec } => {
                        start.unmet.push(Unmet { file, require, named, without_gemspec });
                    }
                }
            }
        }
        start
    }

    fn met(&self, file: &Provider<'a>, require: &Require) -> Met<'a> {
        let nowhere = |named: String| Met::Nowhere { named, without_gemspec: None };
        let feature = require.feature.as_str();
        if require.is_relative {
            let Some(path) = joined(file.entry.path.parent(), feature) else { return Met::Elsewhere };
            let (root, mount) = (root_of(file.package.role), file.package.role.mount());
            return match self.ruby_file(root, &path) {
                Some(found) => Met::OwnFile(found),
                None if self.is_there(root, &path) => Met::Elsewhere,
                None => nowhere(format!("{mount}/{path}")),
            };
        }
        if feature.starts_with(['/', '.', '~']) || ruby_modules::may_have(feature) {
            return Met::Elsewhere;
        }
        if let Some(found) = self.ruby_file(Root::Task, feature) {
            return Met::OwnFile(found);
        }
        let on_load_path = self
            .paths_of(Holds::RubyFiles)
            .iter()
            .any(|place| self.is_there(place.root, &paths::within(&place.folder, feature)));
        match self.gem_with(feature) {
            _ if on_load_path => Met::Elsewhere,
            Gem::Installed => Met::OfGem(self.gem_file(feature)),
            Gem::WithoutGemspec(folder) => {
                Met::Nowhere { named: feature.to_owned(), without_gemspec: Some(folder) }
            }
            // gems in a folder that is not searched are another rule's finding
            Gem::None if self.is_somewhere(feature) => Met::Elsewhere,
            Gem::None => nowhere(feature.to_owned()),
        }
    }

    /// A Ruby file of the function or of a layer.
    fn ruby_file(&self, root: Root, path: &str) -> Option<Provider<'a>> {
        let with_ending = format!("{path}.rb");
        let found = self.tree(root).find(if path.ends_with(".rb") { path } else { &with_ending })?;
        found.entry.is_file().then_some(found)
    }

    /// The one gem that has a feature in its `lib/`, with the file; nothing where several have.
    fn gem_file(&self, feature: &str) -> Option<(&'a str, Provider<'a>)> {
        let mut found = Vec::new();
        for place in self.paths_of(Holds::Gems) {
            let gems = format!("{}/gems", place.folder);
            let names = self.tree(place.root).names_in(&gems);
            let file = |gem: &str| self.ruby_file(place.root, &format!("{gems}/{gem}/lib/{feature}"));
            found.extend(names.into_iter().filter_map(|gem| Some((gem, file(gem)?))));
        }
        if let [one] = found.as_slice() { Some(*one) } else { None }
    }

    /// Whether a file or a link with an ending that Ruby tries lies there, or a link on the way may lead there.
    fn is_there(&self, root: Root, path: &str) -> bool {
        let tree = self.tree(root);
        let by_link =
            path.match_indices('/').any(|(at, _)| path.get(..at).is_some_and(|folder| tree.is_file(folder)));
        by_link || ["", ".rb", ".so"].iter().any(|ending| tree.is_file(&format!("{path}{ending}")))
    }

    fn gem_with(&self, feature: &str) -> Gem {
        let endings = match feature.rsplit_once('.') {
            Some((_, "rb" | "so")) => vec![format!("/{feature}")],
            _ => vec![format!("/{feature}.rb"), format!("/{feature}.so")],
        };
        let mut without = None;
        for place in self.paths_of(Holds::Gems) {
            let tree = self.tree(place.root);
            for (path, _) in tree.below(&place.folder) {
                if !endings.iter().any(|ending| path.ends_with(ending.as_str())) {
                    continue;
                }
                let inside = path.get(place.folder.len()..).unwrap_or_default().trim_start_matches('/');
                let Some(gem) = inside.strip_prefix("gems/").and_then(|rest| rest.split('/').next()) else {
                    // an extension, or a checkout of Bundler
                    return Gem::Installed;
                };
                if tree.is_file(&format!("{}/specifications/{gem}.gemspec", place.folder)) {
                    return Gem::Installed;
                }
                without = Some(format!("{}/gems/{gem}", place.folder));
            }
        }
        without.map_or(Gem::None, Gem::WithoutGemspec)
    }

    /// Whether a file of the feature's name lies anywhere.
    fn is_somewhere(&self, feature: &str) -> bool {
        let endings = [format!("/{feature}.rb"), format!("/{feature}.so")];
        [Root::Task, Root::Opt].into_iter().any(|root| {
            self.tree(root)
                .below("")
                .any(|(path, _)| endings.iter().any(|ending| path.ends_with(ending.as_str())))
        })
    }
}

enum Met<'a> {
    /// A file of the function, which is read.
    OwnFile(Provider<'a>),
    /// The standard library, or what cannot be told.
    Elsewhere,
    /// A gem, with its full name and the file that is read, where it is told.
    OfGem(Option<(&'a str, Provider<'a>)>),
    Nowhere {
        named: String,
        without_gemspec: Option<String>,
    },
}

enum Gem {
    Installed,
    WithoutGemspec(String),
    None,
}

/// What tells a file from all others of the deployment.
fn place_of<'a>(file: &Provider<'a>) -> (bool, &'a str) {
    (file.package.is_layer(), file.entry.path.as_str())
}

/// A path relative to a folder of the function; nothing when it leads out of it.
fn joined(folder: &str, path: &str) -> Option<String> {
    if path.starts_with('/') { None } else { paths::joined(folder, path) }
}

#[cfg(test)]
mod tests {
    use super::joined;

    #[test]
    fn relative_paths_stay_in_the_function() {
        assert_eq!(joined("lib", "../a/./b").as_deref(), Some("a/b"));
        assert_eq!(joined("", "../a"), None);
        assert_eq!(joined("lib", "/etc/a"), None);
    }
}
