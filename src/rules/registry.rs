//! What a rule is, and the sink that it speaks into.

use crate::{
    environment::{deployment::Deployment, package::Package, policy::JudgedPolicy, project::ProjectView},
    model::{
        finding::{Finding, NotAnalysed, Related},
        page::Page,
        place::Place,
        severity::{Certainty, Severity},
        text::SafeText,
    },
};

use super::commands;

/// Entries of one root cause that are named one by one.
const RELATED: usize = 5;

/// One rule: its page and its code.
#[derive(Debug)]
pub struct Rule {
    /// The page, compiled in from `rules/<category>/<name>.md`.
    pub page: &'static Page,
    /// What it looks at, and the function that looks.
    pub check: Check,
}

/// The scope of a rule is the variant of its function.
#[derive(Clone, Copy, Debug)]
pub enum Check {
    /// Each package alone.
    Package(fn(&Package, &mut Findings)),
    /// Each package, and each archive inside of it.
    Archive(fn(&Package, &mut Findings)),
    /// Each function with its layers in order, and each layer in the runtimes it is declared for.
    Deployment(fn(&Deployment<'_>, &mut Findings)),
    /// Each permission policy.
    Policy(fn(&JudgedPolicy, &mut Findings)),
    /// Everything at once.
    Project(fn(&ProjectView<'_>, &mut Findings)),
}

/// The sink of one rule run: fills in what the rule's page says, and collects.
#[derive(Debug)]
pub struct Findings {
    page: &'static Page,
    function: Option<SafeText>,
    target: Option<SafeText>,
    found: Vec<Finding>,
    not_analysed: Vec<NotAnalysed>,
}

impl Findings {
    /// A sink for one rule. `function` and `target` name the deployment it is run on, if it is.
    pub fn new(page: &'static Page, function: Option<SafeText>, target: Option<SafeText>) -> Self {
        Self { page, function, target, found: Vec::new(), not_analysed: Vec::new() }
    }

    /// Begins a finding at a place. Nothing is said until [`Draft::report`].
    pub fn at(&mut self, place: Place) -> Draft<'_> {
        let subject = place.entry_path().map(|path| SafeText::new(path.as_str())).unwrap_or_default();
        let finding = Finding {
            page: self.page,
            severity: self.page.severity,
            certainty: self.page.certainty,
            place,
            function: self.function.clone(),
            subject,
            message: SafeText::default(),
            lambda_error: None,
            reason: None,
            fix: None,
            related: Vec::new(),
            count: 1,
            targets: self.target.iter().cloned().collect(),
        };
        Draft { findings: self, finding }
    }

    /// Begins a finding about several entries of one package that share a root cause: at the entry when there is just one, else at
    /// the package with the first few as related places. Nothing when there are none.
    pub fn at_entries(&mut self, package: &Package, entries: &[usize], note: &str) -> Option<Draft<'_>> {
        let first = entries.first()?;
        if entries.len() == 1 {
            return Some(self.at(package.entry_place(*first)));
        }
        let mut draft = self.at(package.place()).count(entries.len());
        for index in entries.iter().take(RELATED) {
            draft = draft.related(package.entry_place(*index), note);
        }
        Some(draft)
    }

    /// Says that something could not be looked at.
    pub fn not_analysed(&mut self, what: impl AsRef<str>, why: impl AsRef<str>) {
        self.not_analysed.push(NotAnalysed { what: SafeText::new(what), why: SafeText::new(why) });
    }

    /// Lets something be said about an archive inside of a package. Lambda does not open that, so nothing is refused.
    pub fn inside(&mut self, say: impl FnOnce(&mut Self)) {
        let before = self.found.len();
        say(self);
        for finding in self.found.iter_mut().skip(before) {
            finding.severity = finding.severity.max(Severity::Warning);
            finding.lambda_error = None;
        }
    }

    /// What was collected.
    pub fn finish(self) -> (Vec<Finding>, Vec<NotAnalysed>) {
        (self.found, self.not_analysed)
    }
}

/// A finding in the making. All text passes through [`SafeText`] on its way in.
#[must_use = "a draft says nothing until `report`"]
pub struct Draft<'a> {
    findings: &'a mut Findings,
    finding: Finding,
}

impl Draft<'_> {
    /// What is wrong: one lower-case clause without a full stop that stands alone.
    pub fn say(mut self, message: impl AsRef<str>) -> Self {
        self.finding.message = SafeText::new(message);
        self
    }

    /// What the finding is about where the place does not say it. Has to be stable over rebuilds: it is part of the identity.
    pub fn subject(mut self, subject: impl AsRef<str>) -> Self {
        self.finding.subject = SafeText::new(subject);
        self
    }

    /// The words of Lambda or of the loader.
    pub fn lambda_says(mut self, words: impl AsRef<str>) -> Self {
        self.finding.lambda_error = Some(SafeText::new(words));
        self
    }

    /// Why it is so.
    pub fn because(mut self, reason: impl AsRef<str>) -> Self {
        self.finding.reason = Some(SafeText::new(reason));
        self
    }

    /// The command or edit that mends it.
    pub fn fix(mut self, fix: impl AsRef<str>) -> Self {
        self.finding.fix = Some(SafeText::new(fix));
        self
    }

    /// Another place that belongs to it.
    pub fn related(mut self, place: Place, note: impl AsRef<str>) -> Self {
        self.finding.related.push(Related { place, note: SafeText::new(note) });
        self
    }

    /// How many faults of one root cause this finding stands for.
    pub fn count(mut self, count: usize) -> Self {
        self.finding.count = u32::try_from(count).unwrap_or(u32::MAX).max(1);
        self
    }

    /// A milder severity than the page's; a worse one is not possible here.
    pub fn no_worse_than(mut self, severity: Severity) -> Self {
        self.finding.severity = self.finding.severity.max(severity);
        self
    }

    /// A lower certainty than the page's.
    pub fn no_surer_than(mut self, certainty: Certainty) -> Self {
        self.finding.certainty = self.finding.certainty.max(certainty);
        self
    }

    /// The finding is about this function: for rules that look at everything at once.
    pub fn of_function(mut self, name: &SafeText) -> Self {
        self.finding.function = Some(name.clone());
        self
    }

    /// The finding is true of the package in every deployment: it names no function.
    pub fn of_the_package(mut self) -> Self {
        self.finding.function = None;
        self
    }

    /// Hands the finding over.
    pub fn report(mut self) {
        let finding = &self.finding;
        let places = std::iter::once(&finding.place).chain(finding.related.iter().map(|one| &one.place));
        let paths = places.filter_map(Place::entry_path);
        if finding.fix.as_deref().is_some_and(|fix| commands::is_taken_apart(fix, paths)) {
            self.finding.fix = Some(SafeText::new(commands::INSTEAD));
        }
        self.findings.found.push(self.finding);
    }
}
