//! What is said about Node.js is true: deployments are started with the Node.js of this machine, and the outcome is compared with the
//! report, case by case. More versions: `LAYERLINT_NODES=/path/to/node22:/path/to/node24 cargo test --test node_start`.

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
mod node;
mod support;

use std::path::Path;

use layerlint::{model::finding::Finding, triage::report::Report};
use node::{Node, Outcome};
use rayon::prelude::*;
use support::{
    case,
    recipe::{self, Recipe},
    run,
};

/// The rules that say that a function does not start.
const RULES: [&str; 7] = [
    "runtime/broken-package-json",
    "runtime/handler-file-missing",
    "runtime/handler-malformed",
    "runtime/handler-symbol-missing",
    "runtime/module-format",
    "runtime/syntax-error",
    "runtime/unresolved-import",
];

/// Cases that end badly here and of which nothing is said on purpose: a later client would load them, or the case is about another rule
/// and exports a number.
const SILENT_ON_PURPOSE: [&str; 2] =
    ["runtime/handler-symbol-missing: a default export", "runtime/handler-file-missing: an ES module"];

/// Lays a recipe out, judges it and starts it.
fn both(text: &str, beside: &Path, node: &Node) -> (Report, Outcome) {
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
    node::lay_out_runtime(&root);
    let environment = |name: &str| function.environment.get(name).map(String::as_str);
    let handler = function.handler.as_deref().unwrap();
    let outcome = node.start(&root, handler, environment("NODE_PATH"), environment("NODE_OPTIONS"));
    (report, outcome)
}

fn faults(report: &Report) -> Vec<&Finding> {
    report.findings.iter().filter(|finding| RULES.contains(&finding.page.id)).collect()
}

/// Whether a finding predicts this outcome: it quotes the words, or for a parser's own words the kind of error.
fn predicts(finding: &Finding, outcome: &Outcome, major: u16) -> bool {
    let words = finding.lambda_error.as_ref().map(|words| words.to_string()).unwrap_or_default();
    if let Some(kind) = words.strip_suffix(": SyntaxError") {
        return outcome.kind.as_deref() == Some(kind);
    }
    // half a statement may be a name that is not defined: it fails, as was said, and sooner
    if outcome.kind.as_deref() == Some("ReferenceError") && !outcome.message.contains("ES module scope") {
        return true;
    }
    // the parser's own words about JSON differ
    let words = if finding.page.id == "runtime/broken-package-json" {
        words.split(": ").take(2).collect::<Vec<_>>().join(": ")
    } else {
        words
    };
    // the hook of the launcher names a file of its own as the importer
    let words = match words.split_once(" imported from ") {
        Some((before, _)) if outcome.message.ends_with("/x.js") => before.to_owned(),
        _ => words,
    };
    // `Error [CODE]: text` is what a log shows of what may read `Error: text`
    let plain = match (words.split_once(" ["), words.split_once("]: ")) {
        (Some((name, _)), Some((_, text))) => format!("{name}: {text}"),
        _ => words.clone(),
    };
    let code = words.split_once(" [").and_then(|(_, rest)| rest.split_once("]: ")).map(|(code, _)| code);
    let named = words.starts_with("SyntaxError: Named export")
        && outcome.message.contains("does not provide an export named");
    // versions out of support left out some words
    let old = major < 20 && code.is_some();
    let said = outcome.message.contains(&words) || outcome.message.contains(&plain) || named || old;
    said && code.is_none_or(|code| outcome.code.as_deref() == Some(code))
}

/// What is wrong about a report, if anything is.
fn contradiction(report: &Report, outcome: &Outcome, major: u16) -> Option<String> {
    let faults = faults(report);
    // packages in the wrong folder are the root cause, and another rule's
    if !outcome.ok && report.findings.iter().any(|one| one.page.category == "layout") {
        return None;
    }
    match (faults.is_empty(), outcome.ok) {
        (true, true) => None,
        (true, false) => Some(format!("fails and nothing is said: {outcome:?}")),
        (false, true) => Some(format!("loads, and is said not to: {}", faults[0].message)),
        (false, false) if faults.iter().any(|one| predicts(one, outcome, major)) => None,
        (false, false) => Some(format!("said {:?}, seen {outcome:?}", faults[0].lambda_error)),
    }
}

/// The recipe of a case for a version; nothing where it cannot be started here.
fn retargeted(text: &str, major: u16) -> Option<String> {
    let text = text
        .replace("nodejs22.x", &format!("nodejs{major}.x"))
        .replace("/node22/", &format!("/node{major}/"));
    let recipe: Recipe = toml::from_str(&text).ok()?;
    let [function] = recipe.function.as_slice() else { return None };
    let known = function.layers.iter().all(|layer| recipe.layer.iter().any(|one| one.name == *layer));
    let plain =
        |entries: &[recipe::Entry]| entries.iter().all(|entry| entry.mode.is_none() && entry.lie.is_none());
    // Node.js 18 does not know this flag
    let options = !function.environment.contains_key("NODE_OPTIONS") || major >= 20;
    let runs = options
        && function.runtime.as_deref() == Some(&format!("nodejs{major}.x"))
        && function.handler.as_deref().is_some_and(|handler| !handler.starts_with('/'))
        && !function.environment.contains_key("AWS_LAMBDA_EXEC_WRAPPER")
        && !function.entries.is_empty()
        && known
        && plain(&function.entries)
        && recipe.layer.iter().all(|layer| plain(&layer.entries) && layer.file.text.is_none());
    runs.then_some(text)
}

fn nodes() -> Vec<Node> {
    let nodes: Vec<Node> = node::all().into_iter().filter(|node| node.major >= 18).collect();
    if nodes.is_empty() {
        eprintln!("skipped: there is no Node.js 18 or newer on this machine (set LAYERLINT_NODES)");
    }
    nodes
}

/// Every case with a Node.js handler ends as the report says.
#[test]
fn cases_end_as_the_report_says() {
    for node in nodes() {
        let cases: Vec<(String, String, std::path::PathBuf)> = case::all()
            .into_iter()
            .filter(|case| !SILENT_ON_PURPOSE.contains(&case.name().as_str()))
            .filter_map(|case| {
                Some((case.name(), retargeted(&case.recipe, node.major)?, case.folder.clone()))
            })
            .collect();
        assert!(cases.len() > 40, "only {} cases can be started", cases.len());
        let wrong: Vec<String> = cases
            .par_iter()
            .filter_map(|(name, text, beside)| {
                let (report, outcome) = both(text, beside, &node);
                contradiction(&report, &outcome, node.major).map(|what| format!("{name}: {what}"))
            })
            .collect();
        assert!(wrong.is_empty(), "Node.js {}, {} cases:\n{}", node.major, cases.len(), wrong.join("\n"));
    }
}

/// A file of a deployment: its package, its path, its text.
type File = (&'static str, &'static str, &'static str);

/// A function and a layer that load each other's kinds in every way.
const COMMONJS: [File; 13] = [
    (
        "orders",
        "index.js",
        "const shop = require('shop');\nconst { prices } = require('./lib/prices');\nconst config = require('./config.json');\nconst { S3 } = require('@aws-sdk/client-s3');\nexports.handler = async () => [shop, prices, config, S3];",
    ),
    ("orders", "lib/prices.js", "const dual = require('dual');\nmodule.exports = { prices: dual.a };"),
    ("orders", "config.json", "{ \"region\": \"eu-west-1\", \"nested\": { \"a\": [1, 2, 3] } }"),
    ("orders", "package.json", "{ \"name\": \"orders\", \"version\": \"1.0.0\" }"),
    (
        "deps",
        "nodejs/node_modules/shop/package.json",
        "{ \"name\": \"shop\", \"version\": \"2.0.0\", \"main\": \"lib/index.js\" }",
    ),
    (
        "deps",
        "nodejs/node_modules/shop/lib/index.js",
        "const sub = require('./sub');\nlet fast;\ntry { fast = require('fast') } catch { fast = null }\nmodule.exports = { sub, fast, leaf: require('leaf/sub') };",
    ),
    ("deps", "nodejs/node_modules/shop/lib/sub/index.js", "exports.a = require('leaf').a;"),
    (
        "deps",
        "nodejs/node_modules/leaf/package.json",
        "{ \"name\": \"leaf\", \"version\": \"1.0.0\", \"exports\": { \".\": \"./index.cjs\", \"./sub\": { \"require\": \"./sub.cjs\" } } }",
    ),
    ("deps", "nodejs/node_modules/leaf/index.cjs", "exports.a = 1;"),
    ("deps", "nodejs/node_modules/leaf/sub.cjs", "exports.b = 2;"),
    (
        "deps",
        "nodejs/node_modules/dual/package.json",
        "{ \"name\": \"dual\", \"version\": \"1.0.0\", \"type\": \"module\", \"exports\": { \"import\": \"./index.js\", \"require\": \"./index.cjs\" } }",
    ),
    ("deps", "nodejs/node_modules/dual/index.js", "export const a = 1;"),
    ("deps", "nodejs/node_modules/dual/index.cjs", "exports.a = 1;"),
];

const MODULES: [File; 12] = [
    (
        "orders",
        "index.mjs",
        "import shop, { sub } from 'shop';\nimport { prices } from './lib/prices.js';\nimport * as dual from 'dual';\nimport { readFile } from 'node:fs/promises';\nexport const handler = async () => [shop, sub, prices, dual, readFile];",
    ),
    (
        "orders",
        "lib/prices.js",
        "import { b } from './b.mjs';\nexport * from './all.js';\nexport const prices = b;",
    ),
    ("orders", "lib/b.mjs", "export const b = await Promise.resolve(1);"),
    ("orders", "lib/all.js", "export { a as default, a } from 'dual';"),
    ("orders", "lib/package.json", "{ \"type\": \"module\" }"),
    (
        "deps",
        "nodejs/node_modules/shop/package.json",
        "{ \"name\": \"shop\", \"version\": \"2.0.0\", \"main\": \"index\" }",
    ),
    ("deps", "nodejs/node_modules/shop/index.js", "const sub = require('./sub');\nexports.sub = sub;"),
    ("deps", "nodejs/node_modules/shop/sub.js", "module.exports = require('leaf');"),
    ("deps", "nodejs/node_modules/leaf/package.json", "{ \"name\": \"leaf\", \"version\": \"1.0.0\" }"),
    ("deps", "nodejs/node_modules/leaf/index.js", "exports.a = 1;"),
    (
        "deps",
        "nodejs/node_modules/dual/package.json",
        "{ \"name\": \"dual\", \"version\": \"1.0.0\", \"type\": \"module\", \"imports\": { \"#in\": \"./in.js\" }, \"exports\": { \".\": { \"import\": \"./index.js\", \"require\": \"./index.cjs\" } } }",
    ),
    ("deps", "nodejs/node_modules/dual/index.js", "export const a = 1;"),
];

/// What can happen to a file; nothing where it would change nothing.
fn damages(path: &'static str, text: &'static str) -> Vec<(String, Option<(String, String)>)> {
    let mut all: Vec<(String, Option<(String, String)>)> = vec![("removed".to_owned(), None)];
    let mut put = |what: &str, path: &str, text: &str| {
        all.push((what.to_owned(), Some((path.to_owned(), text.to_owned()))))
    };
    put("renamed", &format!("{path}.bak"), text);
    put("in capitals", &path.to_uppercase(), text);
    put("emptied", path, "");
    put("cut in half", path, &text[..text.len() / 2]);
    put("cut by a byte", path, &text[..text.len() - 1]);
    put("replaced by CommonJS", path, "module.exports = { x: 1 };");
    put("replaced by a module", path, "export const x = 1;");
    put("replaced by a web page", path, "<!DOCTYPE html><html>");
    if path.ends_with("package.json") {
        put("an empty object", path, "{}");
        put("another main", path, "{ \"name\": \"shop\", \"main\": \"gone.js\" }");
        put("a module", path, "{ \"type\": \"module\" }");
        put("a list", path, "[]");
        put("exports nothing", path, "{ \"exports\": { \"./x\": \"./index.js\" } }");
        put("exports what is not there", path, "{ \"exports\": \"./gone.js\" }");
        put("exports for import", path, "{ \"exports\": { \"import\": \"./index.js\" } }");
    }
    all
}

fn recipe_of(files: &[(String, String, String)], handler: &str, major: u16) -> String {
    let entries = |package: &str| -> String {
        let own = files.iter().filter(|(of, _, _)| of == package);
        own.map(|(_, path, text)| format!("  {{ path = {path:?}, text = {text:?} }},\n")).collect()
    };
    format!(
        "[[layer]]\nname = \"deps\"\nruntimes = [\"nodejs{major}.x\"]\narchitectures = [\"x86_64\"]\nentries = [\n{}]\n[[function]]\n\
         name = \"orders\"\nruntime = \"nodejs{major}.x\"\nhandler = \"{handler}\"\nlayers = [\"deps\"]\nentries = [\n{}]\n",
        entries("deps"),
        entries("orders")
    )
}

/// Every file of two deployments, damaged in every way.
fn damaged(base: &[File], handler: &str, major: u16) -> Vec<(String, String)> {
    let mut all = Vec::new();
    for (at, (package, path, text)) in base.iter().enumerate() {
        for (what, file) in damages(path, text) {
            let mut files: Vec<(String, String, String)> = base
                .iter()
                .enumerate()
                .filter(|(other, _)| *other != at)
                .map(|(_, (package, path, text))| (package.to_string(), path.to_string(), text.to_string()))
                .collect();
            files.extend(file.map(|(path, text)| (package.to_string(), path, text)));
            all.push((format!("{path} {what}"), recipe_of(&files, handler, major)));
        }
    }
    all
}

/// Generated damage: never a false alarm, never the wrong words, and hardly a miss.
#[test]
fn damage_ends_as_the_report_says() {
    for node in nodes() {
        let mut all = damaged(&COMMONJS, "index.handler", node.major);
        all.extend(damaged(&MODULES, "index.handler", node.major));
        let said: Vec<(bool, Option<String>)> = all
            .par_iter()
            .map(|(name, text)| {
                let (report, outcome) = both(text, Path::new("."), &node);
                (
                    outcome.ok,
                    contradiction(&report, &outcome, node.major).map(|what| format!("{name}: {what}")),
                )
            })
            .collect();
        let failed = said.iter().filter(|(ok, _)| !ok).count();
        let wrong: Vec<&str> = said.iter().filter_map(|(_, what)| what.as_deref()).collect();
        let (missed, false_alarms): (Vec<&str>, Vec<&str>) =
            wrong.iter().partition(|what| what.contains("nothing is said"));
        eprintln!(
            "Node.js {}: {} deployments, {failed} fail, {} missed",
            node.major,
            all.len(),
            missed.len()
        );
        assert!(false_alarms.is_empty(), "Node.js {}:\n{}", node.major, false_alarms.join("\n"));
        // half a statement may be a name that nobody defines: only running it tells
        assert!(missed.len() * 30 <= failed, "Node.js {}, missed:\n{}", node.major, missed.join("\n"));
    }
}
