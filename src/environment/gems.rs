//! Gems that RubyGems sees and that this Ruby cannot use: their machine code is for another one.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    archive::Scratch,
    data::{
        platform_names::NamedPlatform,
        ruby_modules,
        runtimes::Family,
        search_paths::{Holds, Root},
    },
};

use super::{deployment::Deployment, filesystem::Provider, ruby::UNFOLLOWED};

/// Bytes of a gemspec that are read.
const LONGEST_GEMSPEC: usize = 64 << 10;

/// Where Bundler puts the gems of a function, one folder below it for each version.
const BUNDLE: &str = "vendor/bundle/ruby";

/// Why a gem cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum GemFault {
    /// Its extensions were built for these alone: `arm64-darwin-23 with Ruby 3.3.0`.
    BuiltFor(Vec<String>),
    /// It has extensions, and none was kept.
    Unbuilt,
    /// It is the variant for another platform: `arm64-darwin`.
    Platform(String),
    /// Its machine code is for these versions of Ruby alone.
    Versions(Vec<String>),
    /// It lies in the folder of another version: `vendor/bundle/ruby/3.2.0`.
    Folder(String),
}

/// A gem that cannot be used.
#[derive(Clone, Debug)]
pub struct BrokenGem<'a> {
    /// Its name.
    pub name: String,
    /// Its version.
    pub version: String,
    /// Its name as its folder has it: `nokogiri-1.16.0-arm64-darwin`.
    pub folder: String,
    /// One of its files.
    pub file: Provider<'a>,
    /// Why.
    pub fault: GemFault,
    /// What Ruby looks for in vain, when that is known.
    pub feature: Option<String>,
    /// Whether the function certainly requires it at start.
    pub is_required: bool,
}

impl<'a> Deployment<'a> {
    /// Gems that cannot be used; none where that cannot be told.
    pub fn broken_gems(&self) -> Vec<BrokenGem<'a>> {
        let Some(runtime) = self.runtime.filter(|one| one.family == Family::Ruby) else { return Vec::new() };
        let Some(abi) = runtime.gem_abi.as_deref().filter(|_| self.is_complete()) else { return Vec::new() };
        if UNFOLLOWED.iter().any(|name| self.variable(name).is_some()) {
            return Vec::new();
        }
        let asked = &self.ruby_start().elsewhere;
        let mut broken = Vec::new();
        for place in self.paths_of(Holds::Gems) {
            let home = Home::read(self, place.root, &place.folder);
            broken.extend(home.broken(self, abi, &runtime.language, asked));
        }
        broken.extend(self.gems_of_other_versions(abi, asked));
        broken
    }

    /// What Bundler installed with another Ruby, where it installed nothing with this one.
    fn gems_of_other_versions(&self, abi: &str, asked: &[String]) -> Vec<BrokenGem<'a>> {
        let versions = self.task.names_in(BUNDLE);
        if versions.contains(&abi) {
            return Vec::new();
        }
        let mut broken = Vec::new();
        for version in versions.iter().filter(|name| name.starts_with(|c: char| c.is_ascii_digit())) {
            let folder = format!("{BUNDLE}/{version}");
            for (_, gem) in Home::read(self, Root::Task, &folder).gems {
                let required = gem.required(asked);
                broken.push(gem.broken(GemFault::Folder(folder.clone()), required));
            }
        }
        broken
    }
}

/// One folder with gems, extensions and specifications.
struct Home<'a> {
    gems: BTreeMap<&'a str, Gem<'a>>,
    extensions: BTreeMap<&'a str, BTreeSet<(&'a str, &'a str)>>,
    specifications: BTreeMap<&'a str, Provider<'a>>,
}

/// One gem as it was unpacked.
struct Gem<'a> {
    folder: &'a str,
    first: Provider<'a>,
    builds_extensions: bool,
    /// What can be required of it: `nokogiri`, `nokogiri/css`.
    features: BTreeSet<&'a str>,
    /// Machine code for one version each: the feature, and the versions it is there for.
    versioned: BTreeMap<String, BTreeSet<&'a str>>,
    /// Machine code for whatever version.
    plain: BTreeSet<&'a str>,
}

impl<'a> Home<'a> {
    fn read(deployment: &Deployment<'a>, root: Root, folder: &str) -> Self {
        let mut home =
            Home { gems: BTreeMap::new(), extensions: BTreeMap::new(), specifications: BTreeMap::new() };
        for (path, provider) in deployment.tree(root).below(folder) {
            let Some(inside) = path.get(folder.len()..).map(|rest| rest.trim_start_matches('/')) else {
                continue;
            };
            home.take(inside, *provider);
        }
        home
    }

    fn take(&mut self, inside: &'a str, provider: Provider<'a>) {
        let Some((kind, rest)) = inside.split_once('/') else { return };
        match kind {
            "gems" => {
                let Some((folder, file)) = rest.split_once('/') else { return };
                let gem = self.gems.entry(folder).or_insert_with(|| Gem::new(folder, provider));
                gem.take(file);
            }
            "extensions" => {
                let mut parts = rest.split('/');
                if let (Some(platform), Some(api), Some(gem)) = (parts.next(), parts.next(), parts.next()) {
                    self.extensions.entry(gem).or_default().insert((platform, api));
                }
            }
            "specifications" => {
                if let Some(gem) = rest.strip_suffix(".gemspec") {
                    self.specifications.insert(gem, provider);
                }
            }
            _ => {}
        }
    }

    fn broken(
        &self,
        deployment: &Deployment<'_>,
        abi: &str,
        language: &str,
        asked: &[String],
    ) -> Vec<BrokenGem<'a>> {
        // without a gemspec RubyGems does not see it: another rule's finding
        let seen = self.gems.values().filter(|gem| self.specifications.contains_key(gem.folder));
        seen.filter_map(|gem| {
            let fault = self.fault(deployment, gem, abi, language)?;
            Some(gem.broken(fault, gem.required(asked)))
        })
        .collect()
    }

    fn fault(
        &self,
        deployment: &Deployment<'_>,
        gem: &Gem<'a>,
        abi: &str,
        language: &str,
    ) -> Option<GemFault> {
        let is_foreign = |platform: &str| {
            platform == "java" || NamedPlatform::of(platform).is_foreign_to(deployment.architecture)
        };
        let named = split(gem.folder);
        if is_foreign(named.platform) {
            let fits = |other: &str| {
                let other = split(other);
                other.name == named.name && !is_foreign(other.platform)
            };
            // a bundle for several platforms: Ruby takes the one that fits
            return (!self.gems.keys().any(|other| fits(other)))
                .then(|| GemFault::Platform(named.platform.to_owned()));
        }
        match self.extensions.get(gem.folder) {
            Some(built) => {
                let fits = |(platform, api): &(&str, &str)| {
                    !is_foreign(platform) && api.strip_suffix("-static").unwrap_or(api) == abi
                };
                if !built.iter().any(fits) {
                    let named = built.iter().map(|(platform, api)| format!("{platform} with Ruby {api}"));
                    return Some(GemFault::BuiltFor(named.collect()));
                }
            }
            None if gem.builds_extensions && self.says_extensions(gem.folder) => {
                return Some(GemFault::Unbuilt);
            }
            None => {}
        }
        let (_, has) = gem.lacking(language)?;
        Some(GemFault::Versions(has.iter().map(|version| (*version).to_owned()).collect()))
    }

    /// Whether the gemspec lists extensions that have to be built.
    fn says_extensions(&self, folder: &str) -> bool {
        let Some(spec) = self.specifications.get(folder) else { return false };
        let mut scratch = Scratch::default();
        let Ok(bytes) = spec.package.archive.read_prefix(spec.index, LONGEST_GEMSPEC, &mut scratch) else {
            return false;
        };
        let text = String::from_utf8_lossy(bytes);
        text.lines().any(|line| line.trim_start().starts_with("s.extensions = [\""))
    }
}

impl<'a> Gem<'a> {
    fn new(folder: &'a str, first: Provider<'a>) -> Self {
        Self {
            folder,
            first,
            builds_extensions: false,
            features: BTreeSet::new(),
            versioned: BTreeMap::new(),
            plain: BTreeSet::new(),
        }
    }

    fn take(&mut self, file: &'a str) {
        self.builds_extensions |= file.starts_with("ext/") && file.ends_with("/extconf.rb");
        // gems can name other folders to be searched; these two are what is met
        let Some(inside) = file.strip_prefix("lib/").or_else(|| file.strip_prefix("src/ruby/lib/")) else {
            return;
        };
        if let Some(feature) = inside.strip_suffix(".rb") {
            self.features.insert(feature);
        }
        let Some(library) = inside.strip_suffix(".so") else { return };
        self.features.insert(library);
        match versioned(library) {
            Some((feature, version)) => {
                self.versioned.entry(feature).or_default().insert(version);
            }
            None => {
                self.plain.insert(library);
            }
        }
    }

    /// Machine code that is there for other versions alone.
    fn lacking(&self, language: &str) -> Option<(&String, &BTreeSet<&'a str>)> {
        self.versioned
            .iter()
            .find(|(feature, has)| !has.contains(language) && !self.plain.contains(feature.as_str()))
    }

    /// The feature by which the function requires it, unless the runtime may have that itself.
    fn required(&self, asked: &[String]) -> Option<String> {
        let plain = |feature: &str| feature.strip_suffix(".rb").unwrap_or(feature).to_owned();
        let of_gems = asked.iter().filter(|feature| !ruby_modules::may_have(feature));
        of_gems.map(|feature| plain(feature)).find(|feature| self.features.contains(feature.as_str()))
    }

    fn broken(&self, fault: GemFault, required: Option<String>) -> BrokenGem<'a> {
        let named = split(self.folder);
        let own = [named.name.to_owned(), named.name.replace('-', "/")];
        let is_required = required.is_some();
        let lacking = match &fault {
            GemFault::Versions(_) => self.versioned.keys().next().cloned(),
            _ => None,
        };
        let by_name = || own.into_iter().find(|feature| self.features.contains(feature.as_str()));
        BrokenGem {
            name: named.name.to_owned(),
            version: named.version.to_owned(),
            folder: self.folder.to_owned(),
            file: self.first,
            fault,
            feature: lacking.or(required).or_else(by_name),
            is_required,
        }
    }
}

/// `nokogiri/3.2/nokogiri` is `nokogiri/nokogiri` for 3.2.
fn versioned(library: &str) -> Option<(String, &str)> {
    let (folder, name) = library.rsplit_once('/')?;
    let (outer, version) = folder.rsplit_once('/').unwrap_or(("", folder));
    let (major, minor) = version.split_once('.')?;
    let is_number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if !is_number(major) || !is_number(minor) {
        return None;
    }
    let feature = if outer.is_empty() { name.to_owned() } else { format!("{outer}/{name}") };
    Some((feature, version))
}

/// The parts of a gem's full name.
#[derive(Debug, PartialEq, Eq)]
struct Named<'n> {
    name: &'n str,
    version: &'n str,
    /// Empty for a gem of any platform.
    platform: &'n str,
}

/// The name of a gem without its version and platform.
pub(super) fn name_of(folder: &str) -> &str {
    split(folder).name
}

fn split(folder: &str) -> Named<'_> {
    for (at, _) in folder.match_indices('-') {
        let (Some(name), Some(rest)) = (folder.get(..at), folder.get(at.saturating_add(1)..)) else { break };
        let (version, platform) = rest.split_once('-').unwrap_or((rest, ""));
        let is_version = version.starts_with(|c: char| c.is_ascii_digit())
            && version.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'.');
        if is_version {
            return Named { name, version, platform };
        }
    }
    Named { name: folder, version: "", platform: "" }
}

#[cfg(test)]
mod tests {
    use super::{Named, split, versioned};

    #[test]
    fn full_names_have_a_version_and_perhaps_a_platform() {
        let of = |folder| {
            let Named { name, version, platform } = split(folder);
            (name, version, platform)
        };
        assert_eq!(of("nokogiri-1.16.0-x86_64-linux"), ("nokogiri", "1.16.0", "x86_64-linux"));
        assert_eq!(of("aws-sdk-s3-1.2.3"), ("aws-sdk-s3", "1.2.3", ""));
        assert_eq!(of("rails-8.0.0.beta1"), ("rails", "8.0.0.beta1", ""));
        assert_eq!(of("checkout"), ("checkout", "", ""));
    }

    #[test]
    fn machine_code_for_one_version_is_told() {
        assert_eq!(versioned("nokogiri/3.2/nokogiri"), Some(("nokogiri/nokogiri".to_owned(), "3.2")));
        assert_eq!(versioned("3.3/ffi_c"), Some(("ffi_c".to_owned(), "3.3")));
        assert_eq!(versioned("nokogiri/nokogiri"), None);
        assert_eq!(versioned("ffi_c"), None);
        assert_eq!(versioned("v1.x/ffi_c"), None);
    }
}
