//! archive/not-a-zip: another kind of file under a zip's name.

use crate::{
    archive::anomaly::{AnomalyKind, Disguise},
    data::texts,
    environment::package::Package,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule = Rule { page: &pages::archive::NOT_A_ZIP, check: Check::Package(check) };

fn check(package: &Package, findings: &mut Findings) {
    for anomaly in package.archive.anomalies() {
        let AnomalyKind::NotAZip(disguise) = anomaly.kind else { continue };
        let Some((what, why, fix)) = story(disguise) else { continue };
        findings
            .at(package.place())
            .say(format!("not a zip: {what}"))
            .lambda_says(texts::UNZIP_FAILED.template)
            .because(why)
            .fix(fix)
            .report();
    }
}

/// What it is, how that happens, and what to do. A zip whose end is missing is archive/truncated.
fn story(disguise: Disguise) -> Option<(&'static str, &'static str, &'static str)> {
    const REPACK: &str = "unpack it and zip the content: zip -r package.zip .";
    Some(match disguise {
        Disguise::CutZip => return None,
        Disguise::EmptyFile => {
            ("an empty file", "the build or the download wrote nothing", "build the package anew")
        }
        Disguise::Html => (
            "an HTML page",
            "a download saved a login or error page",
            "download it again with curl --fail -L",
        ),
        Disguise::Xml => (
            "an XML document",
            "a download saved the error of an object store",
            "download it again with curl --fail -L",
        ),
        Disguise::Json => (
            "JSON text",
            "an API's answer was saved, not the package it points at",
            "download the file that Location names",
        ),
        Disguise::Base64Zip => (
            "a zip as base64 text",
            "the file was encoded for a request and never decoded",
            "base64 -d package.zip > decoded.zip",
        ),
        Disguise::Gzip => ("gzip, probably a .tar.gz", "Lambda unpacks zip only", REPACK),
        Disguise::Tar => ("a tar archive", "Lambda unpacks zip only", REPACK),
        Disguise::Bzip2 | Disguise::Xz | Disguise::Zstd => {
            ("a compressed file of another kind", "Lambda unpacks zip only", REPACK)
        }
        Disguise::SevenZip => ("a 7-Zip archive", "Lambda unpacks zip only", "7z a -tzip package.zip ."),
        Disguise::Rar => ("a RAR archive", "Lambda unpacks zip only", REPACK),
        Disguise::LfsPointer => ("a Git LFS pointer", "the file itself was never fetched", "git lfs pull"),
        Disguise::Text => {
            ("text", "a path or a log was written where the package should be", "build the package anew")
        }
        Disguise::Unknown => (
            "no end-of-central-directory record",
            "the file was damaged, or is of another format",
            "build the package anew",
        ),
    })
}
