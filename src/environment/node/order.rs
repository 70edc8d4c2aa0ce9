//! The order in which Node.js meets faults: ES modules are linked before any of them runs, and CommonJS loads as it runs.

use std::collections::{BTreeMap, BTreeSet};

use super::fault::{Fault, Trouble};

/// What happens in a module, in the order of its source.
#[derive(Clone, Copy, Debug)]
pub(super) enum Event {
    /// Another module is loaded.
    Load(usize),
    /// A fault is met.
    Fault(usize),
}

/// What the order is taken from.
pub(super) trait Source<'a> {
    /// What happens in a module.
    fn events(&self, index: usize) -> &[Event];
    /// Whether it is an ES module.
    fn is_linked(&self, index: usize) -> bool;
    /// All faults.
    fn faults(&self) -> &[Fault<'a>];
}

/// The faults in the order in which they are met from the first module on.
pub(super) fn sorted<'a, S: Source<'a>>(source: &S, first: usize) -> Vec<Fault<'a>> {
    let mut place: BTreeMap<usize, (bool, usize)> = BTreeMap::new();
    let mut seen = BTreeSet::from([first]);
    let mut stack = vec![(first, 0_usize)];
    while let Some((module, at)) = stack.pop() {
        let Some(event) = source.events(module).get(at) else { continue };
        stack.push((module, at.saturating_add(1)));
        match *event {
            Event::Load(next) if seen.insert(next) => stack.push((next, 0)),
            Event::Load(_) => {}
            Event::Fault(fault) => {
                let linked = source.is_linked(module)
                    && source.faults().get(fault).is_some_and(|one| is_met_while_linking(&one.trouble));
                let number = place.len();
                place.entry(fault).or_insert((!linked, number));
            }
        }
    }
    let mut order: Vec<(usize, &Fault<'_>)> = source.faults().iter().enumerate().collect();
    order.sort_by_key(|(index, _)| (place.get(index).copied().unwrap_or((true, usize::MAX)), *index));
    order.into_iter().map(|(_, fault)| fault.clone()).collect()
}

fn is_met_while_linking(trouble: &Trouble) -> bool {
    match trouble {
        Trouble::Unresolved { imports, .. } => *imports,
        Trouble::Syntax(_)
        | Trouble::NoExport { .. }
        | Trouble::NoAttribute { .. }
        | Trouble::BrokenManifest { .. } => true,
        Trouble::RequiresModule { .. }
        | Trouble::ModuleSyntax { .. }
        | Trouble::ForeignName(_)
        | Trouble::Json(_) => false,
    }
}
