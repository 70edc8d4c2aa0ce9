//! archive/extra-data: bytes that belong to no entry.

use crate::{
    archive::anomaly::{AnomalyKind, Looks, Surplus},
    environment::package::Package,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule = Rule { page: &pages::archive::EXTRA_DATA, check: Check::Package(check) };

fn check(package: &Package, findings: &mut Findings) {
    for anomaly in package.anomalies() {
        let AnomalyKind::ExtraData { place, bytes, looks } = anomaly.kind else { continue };
        let (subject, position) = match place {
            Surplus::Before => ("before", "before the first entry"),
            Surplus::Between => ("between", "between the entries"),
            Surplus::Behind => ("behind", "behind the end record"),
        };
        findings
            .at(package.place())
            .subject(subject)
            .say(format!("{bytes} of {} {position}", kind(looks)))
            .because("Lambda needs none of it, and nothing that looks at entries sees it")
            .fix(match looks {
                Looks::Other => "zip the folder anew: rm -f package.zip && zip -r package.zip .",
                Looks::Script | Looks::WindowsProgram | Looks::LinuxProgram => {
                    "upload the zip without what starts it: zip -J package.zip"
                }
            })
            .report();
    }
}

fn kind(looks: Looks) -> &'static str {
    match looks {
        Looks::Script => "a script",
        Looks::WindowsProgram => "a Windows program, as in a self-extracting archive,",
        Looks::LinuxProgram => "a Linux program, as in a self-extracting archive,",
        Looks::Other => "other data",
    }
}
