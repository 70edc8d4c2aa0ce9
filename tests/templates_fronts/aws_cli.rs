//! Answers of the AWS CLI.

use std::{
    fmt::Write as _,
    fs,
    time::{Duration, Instant},
};

use serde_json::{Value, json};

use super::{findings, has, has_no, layerlint, not_analysed, report, support::repository::repository};

const LAYER: &str = "arn:aws:lambda:eu-west-1:111122223333:layer:deps:3";

/// The answer of `get-layer-version`, as the CLI prints it.
fn layer_version(arn: &str, digest: &str) -> String {
    let value = json!({
        "Content": {
            "Location": "https://awslambda-eu-west-1-layers.s3.eu-west-1.amazonaws.com/x?X-Amz-Security-Token=TOPSECRET",
            "CodeSha256": digest,
            "CodeSize": 169
        },
        "LayerArn": arn.rsplit_once(':').unwrap().0,
        "LayerVersionArn": arn,
        "CreatedDate": "2026-10-14T23:03:52.894+0000",
        "Version": 3,
        "CompatibleRuntimes": ["python3.12"],
        "CompatibleArchitectures": ["x86_64"]
    });
    serde_json::to_string_pretty(&value).unwrap()
}

fn layer_policy(principal: &str) -> Value {
    json!({
        "Version": "2012-10-17",
        "Id": "default",
        "Statement": [{
            "Sid": "share",
            "Effect": "Allow",
            "Principal": principal,
            "Action": "lambda:GetLayerVersion",
            "Resource": LAYER
        }]
    })
}

/// The answer of `get-function-configuration`.
fn configuration(name: &str, layers: &[&str]) -> Value {
    json!({
        "FunctionName": name,
        "FunctionArn": format!("arn:aws:lambda:eu-west-1:111122223333:function:{name}"),
        "Runtime": "python3.12",
        "Handler": "app.handler",
        "CodeSize": 300,
        "Environment": {"Variables": {"DB_PASSWORD": "hunter2hunter2", "PATH_TO": "swordfish99"}},
        "Layers": layers.iter().map(|arn| json!({"Arn": arn, "CodeSize": 169})).collect::<Vec<_>>(),
        "PackageType": "Zip",
        "Architectures": ["x86_64"],
        "Version": "$LATEST"
    })
}

const COPY: (&str, &str) =
    ("layerlint.toml", "[arn.\"arn:aws:lambda:eu-west-1:111122223333:layer:deps:3\"]\npath = \"deps.zip\"\n");

/// Packages at the root of a layer, where Python does not look.
const WRONG_LAYER: (&str, &str) = ("deps.zip", "shop/__init__.py=total = 1");

#[test]
fn a_wrong_layer_of_an_account_is_told_in_its_local_copy() {
    let folder = repository(&[COPY, WRONG_LAYER]);
    let function =
        json!({"Configuration": configuration("orders", &[LAYER]), "Code": {"Location": "https://x/"}});
    fs::write(folder.path().join("answers.json"), format!("{}\n{function}", layer_version(LAYER, "AAAA")))
        .unwrap();
    let told = report(folder.path(), &["answers.json"], "");
    let rules = told["findings"].to_string();
    assert!(rules.contains("layout/unreachable-packages"), "{rules}");
    assert_eq!(told["functions"][0]["layers"][0], LAYER);
    let missed = not_analysed(&told);
    assert!(missed.contains("CodeSha256 differs"), "{missed}");
    assert!(missed.contains("the code of orders"), "{missed}");
}

#[test]
fn a_local_copy_with_the_digest_of_the_account_is_the_same() {
    let folder = repository(&[COPY, WRONG_LAYER]);
    let digest = data_encoding::BASE64
        .encode(&<sha2::Sha256 as sha2::Digest>::digest(fs::read(folder.path().join("deps.zip")).unwrap()));
    let missed = not_analysed(&report(folder.path(), &["-"], &layer_version(LAYER, &digest)));
    assert!(!missed.contains("differs"), "{missed}");
}

#[test]
fn a_policy_is_told_at_its_line_in_every_form() {
    let folder = repository(&[]);
    let string = json!({"Policy": layer_policy("*").to_string(), "RevisionId": "1"});
    let object = json!({"Policy": layer_policy("*"), "RevisionId": "1"});
    let bare = layer_policy("*");
    let added = json!({"Statement": layer_policy("*")["Statement"][0].to_string(), "RevisionId": "1"});
    for answer in [string, object, bare, added] {
        let first = serde_json::to_string_pretty(&configuration("orders", &[])).unwrap();
        let line = first.lines().count() + 1;
        let text = format!("{first}\n{answer}\n");
        let found = findings(folder.path(), &["-"], &text);
        has(&found, &format!("policy/public-layer stdin:{line} - -"));
        fs::write(folder.path().join("answer.json"), format!("\u{feff}[\n{first},\n{answer}\n]")).unwrap();
        let found = findings(folder.path(), &["answer.json"], "");
        has(&found, &format!("policy/public-layer answer.json:{} - -", line + 1));
        let closed = text.replace("\"Principal\":\"*\"", "\"Principal\":\"111122223333\"");
        let closed = closed.replace("\\\"Principal\\\":\\\"*\\\"", "\\\"Principal\\\":\\\"111122223333\\\"");
        has_no(&findings(folder.path(), &["-"], &closed), "policy/public-layer");
    }
}

#[test]
fn layers_are_judged_in_the_order_and_against_what_is_declared() {
    let folder = repository(&[]);
    let layers = json!({"LayerVersions": [{
        "LayerVersionArn": LAYER, "Version": 3, "CompatibleRuntimes": ["nodejs22.x"]
    }]});
    let second = "arn:aws:lambda:eu-west-1:111122223333:layer:deps:2";
    let elsewhere = "arn:aws:lambda:us-east-1:111122223333:layer:tools:1";
    let functions = json!({"Functions": [configuration("orders", &[LAYER, second, elsewhere])]});
    // the answer about the layer comes last: order does not matter
    let text = format!("{functions}\n{layers}");
    let told = report(folder.path(), &["-"], &text);
    assert_eq!(told["functions"][0]["layers"], json!([LAYER, second, elsewhere]));
    let found = findings(folder.path(), &["-"], &text);
    for rule in
        ["deployment/incompatible-runtime", "collision/same-layer-twice", "deployment/other-region-layer"]
    {
        assert!(found.iter().any(|one| one.starts_with(rule)), "{rule} {found:#?}");
    }
}

#[test]
fn lists_of_layers_and_urls_are_read() {
    let folder = repository(&[]);
    let layers = json!({"Layers": [{
        "LayerName": "deps", "LayerArn": "arn:aws:lambda:eu-west-1:111122223333:layer:deps",
        "LatestMatchingVersion": {"LayerVersionArn": LAYER, "Version": 3, "CompatibleRuntimes": ["nodejs22.x"]}
    }]});
    let policy = json!({"Policy": json!({"Version": "2012-10-17", "Statement": [{
        "Sid": "url", "Effect": "Allow", "Principal": "*", "Action": "lambda:InvokeFunctionUrl",
        "Resource": "arn:aws:lambda:eu-west-1:111122223333:function:orders",
        "Condition": {"StringEquals": {"lambda:FunctionUrlAuthType": "NONE"}}
    }]}).to_string(), "RevisionId": "1"});
    let url = json!({
        "FunctionUrl": "https://abc.lambda-url.eu-west-1.on.aws/", "AuthType": "NONE",
        "FunctionArn": "arn:aws:lambda:eu-west-1:111122223333:function:orders"
    });
    let text = format!("{}\n{layers}\n{policy}\n{url}", configuration("orders", &[LAYER]));
    let found = findings(folder.path(), &["-"], &text);
    has(&found, "deployment/forbidden-url stdin:4 - -");
    assert!(found.iter().any(|one| one.starts_with("deployment/incompatible-runtime")), "{found:#?}");
    // without its policy nothing is known about who may call it
    has_no(&findings(folder.path(), &["-"], &url.to_string()), "deployment/forbidden-url");
}

#[test]
fn secrets_of_answers_reach_no_output() {
    let folder = repository(&[COPY, WRONG_LAYER]);
    let mut old = configuration("orders", &[LAYER, LAYER]);
    old["Runtime"] = json!("nodejs18.x");
    let whole =
        json!({"Configuration": old, "Code": {"Location": "https://b/?X-Amz-Security-Token=TOPSECRET"}});
    let policy = json!({"Policy": layer_policy("*").to_string(), "RevisionId": "1"});
    for whole in [whole.to_string(), serde_json::to_string_pretty(&whole).unwrap()] {
        let text = format!("{}\n{whole}\n{policy}", layer_version(LAYER, "AAAA"));
        for format in ["human", "concise", "json", "sarif", "html", "markdown", "junit", "gitlab", "github"] {
            let told = layerlint(folder.path(), &["-", "--pedantic", "--format", format], &text);
            let told = [told.stdout, told.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
            assert!(told.contains("public-layer"), "{format}: {told}");
            for secret in ["TOPSECRET", "hunter2", "swordfish"] {
                assert!(!told.contains(secret), "{format}: {secret}: {told}");
            }
        }
    }
}

#[test]
fn broken_answers_are_told_with_line_and_column_and_without_secrets() {
    let folder = repository(&[]);
    let text = "{\n \"Environment\": {\"Variables\": {\"A\": \"hunter2\"}},\n \"Location\": \"https://TOPSECRET\",,\n}";
    let yaml = "Environment:\n  Variables:\n    A: hunter2\n\tB: TOPSECRET\n";
    let output = layerlint(folder.path(), &["-"], yaml);
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(told.contains("stdin:3:8") && !told.contains("hunter2") && !told.contains("TOPSECRET"), "{told}");
    let output = layerlint(folder.path(), &["-"], text);
    let told = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(told.contains("stdin:3:"), "{told}");
    assert!(!told.contains("hunter2") && !told.contains("TOPSECRET"), "{told}");
}

#[test]
fn a_policy_that_is_no_json_inside_does_not_hide_the_others() {
    let folder = repository(&[]);
    let broken = json!({"Policy": "{\"Version\": ", "RevisionId": "1"});
    let good = json!({"Policy": layer_policy("*").to_string(), "RevisionId": "1"});
    let output = layerlint(folder.path(), &["-"], &format!("{broken}\n{good}\n"));
    let told = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
    assert_eq!(output.status.code(), Some(2), "{told}");
    assert!(told.contains("public-layer") && told.contains("the document in Policy is not JSON"), "{told}");
}

#[test]
fn what_is_no_answer_is_said() {
    let folder = repository(&[]);
    for (text, expected) in [("{\"Buckets\": []}", "nothing that is known"), ("\n", "is empty")] {
        let output = layerlint(folder.path(), &["-"], text);
        assert_eq!(output.status.code(), Some(2));
        assert!(String::from_utf8(output.stderr).unwrap().contains(expected));
    }
    let text = format!("{{\"Buckets\": []}}\n{}", configuration("orders", &[]));
    let missed = not_analysed(&report(folder.path(), &["-"], &text));
    assert!(missed.contains("1 of the values in stdin"), "{missed}");
    let twice =
        "{\"FunctionArn\": \"a\", \"FunctionName\": \"f\", \"Handler\": \"a.b\", \"Handler\": \"c.d\"}";
    has(&findings(folder.path(), &["-"], twice), "deployment/repeated-key stdin:1 - -");
}

#[test]
fn the_functions_of_a_large_account_are_read_in_seconds() {
    let folder = repository(&[]);
    let functions: Vec<Value> = (0..5_000)
        .map(|at| {
            configuration(
                &format!("function-{at}"),
                &[LAYER, "arn:aws:lambda:eu-west-1:444455556666:layer:x:1"],
            )
        })
        .collect();
    let layers: Vec<Value> = (0..2_000)
        .map(|at| json!({"LayerVersionArn": format!("arn:aws:lambda:eu-west-1:111122223333:layer:l{at}:1")}))
        .collect();
    let mut text = String::new();
    write!(text, "{}", json!({"Functions": functions})).unwrap();
    write!(text, "{}", json!({"LayerVersions": layers})).unwrap();
    let start = Instant::now();
    let told = report(folder.path(), &["-"], &text);
    assert_eq!(told["functions"].as_array().unwrap().len(), 5_000);
    assert!(not_analysed(&told).contains("the code of 5000 functions"));
    assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
}
