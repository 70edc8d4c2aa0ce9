//! archive/decompression-bomb: more is declared, or would come out, than is looked at.

use std::collections::BTreeMap;

use crate::{
    archive::anomaly::{AnomalyKind, LimitBreach},
    data::texts,
    environment::package::Package,
    model::{severity::Severity, size::Bytes},
    rules::{
        pages,
        registry::{Check, Draft, Findings, Rule},
    },
};

pub(super) static RULE: Rule =
    Rule { page: &pages::archive::DECOMPRESSION_BOMB, check: Check::Archive(check) };

fn check(package: &Package, findings: &mut Findings) {
    ratio(package, findings);
    itself(package, findings);
    limits(package, findings);
    unopened(package, findings);
}

fn ratio(package: &Package, findings: &mut Findings) {
    let lies: Vec<(usize, Bytes, Bytes)> = package
        .anomalies()
        .filter_map(|anomaly| match anomaly.kind {
            AnomalyKind::ImpossibleRatio { compressed, declared } => {
                Some((anomaly.entry?, compressed, declared))
            }
            _ => None,
        })
        .collect();
    let mut entries: Vec<usize> = lies.iter().map(|(index, ..)| *index).collect();
    entries.dedup();
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

/// Archives that hold themselves.
fn itself(package: &Package, findings: &mut Findings) {
    let quines: Vec<usize> = package
        .anomalies()
        .filter(|anomaly| anomaly.kind == AnomalyKind::HoldsItself)
        .filter_map(|anomaly| anomaly.entry)
        .collect();
    let Some(draft) = findings.at_entries(package, &quines, "the same") else { return };
    draft
        .subject("itself")
        .say("an archive that holds itself")
        .no_worse_than(Severity::Warning)
        .because("whatever opens archives inside of archives never comes to an end of it")
        .fix("leave it out: it has no content but itself")
        .report();
}

/// One finding for each limit that was reached, with the worst that reached it. Long names are archive/suspicious-name.
fn limits(package: &Package, findings: &mut Findings) {
    let mut by_name: BTreeMap<&str, (LimitBreach, Vec<usize>)> = BTreeMap::new();
    for anomaly in package.anomalies() {
        let AnomalyKind::LimitReached(breach) = anomaly.kind else { continue };
        let row = by_name.entry(breach.name).or_insert((breach, Vec::new()));
        row.0 = row.0.max(breach);
        row.1.extend(anomaly.entry.filter(|_| is_of_one_entry(breach.name)));
    }
    by_name.remove("name-length");
    for (breach, mut entries) in by_name.into_values() {
        entries.dedup();
        match findings.at_entries(package, &entries, "the same") {
            Some(draft) => limit(draft, breach),
            None => limit(findings.at(package.place()), breach),
        }
    }
}

/// Which entry a limit of the package as a whole stops at is chance.
fn is_of_one_entry(name: &str) -> bool {
    matches!(name, "entry-bytes" | "ratio")
}

fn limit(draft: Draft<'_>, breach: LimitBreach) {
    let LimitBreach { name, limit, actual } = breach;
    let bytes = |what: &str| format!("{what} {}, over the limit of {}", Bytes(actual), Bytes(limit));
    let what = match name {
        "entries" => format!("{actual} entries, over the limit of {limit}"),
        "directory-bytes" => bytes("a directory of"),
        "entry-bytes" => bytes("declares an entry of"),
        "bytes" => bytes("declares"),
        "real-bytes" => format!("inflates to more than the limit of {}", Bytes(limit)),
        "ratio" => format!("declares {actual} times its compressed size, over the limit of {limit}"),
        "seconds" => format!("takes longer to read than the limit of {limit} seconds"),
        _ => format!("{name} of {actual}, over the limit of {limit}"),
    };
    let draft = match name {
        "entry-bytes" | "bytes" => draft.lambda_says(texts::UNZIPPED_LIMIT.template),
        _ => draft,
    };
    let more = if matches!(name, "seconds" | "real-bytes") { actual.saturating_mul(2) } else { actual };
    draft
        .subject(name)
        .say(what)
        .because("what lies beyond a limit was not looked at; packages that Lambda takes stay far below")
        .fix(format!(
            "if it is meant, raise the limit: --limit {name}={more}, or {name} = {more} under [limits]"
        ))
        .report();
}

/// Archives that lie deeper than they are opened: told, not passed over.
fn unopened(package: &Package, findings: &mut Findings) {
    let Some(first) = package.inventory.unopened.first() else { return };
    let count = package.inventory.unopened.len();
    let deeper = package.archive.limits().nesting_depth.saturating_add(1);
    findings.not_analysed(
        format!("{}!{first}", package.label.path),
        format!("{count} archives lie deeper than they are opened (--limit nesting-depth={deeper})"),
    );
}
