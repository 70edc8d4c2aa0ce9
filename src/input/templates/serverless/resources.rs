//! A template while it is made: what Serverless generates, together with the section `resources`.

use std::{
    collections::{BTreeMap, HashSet},
    ops::Range,
};

use crate::input::document::{Located, made::Made};

use super::variables::{Variables, last_of_each};

/// The sections that a service may add to.
const SECTIONS: [&str; 5] = ["Parameters", "Mappings", "Conditions", "Resources", "Outputs"];

/// Members of one section, with the places of their keys.
type Members = Vec<(String, Range<usize>, Made)>;

/// A template.
#[derive(Debug, Default)]
pub(super) struct Template {
    sections: BTreeMap<&'static str, Members>,
    known: HashSet<(&'static str, String)>,
}

impl Template {
    /// Adds a resource that Serverless generates.
    pub(super) fn resource(
        &mut self,
        id: &str,
        at: Range<usize>,
        kind: &str,
        properties: Made,
        more: Vec<(&str, Made)>,
    ) {
        let mut pairs = vec![("Type", Made::text(kind, at.clone())), ("Properties", properties)];
        pairs.extend(more);
        let resource = Made::map(pairs, at.clone());
        self.put("Resources", id.to_owned(), at, resource);
    }

    /// Adds what the service writes itself. What it writes under the id of a generated resource is merged by Serverless; the
    /// generated one is what is known of it here.
    pub(super) fn take<'a>(&mut self, part: Located<'a>, variables: &Variables<'a>) {
        for section in SECTIONS {
            let members = variables.node(part.get(section)).into_iter().flat_map(last_of_each);
            for member in members {
                if let Some(made) = variables.made(member.value) {
                    self.put(section, member.key.to_owned(), member.key_range(), made);
                }
            }
        }
    }

    fn put(&mut self, section: &'static str, name: String, at: Range<usize>, made: Made) {
        let members = self.sections.entry(section).or_default();
        if self.known.insert((section, name.clone())) {
            members.push((name, at, made));
        }
    }

    /// The whole template.
    pub(super) fn made(self, at: Range<usize>) -> Made {
        let sections = self.sections.into_iter();
        let sections =
            sections.map(|(name, members)| (name.to_owned(), at.clone(), Made::keyed(members, at.clone())));
        Made::keyed(sections.collect(), at.clone())
    }
}
