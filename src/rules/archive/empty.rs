//! archive/empty: a zip without entries.

use crate::{
    archive::anomaly::AnomalyKind,
    data::texts,
    environment::package::Package,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule = Rule { page: &pages::archive::EMPTY, check: Check::Package(check) };

fn check(package: &Package, findings: &mut Findings) {
    if package.archive.anomalies().iter().any(|anomaly| anomaly.kind == AnomalyKind::Empty) {
        findings
            .at(package.place())
            .say("holds no files")
            .lambda_says(texts::UNZIP_EMPTY.template)
            .because("the folder that was zipped was empty, or the glob matched nothing")
            .fix("look at what the build put in: unzip -l package.zip")
            .report();
    }
}
