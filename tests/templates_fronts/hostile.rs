//! Descriptions that strangers may bring: each is told with its place, in bounds, and does not hide the others.

use std::{
    fmt::Write as _,
    fs,
    path::Path,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::{findings, has, layerlint, report, support::repository::repository, write};

const SHARED: &str = "arn:aws:lambda:eu-west-1:111122223333:layer:deps:3";

/// A template whose last resource is a layer for everybody, behind `before`.
fn sharing(before: &str) -> String {
    format!(
        "Resources:\n{before}  Share:\n    Type: AWS::Lambda::LayerVersionPermission\n    Properties:\n      Action: lambda:GetLayerVersion\n      LayerVersionArn: {SHARED}\n      Principal: '*'\n"
    )
}

/// Standard output and standard error of a run that ends in time, with the status.
fn told(folder: &Path, args: &[&str]) -> (String, Option<i32>) {
    let start = Instant::now();
    let output = layerlint(folder, args, "");
    assert!(start.elapsed() < Duration::from_secs(60), "{args:?}: {:?}", start.elapsed());
    let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
    (text, output.status.code())
}

/// Eleven levels of ten aliases each: written out, a text of 100 GB.
fn laughs(indent: &str) -> String {
    let mut text = format!("{indent}a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n");
    for at in 1..=11 {
        writeln!(text, "{indent}a{at}: &a{at} [{}]", vec![format!("*a{}", at - 1); 10].join(", ")).unwrap();
    }
    text
}

#[test]
fn aliases_that_explode_are_followed_in_bounds() {
    for property in
        ["Layers", "Environment", "Handler", "Runtime", "Architectures", "Code", "FileSystemConfigs"]
    {
        let before =
            format!("  F:\n    Type: AWS::Lambda::Function\n    Properties:\n      {property}: *a11\n");
        let text = format!("Metadata:\n{}{}", laughs("  "), sharing(&before));
        let folder = repository(&[("template.yaml", &text)]);
        let (said, status) = told(folder.path(), &["template.yaml", "--format", "concise"]);
        assert!(said.contains("policy/public-layer"), "{property}: {said}");
        assert_eq!(status, Some(1), "{property}: {said}");
        assert!(said.len() < 20_000, "{property}: {} bytes", said.len());
    }
    for place in ["layers: *a11", "functions: *a11", "resources: *a11", "resources: {Resources: {X: *a11}}"] {
        let text = format!("service: s\nprovider: {{name: aws}}\ncustom:\n{}{place}\n", laughs("  "));
        let folder = repository(&[("serverless.yml", &text)]);
        let (said, status) = told(folder.path(), &["serverless.yml"]);
        assert!(matches!(status, Some(0 | 1)), "{place}: {status:?} {said}");
    }
}

#[test]
fn templates_of_five_megabytes_are_read_to_their_end() {
    let function = |at: usize| {
        format!(
            "  F{at}:\n    Type: AWS::Serverless::Function\n    Properties:\n      Handler: app.handler\n      Layers:\n        - !Sub 'arn:aws:lambda:${{AWS::Region}}:111122223333:layer:deps:3'\n      Description: {}\n",
            "x".repeat(300)
        )
    };
    let text = sharing(&(0..10_500).map(function).collect::<String>());
    assert!(text.len() > 5_000_000);
    let line = text.lines().position(|line| line == "  Share:").unwrap() + 1;
    let folder = repository(&[("template.yaml", &text)]);
    let start = Instant::now();
    has(
        &findings(folder.path(), &["template.yaml"], ""),
        &format!("policy/public-layer template.yaml:{line} - -"),
    );
    assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
}

#[test]
fn a_policy_of_too_many_permissions_does_not_hide_the_others() {
    let permission = |arn: &str| {
        json!({"Type": "AWS::Lambda::LayerVersionPermission", "Properties": {
            "Action": "lambda:GetLayerVersion", "LayerVersionArn": arn, "Principal": "*"}})
    };
    let mut resources: serde_json::Map<String, Value> =
        (0..10_000).map(|at| (format!("P{at}"), permission(SHARED))).collect();
    resources.insert("Other".to_owned(), permission(&SHARED.replace("deps", "other")));
    let folder = repository(&[("template.json", &json!({"Resources": resources}).to_string())]);
    let (said, status) = told(folder.path(), &["template.json", "--format", "concise"]);
    assert!(said.contains("too long to be a policy") && said.contains("policy/public-layer"), "{said}");
    assert_eq!(status, Some(2), "{said}");
}

#[test]
fn what_is_wrong_with_a_text_is_told_with_line_and_column() {
    let deep = format!("Resources:\n  F: {}", "[".repeat(100_000));
    let deep_json = format!("{{\n \"Policy\": {}", "[".repeat(100_000));
    for (name, text, expected) in [
        ("template.yaml", "Resources:\n  F:\n\t  Type: x\n", "template.yaml:3:4"),
        ("template.yaml", "Resources:\n  F: {Type: x\n  G: y\n", "template.yaml:3:"),
        ("template.yaml", "Resources:\n  F: *nowhere\n", "template.yaml:2:"),
        ("template.yaml", &deep, "template.yaml:2:"),
        ("answer.json", "{\n  \"Functions\": [,]\n}\n", "answer.json:2:17"),
        ("answer.json", &deep_json, "answer.json:2:211"),
        ("answer.json", "{\"Functions\": [] // all\n}", "answer.json:1:18"),
    ] {
        let folder = repository(&[(name, text), ("good.yaml", &sharing(""))]);
        let (said, status) = told(folder.path(), &[name, "good.yaml", "--format", "concise"]);
        assert!(said.contains(expected), "{name}: {expected}: {said}");
        assert!(said.contains("good.yaml:2:3: error[policy/public-layer]"), "the others count: {said}");
        assert_eq!(status, Some(2), "{said}");
    }
}

#[test]
fn a_key_that_is_written_twice_is_told_in_every_format() {
    for (name, text, expected) in [
        ("template.yaml", sharing("  A: {Type: x}\n  A: {Type: y}\n"), "template.yaml:3"),
        (
            "template.json",
            "{\"Resources\": {\n\"A\": {\"Type\": \"AWS::Lambda::Function\"},\n\"A\": {\"Type\": \"x\"}}}"
                .to_owned(),
            "template.json:3",
        ),
        (
            "serverless.yml",
            "service: s\nprovider: {name: aws}\nfunctions:\n  f: {handler: a.b}\n  f: {handler: c.d}\n"
                .to_owned(),
            "serverless.yml:5",
        ),
        (
            "answer.json",
            "{\"FunctionName\": \"f\",\n\"FunctionArn\": \"a\",\n\"Handler\": \"a\",\n\"Handler\": \"b\"}"
                .to_owned(),
            "answer.json:4",
        ),
    ] {
        let folder = repository(&[(name, &text)]);
        has(&findings(folder.path(), &[name], ""), &format!("deployment/repeated-key {expected} - -"));
    }
}

#[test]
fn unknown_tags_and_functions_are_unresolved_and_run_nothing() {
    let before = "  F:
    Type: AWS::Lambda::Function
    Properties:
      Runtime: !Secret x
      Layers: !Nope [a, b]
      Handler: !!python/object/apply:os.system [ls]
";
    let folder = repository(&[("template.yaml", &sharing(before))]);
    let told = report(folder.path(), &["template.yaml"], "");
    assert!(told["findings"].to_string().contains("policy/public-layer"), "{told:#}");
    let unresolved = told["unresolved"].to_string();
    assert!(unresolved.contains("Secret") && unresolved.contains("Nope"), "{unresolved}");
}

#[test]
fn marks_and_encodings_of_windows_are_read() {
    let answer = json!({"Policy": json!({"Version": "2012-10-17", "Statement": [{
        "Sid": "x", "Effect": "Allow", "Principal": "*", "Action": "lambda:GetLayerVersion", "Resource": SHARED
    }]}).to_string(), "RevisionId": "1"});
    let text = format!("{{\r\n\"a\": 1}}\r\n{answer}");
    let wide = |unit: fn(u16) -> [u8; 2]| -> Vec<u8> {
        format!("\u{feff}{text}").encode_utf16().flat_map(unit).collect()
    };
    for bytes in [format!("\u{feff}{text}").into_bytes(), wide(u16::to_le_bytes), wide(u16::to_be_bytes)] {
        let folder = repository(&[]);
        fs::write(folder.path().join("answer.json"), bytes).unwrap();
        has(&findings(folder.path(), &["answer.json"], ""), "policy/public-layer answer.json:3 - -");
    }
    let folder = repository(&[]);
    fs::write(folder.path().join("template.yaml"), b"Resources:\n  F: {Description: '\xe4'}\n").unwrap();
    let (said, status) = told(folder.path(), &["template.yaml"]);
    assert!(said.contains("template.yaml:2:21: is no text in UTF-8"), "{said}");
    assert_eq!(status, Some(2));
}

#[test]
fn strings_in_strings_are_policies_once() {
    let policy = json!({"Statement": [{"Effect": "Allow", "Principal": "*"}]}).to_string();
    let twice = json!({"Policy": json!(policy).to_string(), "RevisionId": "1"}).to_string();
    let folder = repository(&[("answer.json", &twice)]);
    has(&findings(folder.path(), &["answer.json"], ""), "policy/invalid answer.json:1 - -");
    for (inner, expected) in [
        ("{\"Statement\": [{,}]}".to_owned(), "the document in Policy is not JSON"),
        ("[".repeat(100_000), "nested too deeply"),
        ("x".repeat(400_000), "too long to be a policy"),
    ] {
        let text = serde_json::to_string_pretty(&json!({"Policy": inner, "RevisionId": "1"})).unwrap();
        let folder = repository(&[("answer.json", &text), ("good.yaml", &sharing(""))]);
        let (said, status) = told(folder.path(), &["answer.json", "good.yaml", "--format", "concise"]);
        assert!(said.contains(expected) && said.contains("policy/public-layer"), "{expected}: {said}");
        assert_eq!(status, Some(2), "{said}");
        assert!(said.len() < 4_000, "{} bytes", said.len());
    }
}

#[test]
fn an_error_shows_no_line_of_megabytes() {
    let functions: Vec<Value> = (0..5_000).map(|at| json!({"FunctionName": format!("f{at}")})).collect();
    let text = json!({"Functions": functions}).to_string().replace("\"f4999\"", "\"f4999\",,");
    let folder = repository(&[("answer.json", &text)]);
    let (said, status) = told(folder.path(), &["answer.json"]);
    assert!(said.contains("answer.json:1:") && said.len() < 1_000, "{said:.2000}");
    assert_eq!(status, Some(2));
}

/// An assembly with the given files in `cdk.out`.
fn assembly(artifacts: &Value, files: &[(&str, Value)]) -> tempfile::TempDir {
    let folder = repository(&[("cdk.out/cdk.out", "{\"version\":\"55.0.0\"}")]);
    let out = folder.path().join("cdk.out");
    write(&out.join("manifest.json"), &json!({"version": "55.0.0", "artifacts": artifacts}));
    for (name, value) in files {
        write(&out.join(name), value);
    }
    folder
}

fn stack(template: &str) -> Value {
    json!({"type": "aws:cloudformation:stack", "properties": {"templateFile": template}})
}

fn share() -> Value {
    json!({"Type": "AWS::Lambda::LayerVersionPermission", "Properties": {
        "Action": "lambda:GetLayerVersion", "LayerVersionArn": SHARED, "Principal": "*"}})
}

#[test]
fn assemblies_that_hold_themselves_are_read_once() {
    let mut artifacts: serde_json::Map<String, Value> = (0..100)
        .map(|at| {
            (format!("s{at}"), json!({"type": "cdk:cloud-assembly", "properties": {"directoryName": "."}}))
        })
        .collect();
    artifacts.insert("Main".to_owned(), stack("Main.template.json"));
    artifacts.insert(
        "Main.assets".to_owned(),
        json!({"type": "cdk:asset-manifest", "properties": {"file": "Main.assets.json"}}),
    );
    let mut resources: serde_json::Map<String, Value> = (0..100)
        .map(|at| {
            let url = json!({"TemplateURL": "https://bucket/abc.json"});
            (format!("N{at}"), json!({"Type": "AWS::CloudFormation::Stack", "Properties": url}))
        })
        .collect();
    resources.insert("Share".to_owned(), share());
    let assets = json!({"files": {"abc": {
        "source": {"path": "Main.template.json", "packaging": "file"},
        "destinations": {"here": {"objectKey": "abc.json"}}
    }}});
    let template = json!({"Resources": resources});
    let files = [("Main.template.json", template), ("Main.assets.json", assets)];
    let folder = assembly(&Value::Object(artifacts), &files);
    let (said, status) = told(folder.path(), &["cdk.out", "--format", "concise"]);
    assert_eq!(said.matches("policy/public-layer").count(), 1, "{said}");
    assert_eq!(status, Some(1), "{said}");
}

#[test]
fn an_assembly_shows_nothing_from_outside_of_it() {
    let folder = assembly(
        &json!({
            "Up": stack("../secret.json"),
            "Main": stack("Main.template.json"),
            "Broken": stack("Broken.template.json"),
            "Gone": stack("Gone.template.json"),
            "Folder": stack("."),
        }),
        &[("Main.template.json", json!({"Resources": {"Share": share()}}))],
    );
    fs::write(folder.path().join("secret.json"), "{\"token\": swordfish}").unwrap();
    fs::write(folder.path().join("cdk.out/Broken.template.json"), "{\n \"Resources\": {,}\n}").unwrap();
    let (said, status) = told(folder.path(), &["cdk.out", "--format", "concise"]);
    assert!(!said.contains("swordfish"), "{said}");
    for expected in [
        "what lies in its own folder",
        "Broken.template.json:2:16",
        "Gone.template.json",
        "policy/public-layer",
    ] {
        assert!(said.contains(expected), "{expected}: {said}");
    }
    assert_eq!(status, Some(2), "{said}");
}
