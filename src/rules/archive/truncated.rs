//! archive/truncated: the end is missing, or entries lie beyond it.

use crate::{
    archive::anomaly::{Anomaly, AnomalyKind, Disguise},
    data::texts,
    environment::package::Package,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule = Rule { page: &pages::archive::TRUNCATED, check: Check::Package(check) };

fn check(package: &Package, findings: &mut Findings) {
    let Some(what) = package.anomalies().find_map(what) else {
        return;
    };
    findings
        .at(package.place())
        .say(what)
        .lambda_says(texts::UNZIP_FAILED.template)
        .because("an upload or a download ended early, or the disk was full while the zip was written")
        .fix("build or copy the zip anew, and compare: unzip -t package.zip")
        .report();
}

fn what(anomaly: &Anomaly) -> Option<String> {
    match &anomaly.kind {
        AnomalyKind::NotAZip(Disguise::CutZip) => {
            Some("begins like a zip, and its end is missing".to_owned())
        }
        AnomalyKind::Truncated { needed, length } if anomaly.entry.is_none() => {
            Some(format!("ends at byte {length}, and should go on to byte {needed}"))
        }
        AnomalyKind::Truncated { needed, length } => {
            Some(format!("an entry ends at byte {needed}, and the file has {length}"))
        }
        AnomalyKind::BrokenDirectory { read, promised } if *promised > 0 => {
            Some(format!("the central directory promises {promised} entries, and {read} can be read"))
        }
        AnomalyKind::BrokenDirectory { .. } => {
            Some("the central directory is not where the end record says".to_owned())
        }
        _ => None,
    }
}
