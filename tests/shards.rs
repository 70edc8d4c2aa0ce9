//! Several runs that share the work, and their reports put together: the result is that of one run, byte for byte.

#![allow(
    clippy::pedantic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a fault of a test is a panic"
)]

mod support;

use std::{fs, path::Path, process::Command};

use layerlint::{
    check::{Options, check, conclude},
    input::{partition::Part, project::Project},
    model::shard::Shard,
    output::{self, Format, Style},
    rules::pages,
    triage::{
        report::Report,
        state::{State, join},
    },
};
use support::{case, recipe, run};

fn json(report: &Report) -> String {
    output::render(Format::Json, report, Style { color: false, width: 100, links: false })
}

/// The report of all parts, each handed on as text.
fn in_parts(project: &Project, of: usize) -> Report {
    let part = |index: usize| -> (String, State) {
        let options = Options { shard: Some(Shard { index, of }), ..run::options() };
        let report = check(project, &options).unwrap();
        let value: serde_json::Value = serde_json::from_str(&json(&report)).unwrap();
        (format!("part {index}"), serde_json::from_value(value["shard"].clone()).unwrap())
    };
    let (raw, wishes) = join((1..=of).rev().map(part).collect(), pages::ALL).unwrap();
    conclude(raw, &wishes).unwrap()
}

/// Whatever the rules say of a project, they say of its parts.
#[test]
fn every_case_in_parts_is_the_case() {
    for case in case::all() {
        let folder = tempfile::tempdir().unwrap();
        recipe::lay_out(&case.recipe, &case.folder, folder.path());
        let project = run::project(folder.path());
        let whole = check(&project, &run::options()).unwrap();
        assert_eq!(json(&whole), json(&in_parts(&project, 3)), "{}", case.name());
    }
}

/// One run that looks at a few packages at a time says what it says of all at once.
#[test]
fn every_case_in_turns_is_the_case() {
    for case in case::all() {
        let folder = tempfile::tempdir().unwrap();
        recipe::lay_out(&case.recipe, &case.folder, folder.path());
        let project = run::project(folder.path());
        let whole = check(&project, &run::options()).unwrap();
        let turns = check(&project, &Options { packages_at_once: 1, ..run::options() }).unwrap();
        assert_eq!(json(&whole), json(&turns), "{}", case.name());
    }
}

#[test]
fn a_fleet_in_turns_is_the_fleet() {
    let folder = laid_out();
    let project = run::project(folder.path());
    let human = |report: &Report| run::human(report, folder.path());
    let whole = check(&project, &run::options()).unwrap();
    for packages_at_once in [1, 2, 5, 11] {
        let turns = check(&project, &Options { packages_at_once, ..run::options() }).unwrap();
        assert_eq!(json(&whole), json(&turns), "{packages_at_once} packages at once");
        assert_eq!(human(&whole), human(&turns), "with the lines of policies");
    }
}

/// Functions that share layers, packages alone, policies, ignores that match in one part only, a baseline of half the findings.
fn fleet(folder: &Path) {
    fs::create_dir_all(folder.join("dist")).unwrap();
    let package = |name: &str, text: String| {
        let text = format!("{text}\n");
        let entries: recipe::Layer = toml::from_str(&text).unwrap();
        fs::write(folder.join(format!("dist/{name}.zip")), recipe::zip_of(&entries.entries, folder)).unwrap();
    };
    let filler = |letters: usize| {
        (0..letters * 400).map(|at| format!("{:x}", at.wrapping_mul(2_654_435_761))).collect::<String>()
    };
    package(
        "common",
        format!(
            r#"entries = [
              {{ path = "python/common.py", text = "import nowhere_to_be_found", mode = "444" }},
              {{ path = "python/shared.py", text = "same" }},
              {{ path = "python/big.txt", text = "{}" }},
              {{ path = "pkg-1.0.dist-info/METADATA", text = "Name: pkg" }}]"#,
            filler(30)
        ),
    );
    package(
        "other",
        r#"entries = [
          { path = "python/common.py", text = "x = 2" },
          { path = "python/shared.py", text = "same" },
          { path = "lib/libz.so", elf = { machine = "aarch64" } }]"#
            .to_owned(),
    );
    package("lonely", r#"entries = [{ path = "wrapped/python/x.py", text = "y = 1" }]"#.to_owned());
    for at in 0..9 {
        package(
            &format!("f{at}"),
            format!(
                r#"entries = [
                  {{ path = "app.py", text = "import common\ndef handler(event, context): pass" }},
                  {{ path = "prebuilds/darwin-x64/a.node", elf = {{ machine = "aarch64" }} }},
                  {{ path = "big.txt", text = "{}" }}]"#,
                filler(at + 1)
            ),
        );
    }
    let mut manifest = String::from(
        r#"
[layer.common]
path = "dist/common.zip"
compatible-runtimes = ["python3.12", "python3.13"]
compatible-architectures = ["x86_64", "arm64"]
policy = "common.json"
[layer.other]
path = "dist/other.zip"
compatible-runtimes = ["python3.12"]
[layer.lonely]
path = "dist/lonely.zip"
compatible-runtimes = ["python3.7", "python9.9"]
[[ignore]]
rule = "layout"
path = "lonely!**"
reason = "known"
[[ignore]]
rule = "size"
path = "f3!**"
reason = "small"
[[ignore]]
rule = "native"
path = "nothing!**"
reason = "never used"
"#,
    );
    for at in 0..9 {
        let layers = ["\"common\"", "\"common\", \"other\"", "\"other\", \"lonely\", \"common\""][at % 3];
        let handler = if at == 4 { "app.missing" } else { "app.handler" };
        let arch = if at % 2 == 0 { "x86_64" } else { "arm64" };
        manifest.push_str(&format!(
            "[function.f{at}]\npath = \"dist/f{at}.zip\"\nruntime = \"python3.12\"\narchitecture = \"{arch}\"\nhandler = \"{handler}\"\nlayers = [{layers}]\n"
        ));
    }
    fs::write(folder.join("layerlint.toml"), manifest).unwrap();
    let statement = r#"{"Version": "2012-10-17", "Statement": [{"Sid": "a", "Effect": "Allow", "Principal": "*", "Action": "lambda:GetLayerVersion", "Resource": "arn:aws:lambda:eu-west-1:123456789012:layer:common:1"}]}"#;
    fs::write(folder.join("common.json"), statement).unwrap();
}

struct Done {
    status: i32,
    stdout: String,
    stderr: String,
}

fn layerlint(folder: &Path, args: &str, variables: &[(&str, &str)]) -> Done {
    let output = Command::new(env!("CARGO_BIN_EXE_layerlint"))
        .current_dir(folder)
        .env_clear()
        .env("NO_COLOR", "1")
        .envs(variables.iter().copied())
        .args(args.split(' '))
        .output()
        .unwrap();
    Done {
        status: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

fn laid_out() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fleet(folder.path());
    folder
}

/// Runs all parts with `--output` in both machine formats and gives the names of the JSON reports.
fn parts(folder: &Path, of: usize, more: &str) -> String {
    let name = |at: usize| format!("p{at}.json");
    for at in 1..=of {
        let done = layerlint(
            folder,
            &format!(
                "--pedantic --as-of 2026-11-20 --shard {at}/{of} --output json={} --output sarif=p{at}.sarif{more}",
                name(at)
            ),
            &[],
        );
        assert!(done.status < 2, "{}", done.stderr);
    }
    (1..=of).map(name).collect::<Vec<_>>().join(" ")
}

#[test]
fn a_fleet_in_parts_is_the_fleet() {
    let folder = laid_out();
    let folder = folder.path();
    for of in [1, 2, 3, 7, 20] {
        let whole = layerlint(folder, "--pedantic --as-of 2026-11-20 --format json", &[]);
        assert_eq!(whole.status, 1, "{}", whole.stderr);
        assert!(whole.stdout.contains("also in function f8"), "one finding of several parts");
        let reports = parts(folder, of, "");
        let merged = layerlint(folder, &format!("merge {reports}"), &[]);
        assert_eq!(merged.status, 1, "{}", merged.stderr);
        assert_eq!(merged.stdout, whole.stdout, "{of} parts");
        let sarif = layerlint(folder, "--pedantic --as-of 2026-11-20 --format sarif", &[]);
        let merged = layerlint(folder, &format!("merge {}", reports.replace(".json", ".sarif")), &[]);
        assert_eq!(merged.stdout, sarif.stdout, "{of} parts");
    }
}

#[test]
fn the_work_is_divided_by_bytes_and_functions_stay_whole() {
    let folder = laid_out();
    let project = run::project(folder.path());
    let all: u64 = project.packages.iter().map(|one| fs::metadata(&one.path).unwrap().len()).sum();
    let mut owned = 0;
    for index in 1..=3 {
        let part = Part::of(&project, Shard { index, of: 3 }).unwrap();
        owned += part.own;
        for function in part.functions.iter() {
            assert!(function.package.is_some_and(|package| package < part.own));
            assert!(function.layers.iter().all(|layer| layer.package.is_some()), "{}", function.name);
        }
        let bytes: u64 = part.packages.iter().map(|one| fs::metadata(&one.path).unwrap().len()).sum();
        assert!(bytes < all * 3 / 4, "{bytes} of {all}");
        assert!(!part.functions.is_empty());
    }
    assert_eq!(owned, project.packages.len());
}

#[test]
fn a_baseline_and_thresholds_hold_for_the_whole() {
    let folder = laid_out();
    let folder = folder.path();
    layerlint(folder, "baseline --as-of 2026-11-20 --ignore native,runtime", &[]);
    let text = fs::read_to_string(folder.join("layerlint-baseline.json")).unwrap();
    let gone = text.replacen(
        "\"findings\": {",
        "\"findings\": { \"00\": {\"rule\": \"size/docs\", \"at\": \"x\"},",
        1,
    );
    fs::write(folder.join("layerlint-baseline.json"), gone).unwrap();
    let more = " --baseline layerlint-baseline.json --min-severity warning --fail-on warning";
    let whole = layerlint(folder, &format!("--pedantic --as-of 2026-11-20 --format json{more}"), &[]);
    let reports = parts(folder, 4, more);
    let merged = layerlint(folder, &format!("merge {reports}"), &[]);
    assert_eq!(merged.stdout, whole.stdout);
    assert_eq!(merged.status, whole.status);
    let value: serde_json::Value = serde_json::from_str(&merged.stdout).unwrap();
    assert!(value["baseline"]["vanished"].as_array().unwrap().iter().any(|one| one["rule"] == "size/docs"));
    assert!(!value["baseline"]["known"].as_array().unwrap().is_empty());
    for at in 1..=4 {
        let part: serde_json::Value =
            serde_json::from_slice(&fs::read(folder.join(format!("p{at}.json"))).unwrap()).unwrap();
        assert_eq!(part["baseline"]["vanished"].as_array().unwrap().len(), 0, "a part cannot know");
        let needless = part["notices"].to_string().contains("matches nothing");
        assert!(!needless, "a part cannot know");
    }
}

#[test]
fn what_does_not_belong_together_is_refused() {
    let folder = laid_out();
    let folder = folder.path();
    parts(folder, 2, "");
    let refused = |args: &str, words: &str| {
        let done = layerlint(folder, args, &[]);
        assert_eq!(done.status, 2, "{args}");
        assert!(done.stdout.is_empty() && done.stderr.contains(words), "{args}: {}", done.stderr);
    };
    refused("merge p1.json", "2/2 missing");
    refused("merge p1.json p1.sarif p2.json", "are both part 1/2");
    refused("merge layerlint.toml", "cannot read layerlint.toml");
    layerlint(folder, "--as-of 2026-11-20 --output json=whole.json", &[]);
    refused("merge p1.json whole.json", "whole.json is not the report of a part");
    refused("merge p1.json p2.json --format html", "where the bytes go");
    layerlint(folder, "--pedantic --as-of 2026-11-19 --shard 2/2 --output json=late.json", &[]);
    refused("merge p1.json late.json", "the day");
    layerlint(folder, "--as-of 2026-11-20 --shard 2/2 --output json=less.json", &[]);
    refused("merge p1.json less.json", "what was asked for");
    let torn = fs::read_to_string(folder.join("p2.json")).unwrap().replace("\"rule\": \"", "\"rule\": \"x");
    fs::write(folder.join("torn.json"), torn).unwrap();
    refused("merge p1.json torn.json", "no rule `x");
    fs::write(folder.join("dist/f0.zip"), fs::read(folder.join("dist/f1.zip")).unwrap()).unwrap();
    layerlint(folder, "--pedantic --as-of 2026-11-20 --shard 2/2 --output json=grown.json", &[]);
    refused("merge p1.json grown.json", "did not see the same packages");
    refused("baseline --shard 1/2", "looks at everything");
    refused("--shard 3/2", "no run 3 of 2");
}

#[test]
fn an_array_job_numbers_the_parts() {
    let folder = laid_out();
    let folder = folder.path();
    let by_number = layerlint(folder, "--as-of 2026-11-20 --shard 2/3 --format json", &[]);
    let batch = [("AWS_BATCH_JOB_ARRAY_INDEX", "1"), ("AWS_BATCH_JOB_ARRAY_SIZE", "3")];
    assert_eq!(
        layerlint(folder, "--as-of 2026-11-20 --shard auto --format json", &batch).stdout,
        by_number.stdout
    );
    let kubernetes = [("JOB_COMPLETION_INDEX", "1")];
    assert_eq!(
        layerlint(folder, "--as-of 2026-11-20 --shard auto/3 --format json", &kubernetes).stdout,
        by_number.stdout
    );
    assert_eq!(layerlint(folder, "--shard auto", &kubernetes).status, 2);
}
