//! SARIF over every case: the schema of OASIS, and what code scanning asks for beyond it.

#![allow(
    clippy::pedantic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a fault of a test is a panic"
)]

mod support;

use serde_json::Value;
use support::{case, recipe, run};

use layerlint::output::{self, Format, Style};

fn sarif(case: &case::Case) -> Value {
    let folder = tempfile::tempdir().unwrap();
    recipe::lay_out(&case.recipe, &case.folder, folder.path());
    let text = output::render(
        Format::Sarif,
        &run::report(folder.path()),
        Style { color: false, width: 100, links: false },
    );
    serde_json::from_str(&text).unwrap()
}

/// The published schema has a pattern with a bracket too many, which strict engines refuse.
fn schema() -> Value {
    let text = include_str!("support/sarif-schema-2.1.0.json").replace("[a-zA-Z]{2}]?$", "[a-zA-Z]{2}$");
    serde_json::from_str(&text).unwrap()
}

#[test]
fn every_case_is_valid_by_the_schema() {
    let schema = schema();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for case in case::all() {
        let faults: Vec<String> =
            validator.iter_errors(&sarif(&case)).map(|error| error.to_string()).collect();
        assert!(faults.is_empty(), "{}: {faults:?}", case.name());
    }
}

/// A SARIF file named by `LAYERLINT_SARIF` is valid too: how CI judges the file that the binary wrote.
#[test]
fn a_written_file_is_valid_by_the_schema() {
    let Some(path) = std::env::var_os("LAYERLINT_SARIF") else { return };
    let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    let written: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let schema = schema();
    let faults: Vec<String> = jsonschema::validator_for(&schema)
        .unwrap()
        .iter_errors(&written)
        .map(|error| error.to_string())
        .collect();
    assert!(faults.is_empty(), "{faults:?}");
    assert!(!written["runs"][0]["results"].as_array().unwrap().is_empty());
}

#[test]
fn every_result_has_a_place_a_rule_and_a_fingerprint() {
    for case in case::all() {
        let sarif = sarif(&case);
        let run = &sarif["runs"][0];
        let rules = run["tool"]["driver"]["rules"].as_array().unwrap();
        for result in run["results"].as_array().unwrap() {
            let place = &result["locations"][0]["physicalLocation"];
            let uri = place["artifactLocation"]["uri"].as_str().unwrap();
            assert!(
                !uri.starts_with('/') && !uri.contains(':') && !uri.contains(' '),
                "{}: {uri}",
                case.name()
            );
            assert!(place["region"]["startLine"].as_u64().unwrap() >= 1);
            assert!(result["partialFingerprints"]["layerlintFinding/v1"].as_str().unwrap().len() == 32);
            let index = result["ruleIndex"].as_u64().unwrap() as usize;
            assert_eq!(rules[index]["id"], result["ruleId"]);
            assert!(!result["message"]["text"].as_str().unwrap().is_empty());
        }
        for rule in rules {
            assert!(rule["shortDescription"]["text"].as_str().unwrap().len() <= 1024);
            assert!(rule["fullDescription"]["text"].as_str().unwrap().len() <= 1024);
            assert!(rule["helpUri"].as_str().unwrap().starts_with("https://"));
            if let Some(number) = rule["properties"].get("security-severity") {
                assert!(number.as_str().unwrap().parse::<f32>().is_ok(), "a string that holds a number");
            }
        }
    }
}

/// What is no part of a finding's identity does not move it: the order of entries.
#[test]
fn fingerprints_do_not_depend_on_the_order_of_entries() {
    let prints = |sarif: &Value| -> Vec<String> {
        let results = sarif["runs"][0]["results"].as_array().unwrap();
        let mut prints: Vec<String> = results
            .iter()
            .map(|one| format!("{} {}", one["ruleId"], one["partialFingerprints"]["layerlintFinding/v1"]))
            .collect();
        prints.sort();
        prints
    };
    let text = |entries: &str| {
        format!(
            "[[layer]]\nname = \"deps\"\nruntimes = [\"python3.12\"]\narchitectures = [\"x86_64\"]\nentries = [{entries}]\n"
        )
    };
    let one = r#"{ path = "python/pkg/__init__.py", text = "x = 1" }"#;
    let two = r#"{ path = "python/pkg/_x.abi3.so", elf = { machine = "aarch64", exports = ["PyInit__x"] } }"#;
    let three =
        r#"{ path = "python/pkg/_y.abi3.so", elf = { machine = "aarch64", exports = ["PyInit__y"] } }"#;
    let case = |recipe: String| case::Case {
        rule: String::new(),
        title: String::new(),
        triggers: true,
        recipe,
        findings: None,
        human: None,
        first_trigger: true,
        folder: ".".into(),
    };
    let straight = sarif(&case(text(&[one, two, three].join(","))));
    let shuffled = sarif(&case(text(&[three, one, two].join(","))));
    assert_eq!(prints(&straight), prints(&shuffled));
    assert!(!prints(&straight).is_empty());
}
