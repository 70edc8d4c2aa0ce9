//! What holds after defaults, configuration and `extend`, as a configuration.

use toml::{Table, Value};

use crate::{
    model::{
        page::Page,
        settings::{BudgetMeasure, IgnoreSetting, Settings, TrustSettings},
    },
    triage::selection::Selection,
};

/// The settings as TOML, below a line that says where they come from.
pub fn render(from: &str, settings: &Settings, selection: &Selection) -> String {
    let mut table = Table::new();
    table.insert("rules".to_owned(), rules(selection).into());
    table.insert("budgets".to_owned(), budgets(settings).into());
    if !settings.limits.is_empty() {
        table.insert("limits".to_owned(), limits(settings).into());
    }
    table.insert("policy".to_owned(), trust(&settings.trust).into());
    let ignores: Vec<Value> = settings.ignores.iter().map(|one| ignore(one).into()).collect();
    table.insert("ignore".to_owned(), ignores.into());
    // strings and numbers in tables cannot fail to be written
    format!("# {from}\n{}", toml::to_string_pretty(&table).unwrap_or_default())
}

/// Each rule that runs with its severity.
fn rules(selection: &Selection) -> Table {
    let severity =
        |page: &'static Page| selection.severity(page).unwrap_or(page.severity).as_str().to_owned();
    selection.pages().into_iter().map(|page| (page.id.to_owned(), severity(page).into())).collect()
}

fn budgets(settings: &Settings) -> Table {
    let name = |measure: &BudgetMeasure| match measure {
        BudgetMeasure::Zipped => "zipped".to_owned(),
        BudgetMeasure::Unzipped => "unzipped".to_owned(),
        BudgetMeasure::Growth => "growth".to_owned(),
        BudgetMeasure::Files => "files".to_owned(),
        BudgetMeasure::Paths(glob) => glob.clone(),
    };
    let limit = |limit: u64| Value::Integer(i64::try_from(limit).unwrap_or(i64::MAX));
    settings.budgets.iter().map(|one| (name(&one.measure), limit(one.limit))).collect()
}

/// The limits that were changed.
fn limits(settings: &Settings) -> Table {
    let value = |value: u64| Value::Integer(i64::try_from(value).unwrap_or(i64::MAX));
    settings.limits.iter().map(|one| (one.name.text.clone(), value(one.value))).collect()
}

fn trust(trust: &TrustSettings) -> Table {
    let mut table = Table::new();
    if let Some(account) = &trust.own_account {
        table.insert("own-account".to_owned(), account.clone().into());
    }
    table.insert("trusted-accounts".to_owned(), trust.accounts.clone().into());
    table.insert("trusted-organizations".to_owned(), trust.organizations.clone().into());
    table.insert("public-layers".to_owned(), trust.public_layers.clone().into());
    table
}

fn ignore(one: &IgnoreSetting) -> Table {
    let mut table = Table::new();
    table.insert("rule".to_owned(), one.rule.text.clone().into());
    if let Some(path) = &one.path {
        table.insert("path".to_owned(), path.clone().into());
    }
    table.insert("reason".to_owned(), one.reason.clone().into());
    if let Some(until) = one.until {
        table.insert("until".to_owned(), until.to_string().into());
    }
    table
}
