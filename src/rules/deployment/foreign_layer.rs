//! deployment/foreign-layer: a layer of an account that is not trusted.

use crate::{
    data::{arn::ArnReading, texts},
    environment::project::ProjectView,
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule = Rule { page: &pages::deployment::FOREIGN_LAYER, check: Check::Project(check) };

use super::attached_arns;

fn check(view: &ProjectView<'_>, findings: &mut Findings) {
    let trust = &view.settings.trust;
    if trust.accounts.is_empty() {
        return;
    }
    for (function, arn, reading, place) in attached_arns(view) {
        let ArnReading::Arn(parts) = reading else { continue };
        let Some(account) = parts.account else { continue };
        if trust.own_account.as_deref() == Some(account) || trust.accounts.iter().any(|one| one == account) {
            continue;
        }
        findings
            .at(place)
            .of_function(&function.name)
            .subject(format!("layer {arn}"))
            .say(format!("the layer belongs to account {account}, which is not on the list of trusted accounts"))
            .lambda_says(texts::LAYER_NOT_PERMITTED.fill(&[("arn", arn)]))
            .because("who owns a layer decides what runs in the function, and whether it can be downloaded tomorrow")
            .fix("copy the layer into your own account, or add the account to trusted-accounts of layerlint.toml")
            .report();
    }
}
