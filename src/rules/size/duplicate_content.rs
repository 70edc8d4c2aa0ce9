//! size/duplicate-content: the same bytes more than once in a package.

use std::collections::BTreeMap;

use crate::{
    environment::package::Package,
    model::size::Bytes,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule = Rule { page: &pages::size::DUPLICATE_CONTENT, check: Check::Package(check) };

/// Less than this in all is not worth a word.
const WORTH_IT: Bytes = Bytes(64 << 10);

fn check(package: &Package, findings: &mut Findings) {
    let mut same: BTreeMap<[u8; 32], Vec<usize>> = BTreeMap::new();
    for (index, digest) in &package.inventory.digests {
        same.entry(*digest).or_default().push(*index);
    }
    let mut copies: Vec<(Bytes, usize)> = Vec::new();
    for indices in same.values() {
        let further = indices.iter().skip(1).filter_map(|index| Some((package.entry(*index)?.size, *index)));
        copies.extend(further);
    }
    let bytes: Bytes = copies.iter().map(|(size, _)| *size).sum();
    if bytes < WORTH_IT {
        return;
    }
    copies.sort_by(|one, two| two.cmp(one));
    let entries: Vec<usize> = copies.into_iter().map(|(_, index)| index).collect();
    let Some(draft) = findings.at_entries(package, &entries, "a copy of another file") else { return };
    draft
        .subject("copies")
        .say(format!("{bytes} are copies of other files"))
        .because("they count against the limit and lengthen the cold start each time")
        .fix("keep one of them; libraries that were links before zipping stay links with zip -y")
        .report();
}
