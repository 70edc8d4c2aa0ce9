//! Templates of SAM and CloudFormation as people keep them in a repository, run through the program.

#![allow(
    clippy::pedantic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a fault of a test is a panic"
)]

mod support;

use std::{
    fs,
    io::Write,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use support::repository::{findings, json, layerlint, repository};

const ORDERS: &str = "Transform: AWS::Serverless-2016-10-31
Globals:
  Function:
    Runtime: python3.12
Resources:
  Deps:
    Type: AWS::Serverless::LayerVersion
    Properties:
      ContentUri: layers/deps
      CompatibleRuntimes: [python3.12]
  Orders:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: src/orders
      Handler: app.handler
      Layers:
        - !Ref Deps
";

#[test]
fn a_layer_that_is_laid_out_wrongly_is_told_at_its_resource() {
    let folder = repository(&[
        ("template.yaml", ORDERS),
        ("src/orders/app.py", "import shop\n\ndef handler(event, context):\n    return shop.total\n"),
        ("layers/deps/shop/__init__.py", "total = 1\n"),
    ]);
    let found = findings(folder.path(), &[]);
    assert!(found.contains(&"layout/unreachable-packages template.yaml:6 Deps -".to_owned()), "{found:#?}");
    assert!(
        found.contains(&"runtime/unresolved-import template.yaml:11 Orders Orders".to_owned()),
        "{found:#?}"
    );
}

#[test]
fn the_same_with_the_layer_in_its_folder_is_silent() {
    let folder = repository(&[
        ("template.yaml", ORDERS),
        ("src/orders/app.py", "import shop\n\ndef handler(event, context):\n    return shop.total\n"),
        ("layers/deps/python/shop/__init__.py", "total = 1\n"),
    ]);
    assert_eq!(findings(folder.path(), &[]), Vec::<String>::new());
    let output = layerlint(folder.path(), &[]);
    let told = [output.stdout, output.stderr].concat();
    assert!(String::from_utf8_lossy(&told).contains("taken: template.yaml"));
}

/// What `sam build` leaves: folders named by ids, paths relative to the built template, a layer without a build method outside.
#[test]
fn what_sam_built_is_looked_at_and_the_source_is_pointed_at() {
    let source = ORDERS.replace(
        "    Properties:\n      ContentUri: layers/deps",
        "    Metadata: {BuildMethod: python3.12}\n    Properties:\n      ContentUri: layers/deps",
    );
    let built = "Resources:
  Deps:
    Type: AWS::Serverless::LayerVersion
    Properties: {ContentUri: Deps}
  Orders:
    Type: AWS::Serverless::Function
    Properties: {CodeUri: Orders, Handler: app.handler}
";
    let files = [
        ("template.yaml", source.as_str()),
        ("src/orders/app.py", "import shop\n"),
        ("src/orders/requirements.txt", "requests\n"),
        ("layers/deps/requirements.txt", "shop\n"),
    ];
    let unbuilt = repository(&files);
    let report = json(unbuilt.path(), &[]);
    assert_eq!(report["findings"].as_array().unwrap().len(), 0, "{report:#}");
    let told = report["not_analysed"].to_string();
    assert!(
        told.contains("function Orders") && told.contains("layer Deps") && told.contains("sam build"),
        "{told}"
    );

    let all = [
        files.as_slice(),
        &[
            (".aws-sam/build/template.yaml", built),
            (".aws-sam/build/Orders/app.py", "import shop\n\ndef handle(event, context):\n    return 1\n"),
            (".aws-sam/build/Orders/requirements.txt", "requests\n"),
            (".aws-sam/build/Deps/python/shop.py", "x = 1\n"),
        ],
    ]
    .concat();
    let folder = repository(&all);
    for args in [&[][..], &["template.yaml"], &["."]] {
        let found = findings(folder.path(), args);
        assert_eq!(found, ["runtime/handler-symbol-missing template.yaml:12 Orders Orders"], "{args:?}");
    }
}

#[test]
fn both_alternatives_of_a_condition_are_looked_at_until_the_user_says_which() {
    let text = "Parameters: {Stage: {Type: String, Default: dev}}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
  IsNotProd: !Not [!Condition IsProd]
Resources:
  Share:
    Type: AWS::Lambda::LayerVersionPermission
    Condition: IsProd
    Properties:
      Action: lambda:GetLayerVersion
      LayerVersionArn: arn:aws:lambda:eu-west-1:111122223333:layer:deps:3
      Principal: '*'
";
    let folder = repository(&[("template.yaml", text)]);
    assert_eq!(findings(folder.path(), &[]), ["policy/public-layer template.yaml:6 - -"]);
    assert!(findings(folder.path(), &["--parameter", "Stage=dev"]).is_empty());
    assert_eq!(findings(folder.path(), &["--parameter", "Stage=prod"]).len(), 1);
    let report = json(folder.path(), &[]);
    assert_eq!(report["policies"][0]["verdict"], "public");
}

#[test]
fn values_that_only_a_deployment_knows_are_listed_and_can_be_made_to_fail() {
    let text = "Resources:
  Orders:
    Type: AWS::Lambda::Function
    Properties:
      Code: {S3Bucket: b, S3Key: k}
      Runtime: python3.12
      Handler: app.handler
      Layers: [!ImportValue shared-layer]
";
    let folder = repository(&[("template.yaml", text)]);
    let report = json(folder.path(), &[]);
    assert_eq!(report["unresolved"][0]["expression"], "!ImportValue shared-layer");
    assert_eq!(report["unresolved"][0]["location"]["line"], 8);
    assert_eq!(layerlint(folder.path(), &[]).status.code(), Some(0));
    assert_eq!(layerlint(folder.path(), &["--strict-unresolved"]).status.code(), Some(1));
}

#[test]
fn samconfig_says_region_and_parameters() {
    let text = "Parameters: {Account: {Type: String}}
Resources:
  Orders:
    Type: AWS::Lambda::Function
    Properties:
      Code: {S3Bucket: b, S3Key: k}
      Runtime: python3.12
      Handler: app.handler
      Layers: [!Sub 'arn:aws:lambda:us-east-1:${Account}:layer:deps:3']
";
    let config = "version = 0.1\n[default.deploy.parameters]\nregion = \"eu-west-1\"\nparameter_overrides = \"Account=\\\"111122223333\\\"\"\n";
    let folder = repository(&[("template.yaml", text), ("samconfig.toml", config)]);
    assert_eq!(findings(folder.path(), &[]), ["deployment/other-region-layer template.yaml:9 - Orders"]);
    assert!(findings(folder.path(), &["--region", "us-east-1"]).is_empty());
}

#[test]
fn ignores_stand_in_comments_and_in_metadata() {
    let share = |before: &str, metadata: &str| {
        format!(
            "Resources:\n{before}  Share:\n    Type: AWS::Lambda::LayerVersionPermission\n{metadata}    Properties:\n      Action: lambda:GetLayerVersion\n      LayerVersionArn: arn:aws:lambda:eu-west-1:111122223333:layer:deps:3\n      Principal: '*'\n"
        )
    };
    let comment = "  # layerlint: ignore[policy/public-layer] published for everybody\n";
    let expired = "  # layerlint: ignore[policy/public-layer] until 2026-11-19 for a while\n";
    let metadata = "    Metadata: {layerlint: {ignore: [policy/public-layer]}}\n";
    for (text, count) in [
        (share("", ""), 1),
        (share(comment, ""), 0),
        (share(expired, ""), 1),
        (share("", metadata), 0),
        (share("  # layerlint: ignore[policy/no-op-grant] another rule\n", ""), 1),
    ] {
        let folder = repository(&[("template.yaml", &text)]);
        assert_eq!(findings(folder.path(), &[]).len(), count, "{text}");
    }
    let wrong = repository(&[("template.yaml", &share("  # layerlint: ignore[policy/public-layer]\n", ""))]);
    let output = layerlint(wrong.path(), &[]);
    assert_eq!(output.status.code(), Some(2));
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(told.contains("template.yaml:2") && told.contains("needs a reason"), "{told}");
}

#[test]
fn json_and_yaml_say_the_same() {
    let text = r#"{"Resources": {
  "Orders": {"Type": "AWS::Lambda::Function", "Properties": {"Code": "fn.zip", "Handler": "app.handle", "Runtime": "python3.12"}}
}}"#;
    let folder = repository(&[
        ("template.json", &format!("\u{feff}{text}")),
        ("fn.zip", "app.py=def handler(event, context): return 1"),
    ]);
    assert_eq!(
        findings(folder.path(), &["template.json"]),
        ["runtime/handler-symbol-missing template.json:2 Orders Orders"]
    );
}

#[test]
fn a_template_may_come_from_standard_input_and_broken_ones_do_not_hide_the_others() {
    let folder = repository(&[
        ("bad.yaml", "Resources:\n  A:\n\t- x\n"),
        (
            "good.yaml",
            "Resources:\n  S:\n    Type: AWS::Lambda::LayerVersionPermission\n    Properties: {Action: 'lambda:GetLayerVersion', LayerVersionArn: 'arn:aws:lambda:eu-west-1:111122223333:layer:deps:3', Principal: '*'}\n",
        ),
    ]);
    let output = layerlint(folder.path(), &["bad.yaml", "good.yaml", "--format", "concise"]);
    assert_eq!(output.status.code(), Some(2));
    let (out, told) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(out.contains("policy/public-layer"), "{out}");
    assert!(told.contains("bad.yaml") && told.contains("not YAML"), "{told}");
    let mut child = Command::new(env!("CARGO_BIN_EXE_layerlint"))
        .current_dir(folder.path())
        .args(["-", "--format", "concise"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(&fs::read(folder.path().join("good.yaml")).unwrap()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert!(String::from_utf8_lossy(&output.stdout).contains("policy/public-layer"));
}

#[test]
fn what_is_made_to_exhaust_a_reader_ends_soon() {
    let mut laughs = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n".to_owned();
    for level in 1..9 {
        laughs
            .push_str(&format!("a{level}: &a{level} [{}]\n", vec![format!("*a{}", level - 1); 10].join(",")));
    }
    laughs.push_str("Resources:\n  F:\n    Type: AWS::Lambda::Function\n    Properties: {Layers: *a8, Handler: *a8, Code: *a8}\n");
    let mut large = "Resources:\n".to_owned();
    for number in 0..30_000 {
        large.push_str(&format!(
            "  F{number}:\n    Type: AWS::Lambda::Function\n    Properties:\n      Code: {{S3Bucket: b, S3Key: !Sub 'k-${{AWS::Region}}'}}\n      Handler: !Ref H\n      Runtime: python3.12\n"
        ));
    }
    let doubling = format!(
        "Resources:\n  F:\n    Type: AWS::Lambda::Function\n    Properties:\n      Handler: !Sub ['{}', {{x: !Sub ['{}', {{x: '{}'}}]}}]\n      Code: {{S3Bucket: b, S3Key: k}}\n",
        "${x}".repeat(3000),
        "${x}".repeat(3000),
        "y".repeat(3000)
    );
    let conditions: String = (0..60).map(|at| format!("  C{at}: !Equals [!Ref P{at}, x]\n")).collect();
    let branches: String = (0..60).map(|at| format!("        - !If [C{at}, a{at}, b{at}]\n")).collect();
    let many = format!(
        "Conditions:\n{conditions}Resources:\n  F:\n    Type: AWS::Lambda::Function\n    Properties:\n      Code: {{S3Bucket: b, S3Key: k}}\n      Layers:\n{branches}"
    );
    for (name, text) in [("laughs", laughs), ("large", large), ("doubling", doubling), ("many", many)] {
        let folder = repository(&[("template.yaml", &text)]);
        let started = Instant::now();
        let output = layerlint(folder.path(), &["template.yaml", "--format", "concise"]);
        assert!(matches!(output.status.code(), Some(0..=2)), "{name}: {:?}", output.status);
        assert!(started.elapsed() < Duration::from_secs(60), "{name}: {:?}", started.elapsed());
    }
}
