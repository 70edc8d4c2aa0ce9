//! What is asked of a function with a Node.js runtime.

use std::rc::Rc;

use crate::{
    data::{node::known_majors, runtimes::Family},
    environment::deployment::Deployment,
    model::answer::Answer,
};

use super::{
    fault::Start,
    files::Files,
    handler::{self, Entry, is_followed, node_path},
    manifest::Manifests,
    modules::Modules,
    resolve::Resolver,
    start,
};

impl<'a> Deployment<'a> {
    /// What Node.js looks modules up with; nothing where that is not known: another language, an old version, flags and wrappers.
    fn node_resolver<'d>(&'d self) -> Option<Resolver<'d, 'a>> {
        let runtime = self.runtime.filter(|runtime| runtime.family == Family::Nodejs)?;
        let major = runtime.major().filter(|major| known_majors().contains(major))?;
        if self.code.is_none() || !is_followed(self) {
            return None;
        }
        let files = Rc::new(Files::new(self));
        let manifests = Manifests::new(Rc::clone(&files), major);
        Some(Resolver { files, manifests, major, node_path: node_path(self, major) })
    }

    /// Whether a handler's file is there.
    pub(crate) fn has_node_handler(&self, handler: &str) -> Answer<()> {
        let unknown = || Answer::Unknown("the search path of Node.js is not known".to_owned());
        let (Some(handler), Some(resolver)) = (handler::parse(handler), self.node_resolver()) else {
            return unknown();
        };
        match handler::entry(&handler, &resolver) {
            Entry::File(..) => Answer::Found(()),
            Entry::Missing => Answer::Missing,
            Entry::Unknown => unknown(),
        }
    }

    /// Follows what the function loads at start. Nothing when that is not known: no handler, another language, a file that is missing.
    pub(crate) fn follow_node(&self, modules: &Modules) -> Option<Start<'a>> {
        let handler = handler::parse(self.handler?)?;
        let resolver = self.node_resolver()?;
        let Entry::File(file, format) = handler::entry(&handler, &resolver) else { return None };
        start::follow(resolver, modules, &handler, (&file, format))
    }
}
