//! size/budget: what the project allows itself.

use globset::GlobBuilder;

use crate::{
    environment::{package::Package, project::ProjectView},
    model::{
        baseline::Baseline,
        settings::{BudgetMeasure, BudgetSetting},
        size::Bytes,
    },
    rules::{
        pages,
        registry::{Check, Findings, Rule},
    },
};

pub(super) static RULE: Rule = Rule { page: &pages::size::BUDGET, check: Check::Project(check) };

fn check(project: &ProjectView<'_>, findings: &mut Findings) {
    for budget in &project.settings.budgets {
        for package in project.packages {
            let Some(used) = measure(&budget.measure, package, project.settings.baseline.as_ref())
                .filter(|used| *used > budget.limit)
            else {
                continue;
            };
            let (used, limit) = match budget.measure {
                BudgetMeasure::Files => (format!("{used} files"), budget.limit.to_string()),
                _ => (Bytes(used).human(), Bytes(budget.limit).human()),
            };
            findings
                .at(package.place())
                .subject(format!("budget {}", name(budget)))
                .say(format!("{}: {used}, the budget is {limit}", name(budget)))
                .because("[budgets] of the configuration sets this limit")
                .fix("remove what is not needed, or raise the budget on purpose")
                .report();
        }
    }
}

fn name(budget: &BudgetSetting) -> &str {
    match &budget.measure {
        BudgetMeasure::Zipped => "zipped size",
        BudgetMeasure::Unzipped => "unzipped size",
        BudgetMeasure::Growth => "growth since the baseline",
        BudgetMeasure::Files => "number of files",
        BudgetMeasure::Paths(glob) => glob,
    }
}

/// Nothing where there is nothing to measure: a folder has no zipped size, a new package no growth.
fn measure(measure: &BudgetMeasure, package: &Package, baseline: Option<&Baseline>) -> Option<u64> {
    match measure {
        BudgetMeasure::Zipped => package.archive.zipped().map(|bytes| bytes.0),
        BudgetMeasure::Unzipped => Some(package.archive.unzipped().0),
        BudgetMeasure::Growth => {
            let before = baseline?.unzipped.get(package.label.name.as_str())?;
            Some(package.archive.unzipped().0.saturating_sub(before.0))
        }
        BudgetMeasure::Files => u64::try_from(package.files().count()).ok(),
        BudgetMeasure::Paths(glob) => {
            let glob = GlobBuilder::new(glob).literal_separator(true).build().ok()?.compile_matcher();
            let matching = package.files().filter(|(_, entry)| glob.is_match(entry.path.as_str()));
            Some(matching.map(|(_, entry)| entry.size).sum::<Bytes>().0)
        }
    }
}
