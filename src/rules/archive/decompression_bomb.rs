//! archive/decompression-bomb: more is declared, or would come out, than is looked at.

use crate::{
    archive::anomaly::{AnomalyKind, LimitBreach},
    data::texts,
    environment::package::Package,
    model::size::Bytes,
    rules::{
        pages,
        registry::{Check, Draft, Findings, Rule},
    },
};

pub(super) static RULE: Rule =
    Rule { page: &pages::archive::DECOMPRESSION_BOMB, check: Check::Package(check) };

fn check(package: &Package, findings: &mut Findings) {
    ratio(package, findings);
    let mut large: Vec<(usize, LimitBreach)> = Vec::new();
    for anomaly in package.archive.anomalies() {
        match (&anomaly.kind, anomaly.entry) {
            (AnomalyKind::LimitReached(breach), Some(index)) => large.push((index, *breach)),
            (AnomalyKind::LimitReached(breach), None) => limit(findings.at(package.place()), *breach),
            _ => {}
        }
    }
    let entries: Vec<usize> = large.iter().map(|(index, _)| *index).collect();
    let largest = large.iter().map(|(_, breach)| *breach).max_by_key(|breach| breach.actual);
    if let (Some(breach), Some(draft)) = (largest, findings.at_entries(package, &entries, "too large too")) {
        limit(draft, breach);
    }
}

fn ratio(package: &Package, findings: &mut Findings) {
    let lies: Vec<(usize, Bytes, Bytes)> = package
        .archive
        .anomalies()
        .iter()
        .filter_map(|anomaly| match anomaly.kind {
            AnomalyKind::ImpossibleRatio { compressed, declared } => {
                Some((anomaly.entry?, compressed, declared))
            }
            _ => None,
        })
        .collect();
    let entries: Vec<usize> = lies.iter().map(|(index, ..)| *index).collect();
    let Some((_, compressed, declared)) = lies.first() else { return };
    let Some(draft) = findings.at_entries(package, &entries, "the same") else { return };
    draft
        .subject("ratio")
        .say(format!("declares {declared} in {compressed}: more than deflate can hold"))
        .lambda_says(texts::UNZIP_FAILED.template)
        .because("deflate expands one byte to 1032 at the most, so the declared size is a lie")
        .fix("build the zip anew, and do not trust where this one came from")
        .report();
}

fn limit(draft: Draft<'_>, breach: LimitBreach) {
    let LimitBreach { name, limit, actual } = breach;
    draft
        .subject(name)
        .say(format!("{name} of {actual} is over the limit of {limit} that is looked at"))
        .lambda_says(texts::UNZIPPED_LIMIT.template)
        .because("nothing near this size can be deployed; what lies beyond the limit was not looked at")
        .fix(format!("if it is meant, raise the limit: --limit {name}={actual}"))
        .report();
}
