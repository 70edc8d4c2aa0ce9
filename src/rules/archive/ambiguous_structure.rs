//! archive/ambiguous-structure: one file that readers may take for different archives.

use std::collections::BTreeMap;

use crate::{
    archive::anomaly::{Ambiguity, AnomalyKind},
    environment::package::Package,
    model::{severity::Severity, text::SafeText},
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule =
    Rule { page: &pages::archive::AMBIGUOUS_STRUCTURE, check: Check::Archive(check) };

fn check(package: &Package, findings: &mut Findings) {
    let mut behind: Vec<usize> = Vec::new();
    let mut whole: BTreeMap<&str, &Ambiguity> = BTreeMap::new();
    for anomaly in package.anomalies() {
        match (&anomaly.kind, anomaly.entry) {
            (AnomalyKind::Ambiguous(Ambiguity::EntryBehindDirectory), Some(index)) => behind.push(index),
            (AnomalyKind::Ambiguous(ambiguity), _) => {
                whole.entry(subject(ambiguity)).or_insert(ambiguity);
            }
            _ => {}
        }
    }
    for (subject, ambiguity) in whole {
        let wraps = matches!(ambiguity, Ambiguity::CountWraps { .. });
        findings
            .at(package.place())
            .subject(subject)
            .say(what(ambiguity))
            .no_worse_than(if wraps { Severity::Warning } else { Severity::Error })
            .because(why(ambiguity))
            .fix("build the zip anew with one tool: rm -f package.zip && zip -r package.zip .")
            .report();
    }
    if let Some(draft) = findings.at_entries(package, &behind, "the same") {
        draft
            .subject("behind")
            .say("its bytes lie in the directory, in a comment or behind the end")
            .because("a reader that goes through the file from its beginning never meets it")
            .fix("build the zip anew with one tool: rm -f package.zip && zip -r package.zip .")
            .report();
    }
}

fn subject(ambiguity: &Ambiguity) -> &'static str {
    match ambiguity {
        Ambiguity::SecondEnd { .. } => "end",
        Ambiguity::Count { .. } | Ambiguity::CountWraps { .. } => "count",
        Ambiguity::Disks => "disks",
        Ambiguity::DirectorySize { .. } => "size",
        Ambiguity::Zip64Contradicts => "zip64",
        Ambiguity::Zip64Elsewhere => "locator",
        Ambiguity::Zip64Stray => "stray",
        Ambiguity::HiddenEntry(_) => "hidden",
        Ambiguity::EntryBehindDirectory => "behind",
    }
}

fn what(ambiguity: &Ambiguity) -> String {
    match ambiguity {
        Ambiguity::SecondEnd { behind: true } => {
            "a second end record stands behind the first, as in a comment".to_owned()
        }
        Ambiguity::SecondEnd { behind: false } => "a second end record stands before the last one".to_owned(),
        Ambiguity::Count { promised, read } => {
            format!("the end record counts {promised} entries, the directory has {read}")
        }
        Ambiguity::CountWraps { read } => {
            format!("{read} entries are more than the end record can count without zip64")
        }
        Ambiguity::Disks => "the end record speaks of several disks".to_owned(),
        Ambiguity::DirectorySize { declared, actual } => {
            format!("the end record gives the directory {declared} bytes, and it has {actual}")
        }
        Ambiguity::Zip64Contradicts => "the zip64 end record contradicts the classic one".to_owned(),
        Ambiguity::Zip64Elsewhere => "the zip64 locator does not point at the record before it".to_owned(),
        Ambiguity::Zip64Stray => "holds a zip64 end record that nothing leads to".to_owned(),
        Ambiguity::HiddenEntry(name) => {
            format!("holds an entry that the directory does not list: {}", SafeText::new(name).shortened(80))
        }
        Ambiguity::EntryBehindDirectory => "an entry lies behind the directory".to_owned(),
    }
}

fn why(ambiguity: &Ambiguity) -> &'static str {
    match ambiguity {
        Ambiguity::SecondEnd { .. } | Ambiguity::Zip64Stray | Ambiguity::Zip64Elsewhere => {
            "readers look for the end in different ways: each record leads to a directory of its own, so a scanner may see other files than Lambda"
        }
        Ambiguity::HiddenEntry(_) | Ambiguity::EntryBehindDirectory => {
            "readers that stream the file lay it down, readers that use the directory do not"
        }
        Ambiguity::CountWraps { .. } => {
            "a zipper without zip64 lets the count wrap at 65,536; strict readers stop there"
        }
        Ambiguity::Count { .. }
        | Ambiguity::Disks
        | Ambiguity::DirectorySize { .. }
        | Ambiguity::Zip64Contradicts => {
            "some readers believe the one number and some the other, so they see different files"
        }
    }
}
