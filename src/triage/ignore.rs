//! `[[ignore]]`: findings that the user gave a reason for.

use globset::{GlobBuilder, GlobMatcher};
use jiff::civil::Date;

use crate::model::{
    finding::Finding, page::Page, place::SourceSpan, settings::IgnoreSetting, text::SafeText,
};

use super::selection::{SelectionError, named};

/// The ignores of a configuration, ready to match, with whether each did.
#[derive(Debug)]
pub struct Ignores {
    ignores: Vec<Ignore>,
    today: Date,
}

#[derive(Debug)]
struct Ignore {
    pages: Vec<&'static Page>,
    package: Option<String>,
    glob: Glob,
    setting: IgnoreSetting,
    used: bool,
}

#[derive(Debug)]
enum Glob {
    Everything,
    Matching(GlobMatcher),
    Nothing,
}

/// Something to tell the user that is no finding: an ignore that is not needed any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// What.
    pub message: SafeText,
    /// Where it is written.
    pub at: Option<SourceSpan>,
}

impl Ignores {
    /// Resolves the ignores against all pages.
    pub fn resolve(
        settings: &[IgnoreSetting],
        pages: &[&'static Page],
        today: Date,
    ) -> Result<Self, SelectionError> {
        let ignores = settings.iter().map(|setting| resolve(setting, pages)).collect::<Result<_, _>>()?;
        Ok(Self { ignores, today })
    }

    /// The reason for which a finding is ignored: the first that matches says it, and all that match were of use.
    pub fn reason_for(&mut self, finding: &Finding) -> Option<SafeText> {
        let today = self.today;
        let mut reason = None;
        for ignore in self.ignores.iter_mut().filter(|one| !one.is_expired(today) && one.matches(finding)) {
            ignore.used = true;
            reason.get_or_insert_with(|| SafeText::new(&ignore.setting.reason));
        }
        reason
    }

    /// What has expired and what matched nothing. Nothing is said of an ignore whose rules did not all run, nor where only a part of
    /// the packages was looked at: it may be needed.
    pub fn notices(&self, ran: &[&'static Page], is_part: bool) -> Vec<Notice> {
        self.ignores
            .iter()
            .filter_map(|ignore| {
                let rule = SafeText::new(&ignore.setting.rule.text);
                let message = match ignore.setting.until {
                    Some(until) if ignore.is_expired(self.today) => {
                        format!("the ignore of {rule} expired on {until}")
                    }
                    _ if !ignore.used && !is_part && ignore.pages.iter().all(|page| ran.contains(page)) => {
                        format!("the ignore of {rule} matches nothing and can go")
                    }
                    _ => return None,
                };
                Some(Notice { message: SafeText::new(message), at: ignore.setting.rule.at.clone() })
            })
            .collect()
    }
}

fn resolve(setting: &IgnoreSetting, pages: &[&'static Page]) -> Result<Ignore, SelectionError> {
    let (package, glob) = match setting.path.as_deref() {
        None => (None, Glob::Everything),
        Some(path) => match path.split_once('!') {
            Some((package, glob)) => (Some(package.to_owned()), Glob::new(glob)),
            None => (None, Glob::new(path)),
        },
    };
    Ok(Ignore { pages: named(&setting.rule, pages)?, package, glob, setting: setting.clone(), used: false })
}

impl Glob {
    /// The input room has tried every glob and pointed at a wrong one, so one that fails here silences nothing.
    fn new(glob: &str) -> Self {
        GlobBuilder::new(glob)
            .literal_separator(true)
            .build()
            .map_or(Self::Nothing, |glob| Self::Matching(glob.compile_matcher()))
    }
}

impl Ignore {
    fn is_expired(&self, today: Date) -> bool {
        self.setting.until.is_some_and(|until| until < today)
    }

    fn matches(&self, finding: &Finding) -> bool {
        let label = finding.place.label();
        let in_package = match (&self.package, label) {
            (None, _) => true,
            (Some(wanted), Some(label)) => *label.name == **wanted || label.path.as_str() == wanted,
            (Some(_), None) => false,
        };
        let at_path = match (&self.glob, finding.place.entry_path()) {
            (Glob::Everything, _) => true,
            (Glob::Nothing, _) => false,
            (Glob::Matching(glob), Some(path)) => glob.is_match(path.as_str()),
            (Glob::Matching(glob), None) => {
                label.is_some_and(|label| self.package.is_none() && glob.is_match(label.path.as_str()))
            }
        };
        let in_region = self.setting.region.as_ref().is_none_or(|region| {
            let at = finding.place.source_span();
            at.is_some_and(|at| at.file == region.file && region.lines.contains(&at.line))
        });
        self.pages.iter().any(|page| page.id == finding.page.id) && in_package && at_path && in_region
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::triage::sample::{ALL, BROKEN, DOCS, TODAY, entry, finding, ignore};

    fn silences(setting: &IgnoreSetting, finding: &Finding) -> bool {
        let settings = std::slice::from_ref(setting);
        Ignores::resolve(settings, &ALL, TODAY).unwrap().reason_for(finding).is_some()
    }

    #[test]
    fn globs_stop_at_slashes_and_packages_go_by_alias_or_path() {
        let shallow = finding(&BROKEN, entry("deps", "python/x.so"));
        let deep = finding(&BROKEN, entry("deps", "python/torch/lib/y.so"));
        for (path, hits_shallow, hits_deep) in [
            (None, true, true),
            (Some("deps!python/*"), true, false),
            (Some("deps!python/**"), true, true),
            (Some("dist/deps.zip!python/torch/**"), false, true),
            (Some("other!python/**"), false, false),
            (Some("**/*.so"), true, true),
            (Some("[broken"), false, false),
        ] {
            let setting = ignore("native", path, None);
            let hits = (silences(&setting, &shallow), silences(&setting, &deep));
            assert_eq!(hits, (hits_shallow, hits_deep), "{path:?}");
        }
        assert!(!silences(&ignore("size", None, None), &shallow));
    }

    #[test]
    fn an_ignore_holds_to_the_end_of_its_last_day() {
        let fault = finding(&BROKEN, entry("deps", "x.so"));
        assert!(silences(&ignore("native", None, Some(TODAY)), &fault));
        assert!(!silences(&ignore("native", None, Some(date(2026, 11, 20))), &fault));
    }

    fn notices(settings: &[IgnoreSetting], findings: &[Finding], ran: &[&'static Page]) -> Vec<String> {
        let mut ignores = Ignores::resolve(settings, &ALL, TODAY).unwrap();
        for finding in findings {
            ignores.reason_for(finding);
        }
        ignores.notices(ran, false).iter().map(|notice| notice.message.to_string()).collect()
    }

    #[test]
    fn expired_and_unused_ignores_are_told_of() {
        let settings = [
            ignore("native", None, Some(date(2026, 1, 2))),
            ignore("size/docs", None, None),
            ignore("native/broken", Some("**"), None),
        ];
        let fault = [finding(&BROKEN, entry("deps", "x.so"))];
        assert_eq!(
            notices(&settings, &fault, &ALL),
            [
                "the ignore of native expired on 2026-01-02",
                "the ignore of size/docs matches nothing and can go"
            ]
        );
    }

    #[test]
    fn an_ignore_that_another_comes_before_is_used_too() {
        let settings = [ignore("size", None, None), ignore("size/docs", None, None)];
        assert!(notices(&settings, &[finding(&DOCS, entry("deps", "README"))], &ALL).is_empty());
    }

    #[test]
    fn nothing_is_said_of_an_ignore_whose_rules_did_not_run() {
        let settings = [ignore("size", None, None), ignore("size/docs", None, None)];
        assert!(notices(&settings, &[], &[&BROKEN]).is_empty());
        assert_eq!(notices(&settings, &[], &[&DOCS]).len(), 1);
    }

    #[test]
    fn an_ignore_of_an_unknown_rule_is_an_error() {
        let error = Ignores::resolve(&[ignore("native/brokn", None, None)], &ALL, TODAY).unwrap_err();
        assert_eq!(error.near(), Some("native/broken"));
    }
}
