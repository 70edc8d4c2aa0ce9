//! archive/decompression-bomb: more is declared, or would come out, than is looked at.

use crate::{
    archive::anomaly::AnomalyKind,
    data::texts,
    environment::package::Package,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule =
    Rule { page: &pages::archive::DECOMPRESSION_BOMB, check: Check::Package(check) };

fn check(package: &Package, findings: &mut Findings) {
    for anomaly in package.archive.anomalies() {
        let place = anomaly.entry.map_or_else(|| package.place(), |index| package.entry_place(index));
        match &anomaly.kind {
            AnomalyKind::ImpossibleRatio { compressed, declared } => findings
                .at(place)
                .subject("ratio")
                .say(format!("declares {declared} in {compressed}: more than deflate can hold"))
                .lambda_says(texts::UNZIP_FAILED.template)
                .because("deflate expands one byte to 1032 at the most, so the declared size is a lie")
                .fix("build the zip anew, and do not trust where this one came from")
                .report(),
            AnomalyKind::LimitReached(breach) => findings
                .at(place)
                .subject(breach.name)
                .say(format!(
                    "{} of {} is over the limit of {} that is looked at",
                    breach.name, breach.actual, breach.limit
                ))
                .lambda_says(texts::UNZIPPED_LIMIT.template)
                .because(
                    "nothing near this size can be deployed; what lies beyond the limit was not looked at",
                )
                .fix(format!("if it is meant, raise the limit: --limit {}={}", breach.name, breach.actual))
                .report(),
            _ => {}
        }
    }
}
