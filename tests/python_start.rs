//! What is said about Python is true: deployments are started with the Pythons of this machine, and the outcome is compared with the
//! report, case by case. More interpreters: `LAYERLINT_PYTHONS=/path/to/python3.12:/path/to/python3.14 cargo test --test python_start`.

#![cfg(unix)]
#![allow(
    clippy::pedantic,
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a fault of a test is a panic, and a skipped test says so"
)]

#[path = "support/node.rs"]
#[allow(dead_code, reason = "only the unpacking is used")]
mod node;
#[path = "support/python.rs"]
mod python;
mod support;

use std::path::Path;

use layerlint::{
    model::{finding::Finding, severity::Severity},
    triage::report::Report,
};
use python::{Outcome, Python};
use rayon::prelude::*;
use support::{
    case,
    recipe::{self, Recipe},
    run,
};

/// The rules that say that a function does not start.
const RULES: [&str; 9] = [
    "runtime/handler-file-missing",
    "runtime/handler-malformed",
    "runtime/handler-shadowed",
    "runtime/handler-symbol-missing",
    "runtime/missing-metadata",
    "runtime/removed-stdlib-module",
    "runtime/stale-bytecode",
    "runtime/syntax-error",
    "runtime/unresolved-import",
];

/// Cases that end badly here and of which nothing is said on purpose.
const SILENT_ON_PURPOSE: [&str; 5] = [
    // the folder is not one of the package
    "runtime/unresolved-import: Python: a function changes the search path and is called",
    // the folder is one of the function's own file systems
    "runtime/unresolved-import: Python: a .pth file leads out of what can be seen",
    // something that is not seen may call it
    "runtime/unresolved-import: Python: a function may add the folder that the module lies in",
    // the code may put the folder there that the path is changed to
    "runtime/unresolved-import: the path is changed by code",
    // the folder is one of the function's own file systems
    "runtime/unresolved-import: PYTHONPATH leads out of what can be seen",
];

fn both(text: &str, beside: &Path, python: &Python) -> (Report, Outcome) {
    let folder = tempfile::tempdir().unwrap();
    recipe::lay_out(text, beside, folder.path());
    let report = run::report(folder.path());
    let recipe: Recipe = toml::from_str(text).unwrap();
    let root = folder.path().join("root");
    let function = &recipe.function[0];
    node::unpack(&folder.path().join(format!("{}.zip", function.name)), "var/task", &root);
    for layer in &function.layers {
        node::unpack(&folder.path().join(format!("{layer}.zip")), "opt", &root);
    }
    let python_path = function.environment.get("PYTHONPATH").map(String::as_str);
    let outcome = python.start(&root, function.handler.as_deref().unwrap(), python_path);
    (report, outcome)
}

/// What is said of the start of the function.
fn faults(report: &Report) -> Vec<&Finding> {
    // byte code that nobody imports does not keep a function from starting
    let counts = |finding: &&Finding| {
        finding.page.id != "runtime/stale-bytecode" || finding.severity == Severity::Error
    };
    report.findings.iter().filter(|finding| RULES.contains(&finding.page.id)).filter(counts).collect()
}

fn words(finding: &Finding) -> String {
    finding.lambda_error.as_ref().map(|words| words.to_string()).unwrap_or_default()
}

/// Whether a finding predicts this outcome: it quotes the words, or the beginning of them where the rest is the parser's own.
fn predicts(finding: &Finding, message: &str) -> bool {
    let words = words(finding);
    if finding.page.id == "runtime/syntax-error" {
        let beginning = words.split(": ").next().unwrap_or_default();
        return message.starts_with(beginning);
    }
    // a question after entry points ends in a bare StopIteration
    let of_entry_points =
        finding.page.id == "runtime/missing-metadata" && message.starts_with("StopIteration");
    // half a statement may be a name that is not defined: it fails, as was said, and sooner
    let is_sooner = message.starts_with("NameError");
    // Python adds the file, and from 3.12 on what it takes for a misspelling
    message.contains(&words) || of_entry_points || is_sooner
}

/// What is wrong about a report, if anything is.
fn contradiction(report: &Report, outcome: &Outcome) -> Option<String> {
    let faults = faults(report);
    let late: Vec<&Finding> =
        report.findings.iter().filter(|one| one.page.id == "runtime/invocation-failure").collect();
    // packages in the wrong folder are the root cause, and another rule's
    if !outcome.ok && report.findings.iter().any(|one| one.page.category == "layout") {
        return None;
    }
    match (faults.is_empty(), outcome.ok) {
        (true, true) => match (late.first(), &outcome.invoked) {
            (None, None) => None,
            (Some(one), Some(said)) if said.contains(&words(one)) => None,
            (one, said) => {
                Some(format!("first invocation: said {:?}, seen {said:?}", one.map(|one| words(one))))
            }
        },
        (true, false) => Some(format!("fails and nothing is said: {outcome:?}")),
        (false, true) => Some(format!("loads, and is said not to: {}", faults[0].message)),
        (false, false) if faults.iter().any(|one| predicts(one, &outcome.message)) => None,
        (false, false) => Some(format!("said {:?}, seen {outcome:?}", faults[0].lambda_error)),
    }
}

/// What byte code of a version begins with, in hex.
fn magic(minor: u16) -> &'static str {
    match minor {
        10 => "6f0d",
        11 => "a70d",
        12 => "cb0d",
        13 => "f30d",
        _ => "2b0e",
    }
}

/// The recipe of a case for a version; nothing where it cannot be started here.
fn retargeted(text: &str, minor: u16) -> Option<String> {
    let text = text.replace("python3.12", &format!("python3.{minor}"));
    let recipe: Recipe = toml::from_str(&text).ok()?;
    let [function] = recipe.function.as_slice() else { return None };
    let known = function.layers.iter().all(|layer| recipe.layer.iter().any(|one| one.name == *layer));
    // machine code of the cases is a header without a program
    let plain = |entries: &[recipe::Entry]| {
        entries.iter().all(|one| {
            one.mode.is_none()
                && one.lie.is_none()
                && one.elf.is_none()
                && one.macho.is_none()
                && one.pe.is_none()
                && one.symlink.is_none()
                && !one.path.ends_with(".so")
        })
    };
    // byte code of the cases is a header without a program as well: it is started where the header is foreign
    let is_own = |one: &recipe::Entry| {
        one.bytes
            .as_deref()
            .is_some_and(|bytes| one.path.ends_with(".pyc") && bytes.starts_with(magic(minor)))
    };
    let foreign = |entries: &[recipe::Entry]| !entries.iter().any(is_own);
    let whole = |file: &recipe::FileSpec| file.text.is_none() && file.patch.is_empty() && file.cut.is_none();
    // what the API refuses is never started
    let taken = |handler: &str| handler.len() <= 128 && !handler.contains(' ');
    let runs = function.runtime.as_deref() == Some(&format!("python3.{minor}"))
        && function.handler.as_deref().is_some_and(taken)
        && !function.environment.contains_key("AWS_LAMBDA_EXEC_WRAPPER")
        && !function.entries.is_empty()
        && known
        && plain(&function.entries)
        && foreign(&function.entries)
        && whole(&function.file)
        && recipe
            .layer
            .iter()
            .all(|layer| plain(&layer.entries) && foreign(&layer.entries) && whole(&layer.file));
    runs.then_some(text)
}

fn pythons() -> Vec<Python> {
    let pythons = python::all();
    if pythons.is_empty() {
        eprintln!("skipped: there is no Python 3.10 or newer on this machine (set LAYERLINT_PYTHONS)");
    }
    pythons
}

/// Every case with a Python handler ends as the report says.
#[test]
fn cases_end_as_the_report_says() {
    for python in pythons() {
        let cases: Vec<(String, String, std::path::PathBuf)> = case::all()
            .into_iter()
            .filter(|case| !SILENT_ON_PURPOSE.contains(&case.name().as_str()))
            // what cannot be unpacked here is not started
            .filter(|case| !case.rule.starts_with("archive/") && case.rule != "collision/file-directory")
            .filter_map(|case| {
                Some((case.name(), retargeted(&case.recipe, python.minor)?, case.folder.clone()))
            })
            .collect();
        assert!(cases.len() > 60, "only {} cases can be started", cases.len());
        let wrong: Vec<String> = cases
            .par_iter()
            .filter_map(|(name, text, beside)| {
                let (report, outcome) = both(text, beside, &python);
                contradiction(&report, &outcome).map(|what| format!("{name}: {what}"))
            })
            .collect();
        eprintln!("Python 3.{}: {} cases", python.minor, cases.len());
        assert!(wrong.is_empty(), "Python 3.{}, {} cases:\n{}", python.minor, cases.len(), wrong.join("\n"));
    }
}

/// A file of a deployment: its package, its path, its text.
type File = (&'static str, &'static str, &'static str);

/// A function and a layer that import each other's kinds of modules in every way.
const SHOP: [File; 14] = [
    (
        "orders",
        "src/app.py",
        "import json\nimport shop\nfrom shop import prices, Basket\nfrom shop.prices import total as sum_of\nfrom .tools import tool\nimport boto3\nfrom botocore.exceptions import ClientError\n\ndef handler(event, context):\n    import late\n    from late import once\n    return 1\n",
    ),
    ("orders", "src/tools.py", "from . import more\n\ndef tool():\n    return more\n"),
    ("orders", "src/more/__init__.py", "try:\n    import fast\nexcept ImportError:\n    fast = None\n"),
    ("orders", "late.py", "from ns.one import a\n\nonce = a\n"),
    (
        "deps",
        "python/shop/__init__.py",
        "from .basket import *\nfrom .basket import Basket\nfrom importlib.metadata import version\n__version__ = version('shop')\n",
    ),
    (
        "deps",
        "python/shop/basket.py",
        "from __future__ import annotations\nimport ns.two\n\nclass Basket:\n    size: int = 0\n",
    ),
    (
        "deps",
        "python/shop/prices.py",
        "import sys\nfrom . import basket\nif sys.version_info >= (3, 8):\n    from leaf import leaf\nelse:\n    import gone\n\ndef total():\n    return leaf\n",
    ),
    ("deps", "python/shop-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: shop\nVersion: 1.0\n"),
    ("deps", "python/ns/one.py", "a = 1\n"),
    (
        "deps",
        "python/lib/python3.VERSION/site-packages/ns/two.py",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import nothing\nb = 2\n",
    ),
    ("deps", "python/leaf.py", "leaf = 1\n"),
    ("deps", "python/leaf-2.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: leaf\nVersion: 2.0\n"),
    ("deps", "python/lib/python3.VERSION/site-packages/unused/__init__.py", "import nothing\n"),
    ("deps", "python/words.txt", "no module\n"),
];

/// What can happen to a file; nothing where it is gone.
fn damages(path: &str, text: &str) -> Vec<(&'static str, Option<(String, String)>)> {
    let mut all = vec![("removed", None)];
    let mut put = |what, path: &str, text: &str| all.push((what, Some((path.to_owned(), text.to_owned()))));
    put("renamed", &format!("{path}.bak"), text);
    put("in capitals", &path.to_uppercase(), text);
    put("emptied", path, "");
    put("cut in half", path, &text[..text.len() / 2]);
    put("replaced by a web page", path, "<!DOCTYPE html><html>");
    put("replaced by an older version", path, "old = 1\n");
    put("of another language version", path, &format!("print 'hello'\n{text}"));
    put("with one more import", path, &format!("import nowhere\n{text}"));
    put(
        "with one import that is caught",
        path,
        &format!("try:\n    import nowhere\nexcept ImportError:\n    pass\n{text}"),
    );
    put("in another folder", &path.replace("python/", "vendor/").replace("src/", "lib/"), text);
    if path.ends_with(".py") {
        put("beside its cache", &path.replace(".py", ".pyc"), "");
        put("as a folder", &path.replace(".py", "/x.txt"), "");
    }
    all
}

fn recipe_of(files: &[(String, String, String)], minor: u16) -> String {
    let entries = |package: &str| -> String {
        let own = files.iter().filter(|(of, _, _)| of == package);
        own.map(|(_, path, text)| format!("  {{ path = {path:?}, text = {text:?} }},\n")).collect()
    };
    format!(
        "[[layer]]\nname = \"deps\"\nruntimes = [\"python3.{minor}\"]\narchitectures = [\"x86_64\"]\nentries = [\n{}]\n[[function]]\n\
         name = \"orders\"\nruntime = \"python3.{minor}\"\nhandler = \"src/app.handler\"\nlayers = [\"deps\"]\nentries = [\n{}]\n",
        entries("deps"),
        entries("orders")
    )
    .replace("3.VERSION", &format!("3.{minor}"))
}

/// Every file damaged in every way.
fn damaged(minor: u16) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for (at, (package, path, text)) in SHOP.iter().enumerate() {
        for (what, file) in damages(path, text) {
            let others = SHOP.iter().enumerate().filter(|(other, _)| *other != at);
            let mut files: Vec<(String, String, String)> =
                others.map(|(_, (a, b, c))| (a.to_string(), b.to_string(), c.to_string())).collect();
            files.extend(file.map(|(path, text)| (package.to_string(), path, text)));
            all.push((format!("{path} {what}"), recipe_of(&files, minor)));
        }
    }
    all
}

/// Generated damage: never a false alarm, never the wrong words, and hardly a miss.
#[test]
fn damage_ends_as_the_report_says() {
    for python in pythons() {
        let all = damaged(python.minor);
        let said: Vec<(bool, Option<String>)> = all
            .par_iter()
            .map(|(name, text)| {
                let (report, outcome) = both(text, Path::new("."), &python);
                let wrong = contradiction(&report, &outcome).map(|what| format!("{name}: {what}"));
                (outcome.ok && outcome.invoked.is_none(), wrong)
            })
            .collect();
        let failed = said.iter().filter(|(ok, _)| !ok).count();
        let wrong: Vec<&str> = said.iter().filter_map(|(_, what)| what.as_deref()).collect();
        let (missed, false_alarms): (Vec<&str>, Vec<&str>) =
            wrong.iter().partition(|what| what.contains("nothing is said") || what.contains("said None"));
        let counts = format!("{} deployments, {failed} fail, {} missed", all.len(), missed.len());
        eprintln!("Python 3.{}: {counts}", python.minor);
        assert!(false_alarms.is_empty(), "Python 3.{}:\n{}", python.minor, false_alarms.join("\n"));
        // half a statement may be a name that nobody defines: only running it tells
        assert!(missed.len() * 10 <= failed, "Python 3.{}, missed:\n{}", python.minor, missed.join("\n"));
    }
}
