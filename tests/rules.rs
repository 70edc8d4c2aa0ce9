//! Every case of every rule, run with all rules: what fires, what stays silent, and the laws over the whole set.

#![allow(
    clippy::pedantic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::iter_over_hash_type,
    reason = "a fault of a test is a panic"
)]

mod support;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use layerlint::{
    check::check,
    model::settings::Written,
    output::{self, Format, Style},
    rules::{self, pages},
};
use support::{
    case::{self, Case},
    recipe, run,
};

fn laid_out(case: &Case) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    recipe::lay_out(&case.recipe, &case.folder, folder.path());
    folder
}

/// The findings of a case are exactly those it lists. `LAYERLINT_UPDATE=1 cargo test` writes them anew; read the difference.
#[test]
fn cases_say_exactly_what_they_list() {
    let update = std::env::var_os("LAYERLINT_UPDATE").is_some();
    let mut wrong = Vec::new();
    for case in case::all() {
        let folder = laid_out(&case);
        let report = run::report(folder.path());
        let findings = run::lines(&report, folder.path());
        let human = case.first_trigger.then(|| run::human(&report, folder.path()));
        if update {
            case::update(&case, &findings, human.as_deref());
            continue;
        }
        if case.findings.as_deref() != Some(&findings) {
            let listed = case.findings.as_deref().unwrap_or("(no findings block)\n");
            wrong.push(format!("{}\n--- listed\n{listed}--- found\n{findings}", case.name()));
        }
        if human.is_some() && case.human != human {
            let listed = case.human.as_deref().unwrap_or("(no human block)\n");
            wrong.push(format!(
                "{} (human)\n--- listed\n{listed}--- found\n{}",
                case.name(),
                human.unwrap_or_default()
            ));
        }
    }
    assert!(
        wrong.is_empty(),
        "{}\n\nif this is right: LAYERLINT_UPDATE=1 cargo test --test rules",
        wrong.join("\n\n")
    );
}

/// `triggers:` means that the case's own rule is among the findings, `silent:` that it is not.
#[test]
fn triggers_trigger_and_near_misses_do_not() {
    let mut wrong = Vec::new();
    for case in case::all() {
        let listed = case.findings.clone().unwrap_or_default();
        let fires = listed.lines().any(|line| line.split(' ').nth(1) == Some(case.rule.as_str()));
        if fires != case.triggers {
            wrong.push(format!("{}: {}", case.name(), if fires { "fires" } else { "does not fire" }));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Every rule fires in some case of its own and has a near-miss of its own.
#[test]
fn every_rule_has_a_trigger_and_a_near_miss() {
    let mut kinds: BTreeMap<String, BTreeSet<bool>> = BTreeMap::new();
    for case in case::all() {
        kinds.entry(case.rule).or_default().insert(case.triggers);
    }
    for rule in rules::all() {
        let has = kinds.get(rule.page.id).map_or(0, BTreeSet::len);
        assert_eq!(
            has, 2,
            "fixtures/{}/cases.md needs a `## triggers:` and a `## silent:` case",
            rule.page.id
        );
    }
    for id in kinds.keys() {
        assert!(pages::ALL.iter().any(|page| page.id == id), "fixtures/{id} belongs to no rule");
    }
}

/// Each page has code, each list is sorted, and each file is listed.
#[test]
fn pages_files_and_statics_agree() {
    let listed: Vec<&str> = rules::all().map(|rule| rule.page.id).collect();
    let mut sorted = listed.clone();
    sorted.sort_unstable();
    assert_eq!(listed, sorted, "the lists in src/rules/*/mod.rs are sorted by name");
    let paged: Vec<&str> = pages::ALL.iter().map(|page| page.id).collect();
    for id in &paged {
        let (category, name) = id.split_once('/').unwrap();
        let module = name.replace('-', "_");
        assert!(
            listed.contains(id),
            "rules/{id}.md has no rule in the list; add to src/rules/{category}/mod.rs:\n    mod {module};\n    &{module}::RULE,"
        );
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("src/rules/{category}/{module}.rs"));
        assert!(file.is_file(), "src/rules/{category}/{module}.rs is missing");
    }
    assert_eq!(paged, listed);
}

/// A page has its headings, in order, and nothing empty between them.
#[test]
fn pages_have_their_headings_in_order() {
    const HEADINGS: [&str; 6] =
        ["What it finds", "What Lambda would say", "Why", "How to mend", "When to ignore", "Sources"];
    for page in pages::ALL {
        let title = format!("# {}\n", page.id);
        assert!(
            page.markdown.trim_start().starts_with(&title),
            "{}: begins with `{}`",
            page.id,
            title.trim()
        );
        let found: Vec<&str> =
            page.markdown.split("\n## ").skip(1).filter_map(|part| part.lines().next()).collect();
        assert_eq!(found, HEADINGS, "{}", page.id);
        for heading in HEADINGS {
            assert!(
                page.section(heading).is_some_and(|text| text.len() > 10),
                "{}: `{heading}` says nothing",
                page.id
            );
        }
    }
}

/// Summaries and messages are one lower-case clause without a full stop; names read well after "allow".
#[test]
fn words_obey_the_wording() {
    let stands_alone = |text: &str| {
        !text.is_empty()
            && !text.ends_with('.')
            && !text.ends_with('!')
            && !text.contains("please")
            && text.len() <= 200
    };
    for page in pages::ALL {
        assert!(stands_alone(page.summary), "{}: {:?}", page.id, page.summary);
        let first = page.summary.chars().next().unwrap();
        let shout = page.summary.split(' ').next().unwrap().chars().filter(|c| c.is_uppercase()).count() > 1;
        assert!(
            first.is_lowercase() || first.is_numeric() || first == '`' || shout || page.summary.contains('_'),
            "{}: {:?}",
            page.id,
            page.summary
        );
        for bad in ["check-", "avoid-", "use-", "prefer-", "disallow-"] {
            assert!(!page.name.starts_with(bad), "{} should name the fault", page.id);
        }
        let security = page.security_severity.map(str::parse::<f32>);
        assert!(!matches!(security, Some(Err(_))), "{}: security-severity is a number", page.id);
    }
    for case in case::all() {
        for line in case.findings.unwrap_or_default().lines() {
            let message = line.split_once(": ").unwrap().1;
            assert!(stands_alone(message), "{}: {message:?}", case.rule);
        }
    }
}

/// A rule says the same whether all rules run or only itself: its `needs` are complete.
#[test]
fn needs_are_complete() {
    // it checks what other rules have inflated, and inflates nothing itself
    for case in case::all().into_iter().filter(|case| case.rule != "archive/bad-crc") {
        let folder = laid_out(&case);
        let all = run::report(folder.path());
        let mut project = run::project(folder.path());
        project.settings.rules.select = vec![Written { text: case.rule.clone(), at: None }];
        let alone = check(&project, &run::options()).unwrap_or_else(|error| panic!("{error}"));
        let of_rule = |report: &layerlint::triage::report::Report| -> Vec<String> {
            run::lines(report, folder.path())
                .lines()
                .filter(|line| line.contains(&format!(" {} ", case.rule)))
                .map(str::to_owned)
                .collect()
        };
        assert_eq!(of_rule(&all), of_rule(&alone), "{}: `needs` of the page are not complete", case.name());
    }
}

/// The same report on one thread and on eight.
#[test]
fn reports_do_not_depend_on_the_number_of_threads() {
    for case in case::all() {
        let folder = laid_out(&case);
        let on = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                output::render(
                    Format::Json,
                    &run::report(folder.path()),
                    Style { color: false, width: 100, links: false },
                )
            })
        };
        assert_eq!(on(1), on(8), "{}", case.name());
    }
}

/// No format prints a raw control character, whatever the names in the package are.
#[test]
fn no_format_prints_a_control_character() {
    for case in case::all() {
        let folder = laid_out(&case);
        let report = run::report(folder.path());
        for format in Format::ALL {
            let text = output::render(format, &report, Style { color: false, width: 100, links: false });
            let bad = text.chars().find(|c| c.is_control() && *c != '\n');
            assert_eq!(bad, None, "{} as {format:?}", case.name());
        }
    }
}

/// Every text of `rules/data/texts.toml` is quoted by some rule.
#[test]
fn every_error_text_is_quoted_by_a_rule() {
    let mut code = String::new();
    for category in fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("src/rules")).unwrap() {
        let folder = category.unwrap().path();
        if folder.is_dir() {
            for file in fs::read_dir(folder).unwrap() {
                code.push_str(&fs::read_to_string(file.unwrap().path()).unwrap());
            }
        }
    }
    for text in layerlint::data::texts::ALL {
        let constant = format!("texts::{}", text.id.replace('-', "_").to_uppercase());
        assert!(code.contains(&constant), "no rule quotes `{}`", text.id);
    }
}
