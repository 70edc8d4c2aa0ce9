//! Runs the binary as a person or a build would: exit statuses, several reports, bad input.

#![allow(
    clippy::pedantic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a fault of a test is a panic"
)]

mod support;

use std::{fs, path::Path, process::Command};

use serde_json::Value;
use support::recipe;

struct Done {
    status: i32,
    stdout: String,
    stderr: String,
}

/// Runs the binary in a folder with nothing of the outside: no colour, no configuration from above, a fixed day.
fn layerlint(folder: &Path, args: &[&str]) -> Done {
    let output = Command::new(env!("CARGO_BIN_EXE_layerlint"))
        .current_dir(folder)
        .env_clear()
        .env("NO_COLOR", "1")
        .args(args)
        .output()
        .unwrap();
    Done {
        status: output.status.code().unwrap(),
        stdout: String::from_utf8(output.stdout).unwrap(),
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

const GOOD: &str = r#"
[[layer]]
name = "deps"
runtimes = ["python3.12"]
architectures = ["x86_64"]
entries = [{ path = "python/pkg/__init__.py", text = "x = 1" }]
"#;

const BAD: &str = r#"
[[layer]]
name = "deps"
runtimes = ["python3.12"]
architectures = ["x86_64"]
entries = [{ path = "pkg/__init__.py", text = "x = 1" }, { path = "pkg-1.0.dist-info/METADATA", text = "Name: pkg" }]
"#;

fn folder_with(recipe: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join(".git")).unwrap();
    recipe::lay_out(recipe, Path::new("."), folder.path());
    folder
}

#[test]
fn a_clean_package_is_0_and_a_broken_one_is_1_in_every_format() {
    for (recipe, status) in [(GOOD, 0), (BAD, 1)] {
        let folder = folder_with(recipe);
        for format in ["human", "concise", "json", "sarif"] {
            let done = layerlint(folder.path(), &["--format", format]);
            assert_eq!(done.status, status, "{format}: {}{}", done.stdout, done.stderr);
            assert!(done.stderr.is_empty(), "{format}: {}", done.stderr);
        }
    }
}

#[test]
fn check_is_the_default_command_and_packages_can_be_named() {
    let folder = folder_with(BAD);
    let named = layerlint(folder.path(), &["deps.zip"]);
    let checked = layerlint(folder.path(), &["check", "deps.zip"]);
    assert_eq!(named.stdout, checked.stdout);
    assert!(named.stdout.contains("error[layout/unreachable-packages]"), "{}", named.stdout);
    let isolated = layerlint(
        folder.path(),
        &["--isolated", "--as", "layer", "--compatible-runtime", "python3.12", "deps.zip"],
    );
    assert_eq!(isolated.status, 1, "{}", isolated.stdout);
}

#[test]
fn fail_on_and_exit_zero_decide_the_status() {
    let folder = folder_with(BAD);
    assert_eq!(layerlint(folder.path(), &["--fail-on", "never"]).status, 0);
    assert_eq!(layerlint(folder.path(), &["--exit-zero"]).status, 0);
    let warned = folder_with(&GOOD.replace("python3.12", "python3.9"));
    assert_eq!(layerlint(warned.path(), &["--as-of", "2026-11-20"]).status, 0);
    assert_eq!(layerlint(warned.path(), &["--as-of", "2026-11-20", "--fail-on", "warning"]).status, 1);
    assert_eq!(
        layerlint(warned.path(), &["--as-of", "2027-02-01"]).status,
        1,
        "creation is blocked from that day on"
    );
}

#[test]
fn one_run_writes_several_reports() {
    let folder = folder_with(BAD);
    let done = layerlint(
        folder.path(),
        &["--output", "sarif=out.sarif", "--output", "json=out.json", "--output", "concise"],
    );
    assert_eq!(done.status, 1);
    assert!(
        done.stdout.starts_with("deps.zip!pkg-1.0.dist-info/METADATA: error[layout/unreachable-packages]"),
        "{}",
        done.stdout
    );
    let json: Value =
        serde_json::from_str(&fs::read_to_string(folder.path().join("out.json")).unwrap()).unwrap();
    assert_eq!(json["version"], 1);
    assert_eq!(json["summary"]["errors"], 1);
    assert_eq!(json["findings"][0]["rule"], "layout/unreachable-packages");
    let sarif: Value =
        serde_json::from_str(&fs::read_to_string(folder.path().join("out.sarif")).unwrap()).unwrap();
    assert_eq!(sarif["version"], "2.1.0");
    let left: Vec<_> = fs::read_dir(folder.path())
        .unwrap()
        .filter(|entry| entry.as_ref().unwrap().file_name().to_string_lossy().ends_with(".tmp"))
        .collect();
    assert!(left.is_empty(), "no temporary file stays");
}

#[test]
fn what_a_person_has_to_mend_is_2_with_a_suggestion() {
    let folder = folder_with(GOOD);
    for (args, says) in [
        (&["missing.zip"][..], "cannot read missing.zip"),
        (&["--runtime", "pyton3.12", "deps.zip"], "did you mean `python3.12`"),
        (&["--select", "layuot"], "did you mean `layout`"),
        (&["--ignore", "unreachable-packages"], "did you mean `layout/unreachable-packages`"),
        (&["--limit", "entires=5"], "no limit `entires`"),
        (&["--output", "sarfi=x"], "no report format `sarfi`"),
        (&["--output", "json", "--output", "sarif"], "two reports for standard output"),
        (&["--layer", "arn:aws:lambda:eu-west-1:1:layer:x:1"], "not a layer version ARN"),
        (&["--config", "nowhere.toml"], "cannot read the configuration"),
        (&["--arch", "sparc"], "invalid value"),
    ] {
        let done = layerlint(folder.path(), args);
        assert_eq!(done.status, 2, "{args:?}: {}{}", done.stdout, done.stderr);
        assert!(done.stderr.contains(says), "{args:?}: {}", done.stderr);
        assert!(done.stdout.is_empty(), "{args:?}: nothing half-written");
    }
    let empty = tempfile::tempdir().unwrap();
    fs::create_dir(empty.path().join(".git")).unwrap();
    let done = layerlint(empty.path(), &[]);
    assert_eq!(done.status, 2);
    assert!(done.stderr.contains("nothing to check"), "{}", done.stderr);
}

#[test]
fn faults_of_the_configuration_point_at_their_line() {
    for (toml, says) in [
        (
            "[layer.deps]\npath = \"deps.zip\"\ncompatible-runtime = [\"python3.12\"]",
            "did you mean `compatible-runtimes`",
        ),
        ("[layer.deps]\npath = \"nowhere.zip\"", "nowhere.zip is not there"),
        (
            "[layer.deps]\npath = \"deps.zip\"\ncompatible-architectures = [\"aarch64\"]",
            "Lambda calls it `arm64`",
        ),
        ("[layer.deps]\npath = \"deps.zip\"\n[function.a]\nlayers = [\"dep\"]", "did you mean `deps`"),
        ("[rules]\n\"native/glibc-to-new\" = \"warning\"", "did you mean `native/glibc-too-new`"),
        ("[rules]\n\"size/tests\" = \"loud\"", "not a severity"),
        ("[budgets]\nunzipped = \"many\"", "not a size"),
        ("[[ignore]]\nrule = \"size/tests\"\nreason = \" \"", "an ignore needs a reason"),
        ("[[ignore]]\nrule = \"size/tets\"\nreason = \"x\"", "did you mean `size/tests`"),
        ("extend = \"layerlint.toml\"", "does not end"),
        ("[layer.deps\n", "layerlint.toml"),
    ] {
        let folder = folder_with(GOOD);
        fs::write(folder.path().join("layerlint.toml"), toml).unwrap();
        let done = layerlint(folder.path(), &[]);
        assert_eq!(done.status, 2, "{toml}: {}{}", done.stdout, done.stderr);
        assert!(done.stderr.contains(says), "{toml}: {}", done.stderr);
        assert!(done.stderr.contains("layerlint.toml:"), "the place is named: {}", done.stderr);
    }
}

#[test]
fn a_policy_that_is_no_json_is_2_with_its_place() {
    let folder = folder_with(&format!("{GOOD}[[policy]]\nlayer = \"deps\"\ntext = '{{\"Statement\": ['\n"));
    let done = layerlint(folder.path(), &[]);
    assert_eq!(done.status, 2, "{}", done.stdout);
    assert!(done.stderr.contains("deps.policy.json: not JSON"), "{}", done.stderr);
}

#[test]
fn a_broken_package_is_judged_and_the_others_are_still_scanned() {
    let folder = folder_with(BAD);
    fs::write(folder.path().join("broken.zip"), b"PK\x03\x04 and then nothing").unwrap();
    let done = layerlint(
        folder.path(),
        &["--isolated", "--as", "layer", "--compatible-runtime", "python3.12", "broken.zip", "deps.zip"],
    );
    assert_eq!(done.status, 1);
    assert!(done.stdout.contains("error[archive/truncated]"), "{}", done.stdout);
    assert!(done.stdout.contains("error[layout/unreachable-packages]"), "{}", done.stdout);
}

#[test]
fn an_ad_hoc_deployment_is_checked_as_a_whole() {
    let folder = tempfile::tempdir().unwrap();
    recipe::lay_out(
        r#"
[[layer]]
name = "one"
entries = [{ path = "python/conf.py", text = "debug = 0" }]
[[layer]]
name = "two"
entries = [{ path = "python/conf.py", text = "debug = 1" }]
[[function]]
name = "orders"
entries = [{ path = "app.py", text = "def handler(event, context): return 1" }]
"#,
        Path::new("."),
        folder.path(),
    );
    let args =
        ["--isolated", "--function", "orders.zip", "--runtime", "python3.12", "--handler", "app.handler"];
    let done = layerlint(
        folder.path(),
        &[&args[..], &["--layer", "one.zip", "--layer", "two.zip", "-f", "json"]].concat(),
    );
    let json: Value = serde_json::from_str(&done.stdout).unwrap();
    assert_eq!(json["functions"][0]["layers"], serde_json::json!(["one.zip", "two.zip"]));
    assert_eq!(json["findings"][0]["rule"], "collision/overridden-file");
    assert_eq!(json["findings"][0]["archive"], "two.zip");
    let arn = "arn:aws:lambda:eu-west-1:111122223333:layer:metrics:7";
    let done = layerlint(folder.path(), &[&args[..], &["--layer", arn]].concat());
    assert!(done.stdout.contains("not analysed") && done.stdout.contains(arn), "{}", done.stdout);
}

#[test]
fn ignores_need_reasons_expire_and_are_reported_when_unused() {
    let ignore =
        |rule: &str, more: &str| format!("\n[[ignore]]\nrule = \"{rule}\"\nreason = \"known\"\n{more}\n");
    let folder = folder_with(BAD);
    let path = folder.path().join("layerlint.toml");
    let base = fs::read_to_string(&path).unwrap();
    let run = |text: String, args: &[&str]| {
        fs::write(&path, text).unwrap();
        layerlint(folder.path(), &[&["--as-of", "2026-11-20"], args].concat())
    };
    let done = run(base.clone() + &ignore("layout/unreachable-packages", "path = \"deps!pkg*/**\""), &[]);
    assert_eq!((done.status, done.stdout.contains("1 ignored")), (0, true), "{}", done.stdout);
    let done = run(base.clone() + &ignore("layout/unreachable-packages", "until = 2026-11-19"), &[]);
    assert_eq!((done.status, done.stdout.contains("expired on 2026-11-19")), (1, true), "{}", done.stdout);
    let done = run(base.clone() + &ignore("size/tests", ""), &[]);
    assert!(done.stdout.contains("the ignore of size/tests matches nothing"), "{}", done.stdout);
    let done = run(base + &ignore("layout", ""), &["--no-ignores"]);
    assert_eq!(done.status, 1, "{}", done.stdout);
}

#[test]
fn folders_are_packages_and_explain_and_rules_answer() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir_all(folder.path().join("build/python/pkg")).unwrap();
    fs::write(folder.path().join("build/python/pkg/__init__.py"), "x = 1").unwrap();
    let done = layerlint(folder.path(), &["--isolated", "build", "-f", "json"]);
    let json: Value = serde_json::from_str(&done.stdout).unwrap();
    assert_eq!((done.status, &json["packages"][0]["kind"]), (0, &Value::from("layer")), "{}", done.stdout);
    let explained = layerlint(
        folder.path(),
        &["explain", "/lib64/libc.so.6: version `GLIBC_2.28' not found (required by /opt/x.so)"],
    );
    assert!(explained.stdout.contains("native/glibc-too-new"), "{}", explained.stdout);
    assert_eq!(layerlint(folder.path(), &["explain", "native/glibc-to-new"]).status, 2);
    assert!(layerlint(folder.path(), &["explain", "size/tests"]).stdout.contains("How to mend"));
    let rules: Value =
        serde_json::from_str(&layerlint(folder.path(), &["rules", "--format", "json"]).stdout).unwrap();
    assert!(rules.as_array().unwrap().len() >= 52);
    let schema: Value =
        serde_json::from_str(&layerlint(folder.path(), &["config", "schema", "--report"]).stdout).unwrap();
    assert_eq!(schema["title"], "layerlint report");
}

/// The JSON of every kind of report obeys the schema that is published for it.
#[test]
fn reports_obey_their_published_schema() {
    let folder = folder_with(BAD);
    let schema: Value =
        serde_json::from_str(&layerlint(folder.path(), &["config", "schema", "--report"]).stdout).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    for recipe in [GOOD, BAD] {
        let folder = folder_with(recipe);
        let report: Value =
            serde_json::from_str(&layerlint(folder.path(), &["-f", "json", "--pedantic"]).stdout).unwrap();
        let faults: Vec<String> = validator.iter_errors(&report).map(|error| error.to_string()).collect();
        assert!(faults.is_empty(), "{faults:?}");
    }
}

#[test]
fn a_baseline_hides_what_was_known_and_nothing_new() {
    let folder = folder_with(BAD);
    let taken = layerlint(folder.path(), &["baseline"]);
    assert_eq!(taken.status, 0, "{}", taken.stderr);
    assert!(taken.stdout.starts_with("layerlint-baseline.json: 1 finding known"), "{}", taken.stdout);
    let known = ["--baseline", "layerlint-baseline.json"];
    let again = layerlint(folder.path(), &known);
    assert_eq!(again.status, 0, "{}", again.stdout);
    assert!(again.stdout.contains("nothing new in 1 package; 1 known to the baseline"), "{}", again.stdout);

    let worse = format!(
        "{BAD}\n[[layer]]\nname = \"more\"\nruntimes = [\"python3.12\"]\narchitectures = [\"x86_64\"]\nentries = [{{ path = \"Python/x.py\", text = \"\" }}]\n"
    );
    recipe::lay_out(&worse, Path::new("."), folder.path());
    let worse = layerlint(folder.path(), &[&known[..], &["--format", "concise"]].concat());
    assert_eq!(worse.status, 1);
    assert!(worse.stdout.lines().all(|line| line.starts_with("more.zip")), "{}", worse.stdout);

    recipe::lay_out(GOOD, Path::new("."), folder.path());
    let mended = layerlint(folder.path(), &known);
    assert!(
        mended.stdout.contains("note: layout/unreachable-packages is mended: deps.zip!"),
        "{}",
        mended.stdout
    );
    let pruned = layerlint(folder.path(), &["baseline", "--prune"]);
    assert!(pruned.stdout.contains("0 findings known (0 new, 1 mended)"), "{}", pruned.stdout);
    assert_eq!(layerlint(folder.path(), &["--baseline", "nowhere.json"]).status, 2);
}

#[test]
fn init_writes_a_configuration_that_check_takes() {
    let folder = folder_with(BAD);
    fs::remove_file(folder.path().join("layerlint.toml")).unwrap();
    let printed = layerlint(folder.path(), &["init", "--print"]);
    assert!(printed.stdout.contains("[layer.deps]\npath = \"deps.zip\""), "{}", printed.stdout);
    assert_eq!(layerlint(folder.path(), &["init"]).status, 0);
    let refused = layerlint(folder.path(), &["init"]);
    assert_eq!(refused.status, 2);
    assert!(refused.stderr.contains("is there already"), "{}", refused.stderr);
    let checked = layerlint(folder.path(), &["--format", "concise"]);
    assert_eq!(checked.status, 1, "{}", checked.stderr);
    let shown = layerlint(folder.path(), &["config", "show"]);
    assert!(shown.stdout.starts_with("# layerlint.toml\n"), "{}", shown.stdout);
    assert!(shown.stdout.contains("\"archive/empty\" = \"error\""), "{}", shown.stdout);
}

#[test]
fn completions_and_manual_pages_name_every_command() {
    let folder = tempfile::tempdir().unwrap();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let done = layerlint(folder.path(), &["completions", shell]);
        assert!(done.status == 0 && done.stdout.contains("baseline"), "{shell}");
    }
    assert!(layerlint(folder.path(), &["man"]).stdout.contains(".TH layerlint 1"));
    assert_eq!(layerlint(folder.path(), &["man", "--out", "pages"]).status, 0);
    assert!(folder.path().join("pages/layerlint-check.1").is_file());
}

#[test]
fn native_tells_where_each_library_is_found() {
    let recipe = r#"
[[function]]
name = "orders"
runtime = "provided.al2023"
architecture = "x86_64"
handler = "bootstrap"
entries = [
  { path = "bootstrap", mode = "755", elf = { machine = "x86_64", executable = true, interpreter = "/lib64/ld-linux-x86-64.so.2", needs = { "libapp.so.1" = [], "libc.so.6" = ["GLIBC_2.34"] } } },
  { path = "lib/libapp.so.1", elf = { machine = "x86_64", soname = "libapp.so.1", needs = { "libpq.so.5" = [] } } },
]
"#;
    let folder = folder_with(recipe);
    let told = layerlint(folder.path(), &["native"]);
    assert_eq!(told.status, 0, "{}", told.stderr);
    for line in [
        "/var/task/bootstrap",
        "    ELF x86_64, GLIBC_2.34, started as the runtime",
        "    libapp.so.1 => /var/task/lib/libapp.so.1",
        "    libpq.so.5 => NOT FOUND",
        "NOT FOUND libpq.so.5, needed by /var/task/lib/libapp.so.1",
    ] {
        assert!(told.stdout.lines().any(|one| one == line), "{line}\n{}", told.stdout);
    }
    let json: Value = serde_json::from_str(&layerlint(folder.path(), &["native", "--json"]).stdout).unwrap();
    assert_eq!(json["deployments"][0]["binaries"][1]["needs"][0]["found"], "missing");
}

#[test]
fn size_tells_where_the_bytes_go() {
    let folder = folder_with(GOOD);
    let told = layerlint(folder.path(), &["size", "--html", "size.html"]);
    assert!(told.stdout.starts_with("deps: 5 bytes of 262.1 MB unzipped (5 bytes)\n"), "{}", told.stdout);
    assert!(fs::read_to_string(folder.path().join("size.html")).unwrap().contains("<svg"));
    let json: Value = serde_json::from_str(&layerlint(folder.path(), &["size", "--json"]).stdout).unwrap();
    assert_eq!(json["stacks"][0]["parts"][0]["groups"][0]["name"], "pkg");
}

#[test]
fn opt_shows_the_merged_view_with_what_each_path_hides() {
    let recipe = r#"
[[layer]]
name = "base"
runtimes = ["python3.12"]
entries = [{ path = "python/pkg/__init__.py", text = "x = 1" }, { path = "python/pkg/old.py", text = "y" }]
[[layer]]
name = "patch"
runtimes = ["python3.12"]
entries = [{ path = "python/pkg/__init__.py", text = "x = 22" }]
[[function]]
name = "orders"
runtime = "python3.12"
architecture = "x86_64"
handler = "app.handler"
layers = ["base", "patch", "arn:aws:lambda:eu-west-1:111122223333:layer:other:1"]
entries = [{ path = "app.py", text = "def handler(event, context): return 1" }]
"#;
    let folder = folder_with(recipe);
    let told = layerlint(folder.path(), &["opt", "--depth", "9"]);
    assert_eq!(told.status, 0, "{}", told.stderr);
    let has = |words: &[&str]| told.stdout.lines().any(|line| words.iter().all(|word| line.contains(word)));
    for words in [
        &["/opt/python/pkg/__init__.py", "(patch)", "hides 1 of base"][..],
        &["/opt/python/pkg/old.py", "(base)"],
        &["/var/task/app.py", "(orders)"],
        &["? arn:aws:lambda:eu-west-1:111122223333:layer:other:1", "not known"],
    ] {
        assert!(has(words), "{words:?}\n{}", told.stdout);
    }
    let folded = layerlint(folder.path(), &["opt", "--depth", "1"]).stdout;
    assert!(
        folded.contains("/opt/python/  (base, patch)") || folded.contains("/opt/python/  (patch, base)"),
        "{folded}"
    );
    assert!(!folded.contains("__init__"), "{folded}");

    let json: Value =
        serde_json::from_str(&layerlint(folder.path(), &["opt", "--format", "json"]).stdout).unwrap();
    let one = &json["deployments"][0];
    assert_eq!(one["unknown_layers"].as_array().unwrap().len(), 1, "{one}");
    let files = one["files"].as_array().unwrap();
    let init = files.iter().find(|file| file["path"] == "/opt/python/pkg/__init__.py").unwrap();
    assert_eq!((init["provider"].as_str(), init["bytes"].as_u64()), (Some("patch"), Some(6)));
    assert_eq!(init["hides"], serde_json::json!(["base"]));
    // nothing is listed twice, and everything that stays is there
    assert_eq!(files.len(), 3, "{one}");
}

#[test]
fn explain_names_the_rules_behind_a_line_of_a_log() {
    let folder = folder_with(GOOD);
    let line = "Error: fork/exec /var/task/bootstrap: no such file or directory Runtime.InvalidEntrypoint";
    let told = layerlint(folder.path(), &["explain", line]);
    assert_eq!(told.status, 0, "{}", told.stderr);
    assert!(told.stdout.contains("runtime/bad-interpreter"), "{}", told.stdout);
    assert!(!told.stdout.contains("runtime/not-executable"), "{}", told.stdout);
    let page = layerlint(folder.path(), &["explain", "runtime/bad-interpreter"]);
    assert!(page.stdout.contains("carriage return"), "{}", page.stdout);
    let lost = layerlint(folder.path(), &["explain", "Task timed out after 3.00 seconds"]);
    assert_eq!(lost.status, 2, "{}", lost.stdout);
}
