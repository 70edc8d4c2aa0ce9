//! What a baseline makes of the findings: known ones fail no run, and what vanished is said.

use std::collections::BTreeSet;

use crate::model::{
    baseline::{Baseline, KnownFinding},
    finding::Finding,
    page::Page,
    text::SafeText,
};

use super::{
    fingerprint::fingerprint,
    report::{Ignored, PackageRow},
};

/// The findings of a run beside a baseline.
#[derive(Clone, Debug, Default)]
pub struct Compared {
    /// Findings that the baseline knows.
    pub known: Vec<Finding>,
    /// Findings of the baseline that are not there any more.
    pub vanished: Vec<Vanished>,
}

/// A finding of the baseline that is not there any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vanished {
    /// The rule.
    pub rule: SafeText,
    /// Where it was.
    pub at: SafeText,
}

/// Takes the known findings out of `kept`. What an ignore set aside has not vanished.
pub(super) fn compare(
    baseline: &Baseline,
    kept: &mut Vec<Finding>,
    set_aside: &[Ignored],
    ran: &[&Page],
    packages: &[PackageRow],
) -> Compared {
    let seen: BTreeSet<String> =
        kept.iter().chain(set_aside.iter().map(|one| &one.finding)).map(fingerprint).collect();
    let (known, fresh) =
        std::mem::take(kept).into_iter().partition(|one| baseline.findings.contains_key(&fingerprint(one)));
    *kept = fresh;
    let gone = |one: &KnownFinding| {
        ran.iter().any(|page| page.id == one.rule)
            && one.package.as_ref().is_none_or(|name| packages.iter().any(|row| *row.name == **name))
    };
    let vanished = baseline
        .findings
        .iter()
        .filter(|(print, one)| !seen.contains(*print) && gone(one))
        .map(|(_, one)| Vanished { rule: SafeText::new(&one.rule), at: SafeText::new(&one.at) })
        .collect();
    Compared { known, vanished }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        model::{baseline::KnownFinding, page::Page},
        triage::{
            report::{Raw, Report},
            sample::{ALL, BROKEN, DOCS, entry, finding, ignore, judged},
        },
    };

    fn known(rule: &str, package: Option<&str>) -> KnownFinding {
        KnownFinding { rule: rule.to_owned(), at: "there".to_owned(), package: package.map(str::to_owned) }
    }

    fn run(ran: &[&'static Page], baseline: Baseline, aside: bool) -> Report {
        let raw = Raw {
            findings: vec![finding(&BROKEN, entry("deps", "x.so")), finding(&DOCS, entry("deps", "README"))],
            pages: ran.to_vec(),
            baseline: Some(baseline),
            ..Raw::default()
        };
        let ignores = [ignore("native", None, None)];
        judged(raw, if aside { &ignores } else { &[] })
    }

    fn baseline_of(finding: &Finding) -> Baseline {
        let row = known(finding.page.id, None);
        Baseline { findings: [(fingerprint(finding), row)].into(), ..Baseline::default() }
    }

    #[test]
    fn what_is_known_fails_no_run() {
        let report = run(&ALL, baseline_of(&finding(&BROKEN, entry("deps", "x.so"))), false);
        assert_eq!(report.exit_code(), 0);
        assert_eq!(report.findings.iter().map(|one| one.page.id).collect::<Vec<_>>(), ["size/docs"]);
        let compared = report.compared.unwrap();
        assert_eq!((compared.known.len(), compared.vanished.len()), (1, 0));
    }

    #[test]
    fn what_is_mended_is_said_once_and_what_was_not_looked_at_is_not() {
        let gone = || Baseline {
            findings: [
                ("00".to_owned(), known("native/broken", None)),
                ("01".to_owned(), known("native/broken", Some("other"))),
            ]
            .into(),
            ..Baseline::default()
        };
        let vanished = |ran: &[&'static Page]| run(ran, gone(), false).compared.unwrap().vanished;
        assert_eq!(vanished(&ALL), [Vanished { rule: "native/broken".into(), at: "there".into() }]);
        assert_eq!(vanished(&[&DOCS]), []);
    }

    #[test]
    fn what_an_ignore_sets_aside_has_not_vanished() {
        let report = run(&ALL, baseline_of(&finding(&BROKEN, entry("deps", "x.so"))), true);
        assert_eq!(report.compared.unwrap().vanished, []);
    }
}
