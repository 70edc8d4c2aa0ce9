//! `[[ignore]]`: findings that the user gave a reason for.

use globset::{GlobBuilder, GlobMatcher};
use jiff::civil::Date;

use crate::model::{
    finding::Finding, page::Page, place::SourceSpan, settings::IgnoreSetting, text::SafeText,
};

use super::selection::{SelectionError, named};

/// The ignores of a configuration, ready to match, with how often each did.
#[derive(Debug)]
pub struct Ignores {
    ignores: Vec<Ignore>,
    today: Date,
}

#[derive(Debug)]
struct Ignore {
    pages: Vec<&'static Page>,
    package: Option<String>,
    glob: Option<GlobMatcher>,
    setting: IgnoreSetting,
    used: u32,
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

    /// The reason for which a finding is ignored.
    pub fn reason_for(&mut self, finding: &Finding) -> Option<SafeText> {
        let today = self.today;
        let ignore =
            self.ignores.iter_mut().find(|ignore| !ignore.is_expired(today) && ignore.matches(finding))?;
        ignore.used = ignore.used.saturating_add(1);
        Some(SafeText::new(&ignore.setting.reason))
    }

    /// What has expired and what matched nothing.
    pub fn notices(&self) -> Vec<Notice> {
        self.ignores
            .iter()
            .filter_map(|ignore| {
                let rule = &ignore.setting.rule.text;
                let message = match ignore.setting.until {
                    Some(until) if ignore.is_expired(self.today) => {
                        format!("the ignore of {rule} expired on {until}")
                    }
                    _ if ignore.used == 0 => format!("the ignore of {rule} matches nothing and can go"),
                    _ => return None,
                };
                Some(Notice { message: SafeText::new(message), at: ignore.setting.rule.at.clone() })
            })
            .collect()
    }
}

fn resolve(setting: &IgnoreSetting, pages: &[&'static Page]) -> Result<Ignore, SelectionError> {
    let (package, glob) = match setting.path.as_deref() {
        None => (None, None),
        Some(path) => match path.split_once('!') {
            Some((package, glob)) => (Some(package.to_owned()), Some(glob)),
            None => (None, Some(path)),
        },
    };
    // the configuration was read before, with every glob tried: one that fails now matches nothing
    let glob = glob
        .and_then(|glob| GlobBuilder::new(glob).literal_separator(true).build().ok())
        .map(|glob| glob.compile_matcher());
    Ok(Ignore { pages: named(&setting.rule, pages)?, package, glob, setting: setting.clone(), used: 0 })
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
            (None, _) => true,
            (Some(glob), Some(path)) => glob.is_match(path.as_str()),
            (Some(glob), None) => {
                label.is_some_and(|label| self.package.is_none() && glob.is_match(label.path.as_str()))
            }
        };
        self.pages.iter().any(|page| page.id == finding.page.id) && in_package && at_path
    }
}
