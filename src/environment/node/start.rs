//! What is loaded before the first invocation: from the handler's file along everything that is certain to be loaded.

use std::{
    collections::{HashMap, VecDeque},
    sync::Arc,
};

use crate::{
    environment::filesystem::Provider,
    inspect::javascript::{self, Goal, How, Import, Load, ModuleFacts},
    model::answer::Answer,
};

use super::{
    fault::{Fault, Spot, Start, Trouble},
    files::{At, Files},
    handler::{Handler, is_own_code},
    manifest::{Kind, Read},
    modules::{Modules, Wanted},
    names,
    order::{self, Event},
    resolve::{Failure, Resolution, Resolver},
};

/// Modules that are followed: far more than any function loads.
const MOST: usize = 50_000;

/// Faults that are collected: a start ends at its first one, and the others are told to spare more attempts.
const MOST_FAULTS: usize = 1_000;

/// Files of a way that are remembered: a message names a few.
const LONGEST_CHAIN: usize = 100;

/// How a file is run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Format {
    CommonJs,
    Module,
    Json,
    /// An addon, or something that is not looked into.
    Other,
}

struct Node<'a> {
    path: String,
    format: Format,
    provider: Provider<'a>,
    /// The module that loads it first, and the line there.
    parent: Option<usize>,
    facts: Option<Arc<ModuleFacts>>,
    /// What is loaded and what fails, in the order of the source.
    events: Vec<Event>,
}

struct Crawl<'d, 'a> {
    resolver: Resolver<'d, 'a>,
    modules: &'d Modules,
    nodes: Vec<Node<'a>>,
    known: HashMap<(String, Format), usize>,
    queue: VecDeque<usize>,
    faults: Vec<Fault<'a>>,
    /// `import` statements with names, to be compared with the exports in the end.
    named: Vec<(usize, Import, usize)>,
}

/// Follows what a handler's file loads; nothing when it is not at hand.
pub(super) fn follow<'d, 'a>(
    resolver: Resolver<'d, 'a>,
    modules: &'d Modules,
    handler: &Handler<'_>,
    (file, format): (&str, Format),
) -> Option<Start<'a>> {
    let mut crawl = Crawl {
        resolver,
        modules,
        nodes: Vec::new(),
        known: HashMap::new(),
        queue: VecDeque::new(),
        faults: Vec::new(),
        named: Vec::new(),
    };
    let first = crawl.add(file, format, None)?;
    crawl.run();
    let answer = crawl.handler(first, handler);
    Some(crawl.finish(first, answer))
}

impl<'a> Crawl<'_, 'a> {
    fn add(&mut self, path: &str, format: Format, parent: Option<usize>) -> Option<usize> {
        if let Some(known) = self.known.get(&(path.to_owned(), format)).copied() {
            self.note(parent, Event::Load(known));
            return Some(known);
        }
        let At::File(provider) = self.resolver.files.at(path) else { return None };
        let index = self.nodes.len();
        if index >= MOST {
            return None;
        }
        self.known.insert((path.to_owned(), format), index);
        self.nodes.push(Node {
            path: path.to_owned(),
            format,
            provider,
            parent,
            facts: None,
            events: Vec::new(),
        });
        self.queue.push_back(index);
        self.note(parent, Event::Load(index));
        Some(index)
    }

    fn note(&mut self, at: Option<usize>, event: Event) {
        if let Some(node) = at.and_then(|at| self.nodes.get_mut(at)) {
            node.events.push(event);
        }
    }

    /// Goes on in waves: what one wave loads is parsed together.
    fn run(&mut self) {
        while !self.queue.is_empty() {
            let wave: Vec<usize> = self.queue.drain(..).collect();
            let parsed = self.parse(&wave);
            for (index, facts) in wave.into_iter().zip(parsed) {
                self.judge(index, facts);
            }
        }
    }

    fn parse(&self, wave: &[usize]) -> Vec<Option<Arc<ModuleFacts>>> {
        let wanted = |index: &usize| {
            let node = self.nodes.get(*index)?;
            let goal = match node.format {
                Format::CommonJs => Goal::CommonJs,
                Format::Module => Goal::Module,
                Format::Json | Format::Other => return None,
            };
            Some(Wanted { provider: node.provider, goal })
        };
        let jobs: Vec<Wanted<'_>> = wave.iter().filter_map(wanted).collect();
        let mut parsed = self.modules.of(&jobs).into_iter();
        wave.iter().map(|index| wanted(index).and_then(|_| parsed.next().flatten())).collect()
    }

    fn judge(&mut self, index: usize, facts: Option<Arc<ModuleFacts>>) {
        let Some(node) = self.nodes.get_mut(index) else { return };
        node.facts.clone_from(&facts);
        let (path, format, provider) = (node.path.clone(), node.format, node.provider);
        if format == Format::Json {
            return self.json(index, provider);
        }
        if let Some(trouble) = self.broken_scope(&path) {
            return self.fault(index, 1, trouble);
        }
        let Some(facts) = facts else { return };
        match &facts.fault {
            Some(javascript::Fault::ModuleSyntax { first, line }) if self.detects(&path, provider) => {
                self.fault(index, *line, Trouble::ModuleSyntax { first: *first, named: None });
            }
            Some(javascript::Fault::Syntax { message, line }) => {
                self.fault(index, *line, Trouble::Syntax(message.clone()));
            }
            Some(_) => {}
            None => self.follow(index, &path, &facts),
        }
    }

    /// Node.js asks the nearest `package.json` for the kind of every `.js` file.
    fn broken_scope(&self, path: &str) -> Option<Trouble> {
        match self.resolver.manifests.scope(path) {
            Read::Broken { path: manifest, why } if path.ends_with(".js") => {
                Some(Trouble::BrokenManifest { path: manifest, why })
            }
            _ => None,
        }
    }

    /// Whether `import` in a `.js` file fails for sure: on Node.js 20 its kind may be told from its syntax when it is imported.
    fn detects(&self, path: &str, provider: Provider<'_>) -> bool {
        let imported = self.nodes.iter().any(|node| {
            std::ptr::eq(node.provider.entry, provider.entry)
                && node
                    .parent
                    .and_then(|parent| self.nodes.get(parent))
                    .is_some_and(|one| one.format == Format::Module)
        });
        path.ends_with(".cjs") || !imported || self.resolver.major != 20
    }

    fn follow(&mut self, index: usize, path: &str, facts: &ModuleFacts) {
        if let Some(foreign) = &facts.foreign {
            self.fault(index, foreign.line, Trouble::ForeignName(foreign.name.clone()));
        }
        for import in &facts.imports {
            self.import(index, path, import);
        }
        for load in facts.loads.iter().filter(|load| load.certain) {
            self.load(index, path, load);
        }
    }

    fn import(&mut self, index: usize, path: &str, import: &Import) {
        let resolution = self.resolver.import(&import.specifier, path);
        let Some(file) = self.file(index, import.line, &import.specifier, true, resolution) else { return };
        if let Some(trouble) = self.broken_scope(&file) {
            return self.fault(index, import.line, trouble);
        }
        let format = self.format_of_import(&file);
        if format == Format::Json && import.attribute.is_none() {
            return self.fault(index, import.line, Trouble::NoAttribute { target: file });
        }
        if let Some(target) = self.add(&file, format, Some(index))
            && matches!(format, Format::Module | Format::CommonJs)
        {
            self.named.push((index, import.clone(), target));
        }
    }

    fn load(&mut self, index: usize, path: &str, load: &Load) {
        let imports = load.how == How::Import;
        let resolution = if imports {
            self.resolver.import(&load.specifier, path)
        } else {
            self.resolver.require(&load.specifier, path)
        };
        let Some(file) = self.file(index, load.line, &load.specifier, imports, resolution) else { return };
        let format = match load.how {
            How::Resolve => return,
            How::Import => Some(self.format_of_import(&file)),
            How::Require => self.format_of_require(&file),
        };
        if let Some(format) = format {
            self.add(&file, format, Some(index));
        } else {
            let specifier = load.specifier.clone();
            self.fault(index, load.line, Trouble::RequiresModule { specifier, target: file });
        }
    }

    /// The file of a resolution; a fault is noted where there is none.
    fn file(
        &mut self,
        index: usize,
        line: u32,
        specifier: &str,
        imports: bool,
        resolution: Resolution,
    ) -> Option<String> {
        match resolution {
            Resolution::File(file) => Some(file),
            Resolution::Own | Resolution::Unknown => None,
            Resolution::Failed(Failure::BrokenManifest { path, why }) => {
                self.fault(index, line, Trouble::BrokenManifest { path, why });
                None
            }
            Resolution::Failed(failure) => {
                let specifier = specifier.to_owned();
                self.fault(index, line, Trouble::Unresolved { specifier, imports, failure });
                None
            }
        }
    }

    fn format_of_import(&self, file: &str) -> Format {
        match ending(file) {
            "mjs" => Format::Module,
            "cjs" => Format::CommonJs,
            "json" => Format::Json,
            "js" => match self.resolver.manifests.scope(file) {
                Read::Known(manifest) if manifest.kind == Kind::Module => Format::Module,
                Read::Unknown => Format::Other,
                _ => Format::CommonJs,
            },
            _ => Format::Other,
        }
    }

    /// How `require` runs a file; nothing for an ES module, which it refuses.
    fn format_of_require(&self, file: &str) -> Option<Format> {
        Some(match ending(file) {
            "mjs" => return None,
            "json" => Format::Json,
            "js" => match self.resolver.manifests.scope(file) {
                Read::Known(manifest) if manifest.kind == Kind::Module => return None,
                Read::Unknown => Format::Other,
                _ => Format::CommonJs,
            },
            "cjs" => Format::CommonJs,
            _ => Format::Other,
        })
    }

    fn json(&mut self, index: usize, provider: Provider<'a>) {
        let Some(bytes) = Files::read(provider) else { return };
        let text =
            String::from_utf8_lossy(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes)).into_owned();
        if let Err(error) = serde_json::from_str::<serde::de::IgnoredAny>(&text) {
            let words = error.to_string();
            if !words.contains("recursion") && !words.contains("hex escape") && !words.contains("number") {
                let line = u32::try_from(error.line()).unwrap_or(u32::MAX);
                self.fault(index, line, Trouble::Json(words));
            }
        }
    }

    fn fault(&mut self, index: usize, line: u32, trouble: Trouble) {
        if self.faults.len() >= MOST_FAULTS {
            return;
        }
        if let Some(spot) = self.spot(index, line) {
            self.note(Some(index), Event::Fault(self.faults.len()));
            self.faults.push(Fault { spot, trouble });
        }
    }

    fn spot(&self, index: usize, line: u32) -> Option<Spot<'a>> {
        let node = self.nodes.get(index)?;
        let parents = std::iter::successors(node.parent, |at| self.nodes.get(*at)?.parent);
        let chain: Vec<String> =
            parents.take(LONGEST_CHAIN).filter_map(|at| Some(self.nodes.get(at)?.path.clone())).collect();
        Some(Spot {
            path: node.path.clone(),
            package: node.provider.package,
            index: node.provider.index,
            line,
            chain,
            own_code: is_own_code(&node.path),
            is_module: node.format == Format::Module,
        })
    }

    /// Whether the handler's file exports the first name of the handler.
    fn handler(&self, first: usize, handler: &Handler<'_>) -> Answer<()> {
        let unknown = |why: &str| Answer::Unknown(why.to_owned());
        let names = names::Graph { crawl: self }.exports(first);
        match names.has(handler.name) {
            Some(true) if handler.nested => unknown("the handler is a member of what is exported"),
            Some(true) => Answer::Found(()),
            // newer clients also look into the default export
            Some(false) if names.names.contains("default") => {
                unknown("the default export may hold the handler")
            }
            Some(false) => Answer::Missing,
            None => unknown("exports are made by code that has to be run"),
        }
    }

    /// Notes which imported names Node.js will miss in files that it takes for CommonJS.
    fn name_module_syntax(&mut self) {
        for fault in &mut self.faults {
            let Trouble::ModuleSyntax { named, .. } = &mut fault.trouble else { continue };
            let Some(index) = self.known.get(&(fault.spot.path.clone(), Format::CommonJs)) else { continue };
            let mut asked = self.named.iter().filter(|(_, _, target)| target == index);
            *named = asked.find_map(|(_, import, _)| {
                let name = import.names.iter().find(|name| *name != "default")?;
                Some((import.specifier.clone(), name.clone()))
            });
        }
    }

    fn finish(mut self, first: usize, handler: Answer<()>) -> Start<'a> {
        let missing = names::Graph { crawl: &self }.missing_names();
        for (index, line, trouble) in missing {
            self.fault(index, line, trouble);
        }
        self.name_module_syntax();
        self.faults = order::sorted(&self, first);
        let exports = names::Graph { crawl: &self }.exports(first).names.into_iter().collect();
        let file = self.spot(first, 1);
        let mut paths: Vec<String> = self.nodes.iter().map(|node| node.path.clone()).collect();
        paths.sort();
        paths.dedup();
        Start { faults: self.faults, handler, exports, file, loaded: self.nodes.len(), paths }
    }
}

impl<'a> order::Source<'a> for Crawl<'_, 'a> {
    fn events(&self, index: usize) -> &[Event] {
        self.nodes.get(index).map(|node| node.events.as_slice()).unwrap_or_default()
    }

    fn is_linked(&self, index: usize) -> bool {
        self.nodes.get(index).is_some_and(|node| node.format == Format::Module)
    }

    fn faults(&self) -> &[Fault<'a>] {
        &self.faults
    }
}

impl names::Source for Crawl<'_, '_> {
    fn facts(&self, index: usize) -> Option<&ModuleFacts> {
        self.nodes.get(index)?.facts.as_deref().filter(|facts| facts.fault.is_none())
    }

    fn is_module(&self, index: usize) -> bool {
        self.nodes.get(index).is_some_and(|node| node.format == Format::Module)
    }

    fn target(&self, index: usize, specifier: &str) -> Option<usize> {
        let node = self.nodes.get(index)?;
        let (file, format) = if node.format == Format::Module {
            let Resolution::File(file) = self.resolver.import(specifier, &node.path) else { return None };
            let format = self.format_of_import(&file);
            (file, format)
        } else {
            let Resolution::File(file) = self.resolver.require(specifier, &node.path) else { return None };
            let format = self.format_of_require(&file)?;
            (file, format)
        };
        self.known.get(&(file, format)).copied()
    }

    fn text(&self, index: usize) -> Option<Vec<u8>> {
        Files::read(self.nodes.get(index)?.provider)
    }

    fn named(&self) -> &[(usize, Import, usize)] {
        &self.named
    }
}

fn ending(file: &str) -> &str {
    let name = file.rsplit('/').next().unwrap_or_default();
    name.rsplit_once('.').map_or("", |(_, ending)| ending)
}
