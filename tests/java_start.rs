//! What is said about Java is true: programs are compiled, laid out with every kind of damage, looked up by the Java of this machine as
//! Lambda's client does it, and the outcome is compared with the report. `LAYERLINT_JARS=/folder cargo test --test java_start` takes
//! every class of real jars for a handler.

#![cfg(unix)]
#![allow(
    clippy::pedantic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::print_stderr,
    reason = "a fault of a test is a panic, and a skipped test says so"
)]

#[path = "support/java.rs"]
mod java;
#[path = "support/node.rs"]
#[allow(dead_code, reason = "only unpacking is shared")]
mod node;
mod support;

use std::{
    fs,
    io::{Cursor, Write},
    path::{Path, PathBuf},
};

use layerlint::{model::severity::Severity, triage::report::Report};
use support::run;
use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

/// The rules that say that a handler is not found or not loaded.
const RULES: [&str; 4] =
    ["runtime/invocation-failure", "runtime/class-version", "layout/jar-at-root", "layout/nested-jar"];

/// The program that is laid out: a handler with a superclass in one jar and a parameter's class in another.
const SOURCES: [(&str, &str); 8] = [
    ("com/model/Order", "package com.model; public class Order {}"),
    (
        "com/base/Base",
        "package com.base; import com.amazonaws.services.lambda.runtime.*;
         public abstract class Base implements RequestHandler<String, String> {
             public String inherited(String event) { return event; } }",
    ),
    (
        "com/base/Defaults",
        "package com.base; public interface Defaults { default String given(String event) { return event; } }",
    ),
    (
        "com/example/Handler",
        "package com.example; import com.amazonaws.services.lambda.runtime.*; import com.model.Order;
         public class Handler extends com.base.Base implements com.base.Defaults {
             public String handleRequest(String event, Context context) { return event; }
             public void run(Order order) {}
             public void two(String a, String b) {}
             public void streams(java.io.InputStream in, java.io.OutputStream out, Context context) {}
             public void swapped(Context context, String event) {}
             void hidden(String event) {}
             public static class Nested extends Handler {}
             public class Inner extends Handler {} }",
    ),
    ("com/example/Plain", "package com.example; public class Plain { public String run() { return null; } }"),
    (
        "com/example/Private",
        "package com.example; public class Private { private Private() {} public void run() {} public static void fixed() {} }",
    ),
    (
        "com/example/Injected",
        "package com.example; import com.amazonaws.services.lambda.runtime.*;
         public class Injected implements RequestStreamHandler {
             public Injected(String dependency) {}
             public void handleRequest(java.io.InputStream in, java.io.OutputStream out, Context context) {} }",
    ),
    ("com/unused/New", "package com.unused; public class New {}"),
];

type Files = Vec<(String, Vec<u8>)>;

/// The compiled program, by path.
fn compiled(launcher: &Path) -> Files {
    let folder = tempfile::tempdir().unwrap();
    let (sources, out) = (folder.path().join("src"), folder.path().join("out"));
    for (name, text) in SOURCES {
        let file = sources.join(format!("{name}.java"));
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(file, text).unwrap();
    }
    java::compile(&sources, &out, &[launcher], 8);
    let mut found = Files::new();
    collect(&out, &out, &mut found);
    found
}

fn collect(root: &Path, folder: &Path, found: &mut Files) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(root, &path, found);
        } else {
            let name = path.strip_prefix(root).unwrap().to_str().unwrap().to_owned();
            found.push((name, fs::read(&path).unwrap()));
        }
    }
}

fn zipped(files: &Files) -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        writer.start_file(name, SimpleFileOptions::default().unix_permissions(0o644)).unwrap();
        writer.write_all(bytes).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A function and one layer.
#[derive(Clone)]
struct Deployment {
    function: Files,
    layer: Files,
}

impl Deployment {
    /// Classes at the root, the superclass in `lib/`, the model in a layer.
    fn healthy(program: &Files) -> Self {
        let below = |folder: &str| -> Files {
            program.iter().filter(|(name, _)| name.starts_with(folder)).cloned().collect()
        };
        let mut function = below("com/example/");
        function.push(("lib/base-1.0.jar".to_owned(), zipped(&below("com/base/"))));
        Self { function, layer: vec![("java/lib/model.jar".to_owned(), zipped(&below("com/model/")))] }
    }

    fn rename(mut self, from: &str, to: &str) -> Self {
        for (name, _) in self.function.iter_mut().chain(&mut self.layer) {
            if name == from {
                *name = to.to_owned();
            }
        }
        self
    }

    fn remove(mut self, name: &str) -> Self {
        self.function.retain(|(one, _)| one != name);
        self.layer.retain(|(one, _)| one != name);
        self
    }

    fn change(mut self, name: &str, change: impl Fn(&[u8]) -> Vec<u8>) -> Self {
        for (one, bytes) in self.function.iter_mut().chain(&mut self.layer) {
            if one == name {
                *bytes = change(bytes);
            }
        }
        self
    }

    fn add(mut self, name: &str, bytes: Vec<u8>) -> Self {
        self.function.push((name.to_owned(), bytes));
        self
    }
}

/// The same class for the newest Java there will be for a while.
fn newer(class: &[u8]) -> Vec<u8> {
    let mut bytes = class.to_vec();
    bytes[7] = 99;
    bytes
}

fn change_jar(jar: &[u8], change: impl Fn(&mut Files)) -> Vec<u8> {
    let mut archive = ZipArchive::new(Cursor::new(jar)).unwrap();
    let mut files = Files::new();
    for index in 0..archive.len() {
        let mut entry = archive.by_index(index).unwrap();
        let mut bytes = Vec::new();
        std::io::Read::read_to_end(&mut entry, &mut bytes).unwrap();
        files.push((entry.name().unwrap().into_owned(), bytes));
    }
    change(&mut files);
    zipped(&files)
}

const MULTI_RELEASE: &[u8] = b"Manifest-Version: 1.0\nMulti-Release: true\n";

/// Every kind of damage, and changes that do no harm.
fn deployments(program: &Files) -> Vec<(&'static str, Deployment)> {
    let healthy = || Deployment::healthy(program);
    let (handler, base, model) = ("com/example/Handler.class", "lib/base-1.0.jar", "java/lib/model.jar");
    let class = |path: &str| program.iter().find(|(name, _)| name == path).unwrap().1.clone();
    let new_base =
        |jar: &[u8]| change_jar(jar, |files| files.iter_mut().for_each(|one| one.1 = newer(&one.1)));
    let releases = |jar: &[u8]| {
        change_jar(jar, |files| {
            let newer = newer(&class("com/base/Base.class"));
            files.push(("META-INF/versions/40/com/base/Base.class".to_owned(), newer));
            files.push(("META-INF/MANIFEST.MF".to_owned(), MULTI_RELEASE.to_vec()));
        })
    };
    let release_too_new = |jar: &[u8]| {
        change_jar(jar, |files| {
            files.push((
                "META-INF/versions/9/com/base/Base.class".to_owned(),
                newer(&class("com/base/Base.class")),
            ));
            files.push(("META-INF/MANIFEST.MF".to_owned(), MULTI_RELEASE.to_vec()));
        })
    };
    let naming = zipped(&vec![(
        "META-INF/MANIFEST.MF".to_owned(),
        b"Manifest-Version: 1.0\nClass-Path: deep/base-1.0\n .jar\n".to_vec(),
    )]);
    let whole: Files = program.clone();
    vec![
        ("as it should be", healthy()),
        (
            "all in one jar",
            Deployment { function: vec![("lib/app.jar".into(), zipped(&whole))], layer: vec![] },
        ),
        (
            "a jar at the root",
            Deployment { function: vec![("app.jar".into(), zipped(&whole))], layer: vec![] },
        ),
        (
            "a nested jar",
            Deployment { function: vec![("lib/x/app.jar".into(), zipped(&whole))], layer: vec![] },
        ),
        ("a dependency removed", healthy().remove(base)),
        ("the layer's jar removed", healthy().remove(model)),
        ("the layer's jar in java/", healthy().rename(model, "java/model.jar")),
        ("the layer's jar in lib/", healthy().rename(model, "lib/model.jar")),
        ("an upper-case ending", healthy().rename(base, "lib/base-1.0.JAR")),
        ("a folder below lib/", healthy().rename(base, "lib/deep/base-1.0.jar")),
        (
            "a folder that a manifest names",
            healthy().rename(base, "lib/deep/base-1.0.jar").add("lib/a.jar", naming),
        ),
        ("the handler too new", healthy().change(handler, newer)),
        ("the superclass too new", healthy().change(base, new_base)),
        ("a release that is not chosen", healthy().change(base, releases)),
        ("a release that is chosen", healthy().change(base, release_too_new)),
        ("an unused class too new", healthy().change("com/unused/New.class", newer)),
        ("the parameter too new", healthy().change(model, new_base)),
        ("a jar cut in half", healthy().change(base, |bytes| bytes[..bytes.len() / 2].to_vec())),
        ("a jar that is a page", healthy().change(base, |_| b"<html>not found</html>".to_vec())),
        ("an empty jar", healthy().change(base, |_| zipped(&Files::new()))),
        ("the handler renamed", healthy().rename(handler, "com/example/Handler2.class")),
        ("the handler in another folder", healthy().rename(handler, "example/Handler.class")),
    ]
}

const HANDLERS: [&str; 16] = [
    "com.example.Handler",
    "com.example.Handler::handleRequest",
    "com.example.Handler::inherited",
    "com.example.Handler::given",
    "com.example.Handler::run",
    "com.example.Handler::two",
    "com.example.Handler::streams",
    "com.example.Handler::swapped",
    "com.example.Handler::hidden",
    "com.example.Handler$Nested",
    "com.example.Handler$Inner",
    "com.example.Plain",
    "com.example.Plain::run",
    "com.example.Private::run",
    "com.example.Private::fixed",
    "com.example.Injected",
];

/// Lays a deployment out as zips and as `/var/task` and `/opt`.
fn lay_out(deployment: &Deployment, handlers: &[&str], release: u16, folder: &Path) -> PathBuf {
    fs::write(folder.join("function.zip"), zipped(&deployment.function)).unwrap();
    let mut manifest = String::new();
    let root = folder.join("root");
    node::unpack(&folder.join("function.zip"), "var/task", &root);
    if !deployment.layer.is_empty() {
        fs::write(folder.join("layer.zip"), zipped(&deployment.layer)).unwrap();
        node::unpack(&folder.join("layer.zip"), "opt", &root);
        manifest.push_str("[layer.deps]\npath = \"layer.zip\"\n");
    }
    for (at, handler) in handlers.iter().enumerate() {
        let layers = if deployment.layer.is_empty() { "[]" } else { "[\"deps\"]" };
        manifest.push_str(&format!(
            "[function.f{at}]\npath = \"function.zip\"\nruntime = \"java{release}\"\nhandler = {handler:?}\nlayers = {layers}\n"
        ));
    }
    fs::write(folder.join("layerlint.toml"), manifest).unwrap();
    root
}

/// What is said as an error of one function.
fn said(report: &Report, function: &str) -> Vec<String> {
    let of = |name: &str| name == function;
    report
        .findings
        .iter()
        .filter(|one| one.severity == Severity::Error && RULES.contains(&one.page.id))
        .filter(|one| one.function.as_ref().is_none_or(|name| of(name.as_str())))
        .map(|one| {
            let when = if one.page.id == "runtime/class-version" { "init" } else { "invocation" };
            format!("{when} {}", one.lambda_error.as_ref().map(ToString::to_string).unwrap_or_default())
        })
        .collect()
}

/// A class that is too new is one fault for all functions that load it, told with the first one's handler.
fn is_too_new(report: &Report, outcome: &str) -> bool {
    let rest = |text: &str| text.split_once(": ").map(|(_, rest)| rest.to_owned());
    report
        .findings
        .iter()
        .filter(|one| one.page.id == "runtime/class-version")
        .any(|one| one.lambda_error.as_ref().and_then(|words| rest(words.as_str())) == rest(outcome))
}

fn is_misplaced(report: &Report) -> bool {
    report.findings.iter().any(|one| one.severity == Severity::Error && one.page.category == "layout")
}

/// The releases that both this machine and Lambda have.
fn prepared() -> Option<(&'static Path, u16)> {
    let ready = java::launcher().zip(java::release().filter(|one| [11, 17, 21, 25].contains(one)));
    if ready.is_none() {
        eprintln!("skipped: no javac of a release that Lambda has");
    }
    ready
}

#[test]
fn deployments_end_as_the_report_says() {
    let Some((launcher, release)) = prepared() else { return };
    let program = compiled(launcher);
    let mut wrong = Vec::new();
    let (mut started, mut failed) = (0, 0);
    for (name, deployment) in deployments(&program) {
        let folder = tempfile::tempdir().unwrap();
        let root = lay_out(&deployment, &HANDLERS, release, folder.path());
        let report = run::report(folder.path());
        let outcomes = java::start(launcher, &root, &HANDLERS);
        for (at, (handler, outcome)) in HANDLERS.iter().zip(outcomes).enumerate() {
            let said = said(&report, &format!("f{at}"));
            // a jar in the wrong place is one fault for all functions of the package
            let misplaced = outcome.starts_with("invocation Class not found") && is_misplaced(&report);
            let right = if outcome == "ok" {
                said.is_empty()
            } else {
                misplaced || said.contains(&outcome) || is_too_new(&report, &outcome)
            };
            if outcome == "ok" {
                started += 1
            } else {
                failed += 1
            }
            if !right {
                wrong.push(format!("{name}, {handler}\n  java: {outcome}\n  said: {said:?}"));
            }
        }
    }
    eprintln!("Java {release}: {started} handlers loaded, {failed} failed as was said");
    assert!(wrong.is_empty(), "{} wrong\n{}", wrong.len(), wrong.join("\n"));
    assert!(started > 50 && failed > 100);
}

/// Every class of real jars is taken for a handler: what Java loads is not complained of, what it does not load mostly is.
#[test]
fn classes_of_real_jars_are_judged_as_java_does() {
    let Some(((launcher, release), jars)) = prepared().zip(std::env::var_os("LAYERLINT_JARS")) else {
        return;
    };
    let mut files = Files::new();
    collect(Path::new(&jars), Path::new(&jars), &mut files);
    files.retain(|(name, _)| name.ends_with(".jar"));
    files.sort();
    let (mut loaded, mut told, mut silent) = (0, 0, Vec::new());
    for (name, bytes) in &files {
        let all = &files;
        for together in [false, true] {
            let mut lib = if together { all.clone() } else { vec![(name.clone(), bytes.clone())] };
            lib.iter_mut().for_each(|(name, _)| *name = format!("lib/{}", name.replace('/', "-")));
            let classes = sample(bytes);
            let handlers: Vec<&str> = classes.iter().map(String::as_str).collect();
            let folder = tempfile::tempdir().unwrap();
            let deployment = Deployment { function: lib, layer: Files::new() };
            let root = lay_out(&deployment, &handlers, release, folder.path());
            let report = run::report(folder.path());
            for (at, outcome) in java::start(launcher, &root, &handlers).into_iter().enumerate() {
                let said = said(&report, &format!("f{at}"));
                match (outcome == "ok", said.is_empty()) {
                    (true, true) => loaded += 1,
                    (false, false) => told += 1,
                    (false, true) => silent.push(format!("{name} {}: {outcome}", handlers[at])),
                    (true, false) => panic!("{name}: {} is loaded, and {said:?} was said", handlers[at]),
                }
            }
        }
    }
    eprintln!(
        "{} jars: {loaded} loaded, {told} failed as was said, {} failed in silence",
        files.len(),
        silent.len()
    );
    silent.iter().take(20).for_each(|one| eprintln!("  {one}"));
    assert!(silent.len() * 20 < loaded + told, "{} failed in silence", silent.len());
}

/// Handlers from classes of a jar: every few, with a method that all of them have.
fn sample(jar: &[u8]) -> Vec<String> {
    let Ok(archive) = ZipArchive::new(Cursor::new(jar)) else { return Vec::new() };
    let is_class =
        |name: &&str| name.ends_with(".class") && !name.starts_with("META-INF/") && !name.contains("-info");
    let names: Vec<String> = archive
        .file_names()
        .filter_map(|name| name.ok().map(|name| name.into_owned()))
        .filter(|name| is_class(&name.as_str()))
        .map(|name| format!("{}::hashCode", name.trim_end_matches(".class").replace('/', ".")))
        .collect();
    let step = names.len().div_ceil(80).max(1);
    names.into_iter().step_by(step).collect()
}
