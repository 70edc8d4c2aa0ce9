//! Ruby's share of runtime/unresolved-import.

use crate::{
    data::texts,
    environment::{deployment::Deployment, gem_needs::LackingGem, ruby::Unmet},
    rules::registry::Findings,
};

use super::node::shown;

/// What the handler's file requires at its beginning, and its own files in turn, and nothing provides.
pub(super) fn unresolved(deployment: &Deployment<'_>, findings: &mut Findings) {
    for unmet in &deployment.ruby_start().unmet {
        let (because, fix) = advice(deployment, unmet);
        findings
            .at(unmet.file.package.entry_place(unmet.file.index))
            .subject(format!("feature {}", unmet.require.feature))
            .say(format!(
                "line {} requires {}, which Ruby does not find",
                unmet.require.line,
                shown(&unmet.require.feature)
            ))
            .lambda_says(texts::RUBY_CANNOT_LOAD.fill(&[("file", &unmet.named)]))
            .because(because)
            .fix(fix)
            .report();
    }
    for lacking in deployment.lacking_gems() {
        needs(&lacking, findings);
    }
}

/// A gem that is there, without one that it needs.
fn needs(lacking: &LackingGem<'_>, findings: &mut Findings) {
    let LackingGem { gem, needs, requirement, .. } = lacking;
    findings
        .at(lacking.file.package.entry_place(lacking.file.index))
        .subject(format!("gem {needs}"))
        .say(format!(
            "line {} requires {}, for which the gem {} is nowhere",
            lacking.require.line,
            shown(&lacking.require.feature),
            shown(needs)
        ))
        .lambda_says(texts::RUBY_MISSING_GEM.fill(&[("gem", needs), ("requirement", requirement)]))
        .because(format!(
            "{} needs it by its gemspec: RubyGems activates a gem with all that it needs",
            shown(gem)
        ))
        .fix(format!("bundle install, or gem install {} into the folder with the others", shown(needs)))
        .report();
}

fn advice(deployment: &Deployment<'_>, unmet: &Unmet<'_>) -> (String, String) {
    if unmet.require.is_relative {
        let because = "the path starts from the folder of the file, and nothing lies there".to_owned();
        return (because, "add the file to the zip, or mend the path".to_owned());
    }
    if let Some(folder) = &unmet.without_gemspec {
        return (
            format!(
                "it lies in {}, of which specifications/ has no gemspec: RubyGems does not see it",
                shown(folder)
            ),
            "keep the folder specifications/ beside gems/ when the package is built".to_owned(),
        );
    }
    let gems = deployment.runtime.and_then(|runtime| runtime.gem_abi.as_deref()).unwrap_or("3.3.0");
    (
        "no gem on GEM_PATH and no file on the load path has it".to_owned(),
        format!(
            "bundle config set --local path vendor/bundle && bundle install, or put the gem into ruby/gems/{gems} of a layer"
        ),
    )
}
