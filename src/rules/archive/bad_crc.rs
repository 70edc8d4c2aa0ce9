//! archive/bad-crc: content that disagrees with its checksum or size, or cannot be inflated.

use crate::{
    archive::anomaly::AnomalyKind,
    data::texts,
    environment::package::Package,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule = Rule { page: &pages::archive::BAD_CRC, check: Check::Package(check) };

fn check(package: &Package, findings: &mut Findings) {
    let bad: Vec<(usize, String)> =
        package.anomalies().filter_map(|anomaly| Some((anomaly.entry?, what(&anomaly.kind)?))).collect();
    let entries: Vec<usize> = bad.iter().map(|(index, _)| *index).collect();
    let Some((_, first)) = bad.first() else { return };
    let Some(draft) = findings.at_entries(package, &entries, "damaged too") else { return };
    draft
        .subject("content")
        .say(format!("damaged content: {first}"))
        .lambda_says(texts::UNZIP_FAILED.template)
        .because("the zip was cut, changed or written wrongly after it was made")
        .fix("build the zip anew, and copy it in binary mode")
        .report();
}

fn what(kind: &AnomalyKind) -> Option<String> {
    match kind {
        AnomalyKind::BadCrc { expected, actual } => {
            Some(format!("its CRC-32 is {actual:08x}, the directory says {expected:08x}"))
        }
        AnomalyKind::BadSize { expected } => {
            Some(format!("it does not inflate to the {} bytes that are declared", expected.0))
        }
        AnomalyKind::CorruptStream => Some("its deflate stream is corrupt".to_owned()),
        AnomalyKind::MissingLocalHeader => {
            Some("its local header is not where the directory says".to_owned())
        }
        _ => None,
    }
}
