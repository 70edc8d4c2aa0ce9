//! archive/unsupported-compression: a method other than stored and deflate.

use crate::{
    archive::{anomaly::AnomalyKind, entry::Method},
    data::texts,
    environment::package::Package,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule =
    Rule { page: &pages::archive::UNSUPPORTED_COMPRESSION, check: Check::Package(check) };

fn check(package: &Package, findings: &mut Findings) {
    let odd: Vec<(usize, Method)> = package
        .archive
        .anomalies()
        .iter()
        .filter_map(|anomaly| match anomaly.kind {
            AnomalyKind::UnsupportedMethod(number) => Some((anomaly.entry?, Method(number.0))),
            _ => None,
        })
        .collect();
    let entries: Vec<usize> = odd.iter().map(|(index, _)| *index).collect();
    let Some((_, method)) = odd.first() else { return };
    let Some(draft) = findings.at_entries(package, &entries, "the same") else { return };
    draft
        .subject("method")
        .say(format!(
            "compressed with {} (method {}), which Lambda is not known to unpack",
            method.name(),
            method.0
        ))
        .lambda_says(texts::UNZIP_FAILED.template)
        .because("every zip that is documented to work is stored or deflated")
        .fix("zip -r package.zip . (or 7z a -tzip -mm=Deflate package.zip .)")
        .report();
}
