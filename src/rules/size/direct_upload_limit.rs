//! size/direct-upload-limit: too large to be sent in the request itself.

use crate::{
    data::{limits::limits, texts},
    environment::package::Package,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule = Rule { page: &pages::size::DIRECT_UPLOAD_LIMIT, check: Check::Package(check) };

fn check(package: &Package, findings: &mut Findings) {
    let limit = limits().zip_direct_upload_bytes;
    let Some(zipped) = package.archive.zipped().filter(|zipped| *zipped > limit) else { return };
    findings
        .at(package.place())
        .say(format!("{zipped} zipped: has to be uploaded through S3"))
        .lambda_says(texts::DIRECT_UPLOAD_LIMIT.template)
        .because(format!("a request carries at most {} bytes of zip; from S3 only the unzipped size counts", limit.grouped()))
        .fix("aws s3 cp layer.zip s3://BUCKET/ && aws lambda publish-layer-version --content S3Bucket=BUCKET,S3Key=layer.zip ...")
        .report();
}
