//! What all formats promise: names from packages steer nothing, nothing depends on chance, SARIF is what code scanning takes.

use std::collections::BTreeMap;

use serde_json::Value;

use super::*;
use crate::{
    model::{
        entry_path::EntryPath,
        finding::{Finding, NotAnalysed, Related},
        place::{PackageLabel, Place, ReportPath},
        size::Bytes,
        text::SafeText,
    },
    triage::{
        report::{FunctionRow, PackageRow, Raw},
        sample::{
            ALL, BROKEN, DOCS, HOSTILE, RISKY, TODAY, entry, finding, ignore, judged, label, report, span,
        },
    },
};

const PLAIN: Style = Style { color: false, width: 100, links: false };

fn text(format: Format, report: &Report) -> String {
    render(format, report, PLAIN)
}

fn value(format: Format, report: &Report) -> Value {
    serde_json::from_str(&text(format, report)).unwrap()
}

/// Every text and path of a report made of one name.
fn made_of(name: &str) -> Report {
    let safe = SafeText::new(name);
    let package = PackageLabel { name: safe.clone(), path: ReportPath::new(name) }.into();
    let mut one = finding(&BROKEN, Place::entry(&package, EntryPath::new(name)));
    one.message = safe.clone();
    one.function = Some(safe.clone());
    one.lambda_error = Some(safe.clone());
    one.reason = Some(safe.clone());
    one.fix = Some(safe.clone());
    one.targets = vec![safe.clone()];
    one.related = vec![Related { place: Place::package(&package), note: safe.clone() }];
    let whole = finding(&DOCS, Place::package(&package));
    let source = format!("{{\n  \"{name}\"\n}}\n");
    let line = finding(&RISKY, Place::source(span(name, &source, 4..6)));
    judged(
        Raw {
            findings: vec![one, whole, line],
            not_analysed: vec![NotAnalysed { what: safe.clone(), why: safe.clone() }],
            packages: vec![PackageRow {
                name: safe.clone(),
                path: ReportPath::new(name),
                kind: "layer".into(),
                zipped: None,
                unzipped: Bytes(1),
                entries: 1,
            }],
            functions: vec![function(&safe)],
            pages: ALL.to_vec(),
            sources: BTreeMap::from([(ReportPath::new(name).as_str().to_owned(), source)]),
            data_as_of: TODAY,
            took: vec![safe],
            ..Raw::default()
        },
        &[],
    )
}

fn function(name: &SafeText) -> FunctionRow {
    FunctionRow {
        name: name.clone(),
        runtime: Some(name.clone()),
        architecture: None,
        layers: vec![name.clone()],
        unzipped: Bytes(262_144_000),
        remaining: Bytes(0),
    }
}

#[test]
fn no_name_steers_a_terminal_or_a_build_service_in_any_format() {
    for name in HOSTILE.into_iter().chain(["::error::x", " ::stop-commands::x"]) {
        let report = made_of(name);
        for format in Format::ALL {
            let out = text(format, &report);
            let steering = |c: char| c != '\n' && SafeText::new(c.to_string()).as_str() != c.to_string();
            assert_eq!(out.chars().find(|c| steering(*c)), None, "{format:?} {name:?}");
            assert!(out.lines().all(|line| is_ours(format, line)), "{format:?} {out}");
            assert!(!out.contains("##[") && !out.contains("##vso["), "{format:?} {out}");
        }
    }
}

/// No line is a command to a build service, but for the one that a finding is in the format made of commands.
fn is_ours(format: Format, line: &str) -> bool {
    match line.trim_start().strip_prefix("::") {
        None => true,
        Some(command) => {
            format == Format::Github
                && ["error ", "warning ", "notice "].iter().any(|level| command.starts_with(level))
        }
    }
}

#[test]
fn no_name_makes_sarif_invalid_or_points_elsewhere() {
    let validator = validator();
    for name in HOSTILE {
        let sarif = value(Format::Sarif, &made_of(name));
        let faults: Vec<String> = validator.iter_errors(&sarif).map(|error| error.to_string()).collect();
        assert!(faults.is_empty(), "{name:?}: {faults:?}");
        for uri in uris(&sarif) {
            let plain = uri.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~+@=,/%".contains(&byte));
            let inside = !uri.starts_with('/') && uri.split('/').all(|part| !["", ".", ".."].contains(&part));
            assert!(plain && inside, "{name:?}: {uri}");
        }
        for message in messages(&sarif) {
            let is_link = message.match_indices("](").any(|(at, _)| !message[..at].ends_with('\\'));
            assert!(!is_link && !message.replace("{{", "").contains("{0}"), "{message}");
        }
    }
}

fn validator() -> jsonschema::Validator {
    // the published schema has a pattern with a bracket too many, which strict engines refuse
    let text = include_str!("../../tests/support/sarif-schema-2.1.0.json");
    let schema = serde_json::from_str(&text.replace("[a-zA-Z]{2}]?$", "[a-zA-Z]{2}$")).unwrap();
    jsonschema::validator_for(&schema).unwrap()
}

fn results(sarif: &Value) -> &Vec<Value> {
    sarif["runs"][0]["results"].as_array().unwrap()
}

fn uris(sarif: &Value) -> Vec<String> {
    let mut uris = Vec::new();
    for result in results(sarif) {
        let related = result["relatedLocations"].as_array().into_iter().flatten();
        for location in result["locations"].as_array().unwrap().iter().chain(related) {
            let uri = &location["physicalLocation"]["artifactLocation"]["uri"];
            uris.push(uri.as_str().unwrap().to_owned());
        }
    }
    let artifacts = sarif["runs"][0]["artifacts"].as_array().into_iter().flatten();
    uris.extend(artifacts.map(|one| one["location"]["uri"].as_str().unwrap().to_owned()));
    uris
}

fn messages(sarif: &Value) -> Vec<String> {
    let said = results(sarif).iter().map(|one| one["message"]["text"].as_str().unwrap().to_owned());
    said.collect()
}

#[test]
fn sarif_lists_every_rule_that_ran_and_names_it_by_index() {
    let mut raw = Raw { findings: vec![finding(&DOCS, entry("deps", "README"))], ..Raw::default() };
    raw.pages = ALL.iter().rev().copied().collect();
    let sarif = value(Format::Sarif, &judged(raw, &[]));
    let rules = sarif["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
    let ids: Vec<&str> = rules.iter().map(|rule| rule["id"].as_str().unwrap()).collect();
    assert_eq!(ids, ALL.map(|page| page.id));
    let levels: Vec<&str> =
        rules.iter().map(|rule| rule["defaultConfiguration"]["level"].as_str().unwrap()).collect();
    assert_eq!(levels, ["error", "warning", "note", "note"]);
    assert_eq!(rules[1]["properties"]["security-severity"], "7.5");
    assert!(rules[0]["properties"].get("security-severity").is_none());
    let index = usize::try_from(results(&sarif)[0]["ruleIndex"].as_u64().unwrap()).unwrap();
    assert_eq!(rules[index]["id"], "size/docs");
}

#[test]
fn sarif_gives_a_line_hash_only_where_nobody_else_can() {
    let declared = entry("deps", "a.so").declared_at(Some(&span("layerlint.toml", "a\nb", 2..3)));
    let found = vec![finding(&BROKEN, declared), finding(&BROKEN, entry("other", "b.so"))];
    let sarif = value(Format::Sarif, &report(found, &[]));
    let [real, made_up] = results(&sarif).as_slice() else { panic!() };
    let place = |one: &Value| one["locations"][0]["physicalLocation"].clone();
    assert_eq!(place(real)["artifactLocation"]["uri"], "layerlint.toml");
    assert_eq!(place(real)["region"]["startLine"], 2);
    assert!(real["partialFingerprints"].get("primaryLocationLineHash").is_none());
    assert_eq!(place(made_up)["artifactLocation"]["uri"], "dist/other.zip/b.so");
    let own = made_up["partialFingerprints"]["layerlintFinding/v1"].as_str().unwrap();
    assert_eq!(made_up["partialFingerprints"]["primaryLocationLineHash"], format!("{own}:1"));
    let artifacts = sarif["runs"][0]["artifacts"].as_array().unwrap();
    assert_eq!((&artifacts[3]["location"]["uri"], &artifacts[3]["parentIndex"]), (&"b.so".into(), &2.into()));
}

#[test]
fn sarif_keeps_the_worst_of_too_many_and_says_so() {
    let at = |page, number: usize| finding(page, entry("deps", &format!("d{number}/x")));
    let mut findings: Vec<Finding> = (0..5_000).map(|number| at(&DOCS, number)).collect();
    findings.extend((0..3).map(|number| finding(&BROKEN, entry("zzz", &format!("d{number}/y")))));
    let sarif = value(Format::Sarif, &report(findings, &[]));
    let levels = |level: &str| results(&sarif).iter().filter(|one| one["level"] == level).count();
    assert_eq!((levels("error"), levels("note")), (3, 4_997));
    let notes = &sarif["runs"][0]["invocations"][0]["toolExecutionNotifications"];
    assert!(notes[0]["message"]["text"].as_str().unwrap().starts_with("3 results are left out"), "{notes}");
}

#[test]
fn what_is_ignored_or_not_analysed_is_no_result_of_sarif() {
    let raw = Raw {
        findings: vec![finding(&BROKEN, entry("deps", "x.so"))],
        not_analysed: vec![NotAnalysed { what: "arn".into(), why: "no copy".into() }],
        pages: ALL.to_vec(),
        ..Raw::default()
    };
    let sarif = value(Format::Sarif, &judged(raw, &[ignore("native", None, None)]));
    assert!(results(&sarif).is_empty());
    let invocation = &sarif["runs"][0]["invocations"][0];
    assert_eq!(invocation["executionSuccessful"], true);
    let note = &invocation["toolExecutionNotifications"][0]["message"]["text"];
    assert_eq!(note, "not analysed: arn: no copy");
}

#[test]
fn json_is_what_its_schema_says() {
    let schema = serde_json::from_str(&json::schema()).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    let empty = report(Vec::new(), &[]);
    let ignoring = report(vec![finding(&BROKEN, entry("deps", "x"))], &[ignore("native", None, None)]);
    for report in HOSTILE.map(made_of).iter().chain([&empty, &ignoring]) {
        let json = value(Format::Json, report);
        let faults: Vec<String> = validator.iter_errors(&json).map(|error| error.to_string()).collect();
        assert!(faults.is_empty(), "{faults:?}");
    }
    let ignored = &value(Format::Json, &ignoring)["ignored"][0];
    assert_eq!((&ignored["ignore_reason"], &ignored["rule"]), (&"OPS-114".into(), &"native/broken".into()));
    assert!(ignored.get("function").is_none() && ignored.get("location").is_none());
}

#[test]
fn concise_is_a_line_a_finding() {
    let mut inside = finding(&BROKEN, entry("deps", "python/x.so"));
    inside.function = Some("orders".into());
    let line = finding(&RISKY, Place::source(span("t.yaml", "a\n  b", 4..5)));
    assert_eq!(
        text(Format::Concise, &report(vec![line, inside], &[])),
        "dist/deps.zip!python/x.so: error[native/broken] is broken (function orders)\n\
         t.yaml:2:3: warning[policy/risky] is broken\n"
    );
}

#[test]
fn a_human_report_ends_with_what_was_counted() {
    let mut one = finding(&BROKEN, entry("deps", "python/x.so"));
    one.related = (0..7)
        .map(|at| Related { place: entry("deps", &format!("python/{at}.so")), note: "too".into() })
        .collect();
    let raw = Raw {
        findings: vec![one, finding(&DOCS, entry("deps", "README"))],
        not_analysed: vec![NotAnalysed { what: "arn".into(), why: "no copy".into() }],
        pages: ALL.to_vec(),
        ..Raw::default()
    };
    let out = text(Format::Human, &judged(raw, &[ignore("size", None, None)]));
    assert!(out.contains("error[native/broken]: is broken\n  dist/deps.zip!python/x.so"), "{out}");
    assert!(out.contains("  and 2 more\n") && out.contains("not analysed\n  arn: no copy\n"), "{out}");
    assert!(out.contains("1 error, 0 warnings, 0 infos in 0 packages; 1 ignored; 1 not analysed\n"), "{out}");
    let clean = text(Format::Human, &report(Vec::new(), &[]));
    assert_eq!(clean, "nothing to complain about in 0 packages\n");
}

#[test]
fn a_rule_is_a_link_where_the_terminal_can() {
    let report = report(vec![finding(&BROKEN, Place::package(&label("deps")))], &[]);
    let linked = render(Format::Human, &report, Style { links: true, ..PLAIN });
    assert!(linked.contains("\u{1b}]8;;https://github.com/layerlint/layerlint/blob/main/rules/native/broken.md\u{1b}\\native/broken"), "{linked}");
}

#[test]
fn only_colour_brings_escapes() {
    let report = report(vec![finding(&BROKEN, Place::package(&label("deps")))], &[]);
    assert!(!text(Format::Human, &report).contains('\u{1b}'));
    assert!(render(Format::Human, &report, Style { color: true, ..PLAIN }).contains("\u{1b}[1m"));
}
