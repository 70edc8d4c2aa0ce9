//! Services of the Serverless Framework.

use std::{
    fmt::Write as _,
    fs,
    path::Path,
    time::{Duration, Instant},
};

use serde_json::json;
use tempfile::TempDir;

use super::{
    findings, has, has_no, layerlint, not_analysed, report,
    support::repository::{repository, zip},
    write,
};

const SERVICE: &str = "service: shop
frameworkVersion: '3'
provider:
  name: aws
  runtime: python3.12
  region: eu-west-1
  stage: ${opt:stage, 'dev'}
  layers:
    - arn:aws:lambda:us-east-1:111122223333:layer:base:1
custom:
  numpy:
    dev: arn:aws:lambda:eu-west-1:111122223333:layer:numpy:1
    prod: arn:aws:lambda:us-east-1:111122223333:layer:numpy:2
layers:
  shop-deps:
    path: layers/deps
    compatibleRuntimes: [python3.12]
    allowedAccounts:
      - '*'
  tools:
    package:
      artifact: tools.zip
    compatibleRuntimes: [nodejs22.x]
    retain: true
    allowedAccounts: [444455556666]
functions:
  orders:
    handler: app.handler
    url: true
    package:
      artifact: orders.zip
    layers:
      - !Ref ShopDashdepsLambdaLayer
      - ${self:custom.numpy.${sls:stage}}
      - Ref: ToolsLambdaLayer
      - ${ssm:/layers/secret}
  plain:
    handler: app.handler
resources:
  Resources:
    Partner:
      Type: AWS::Lambda::LayerVersionPermission
      Properties:
        Action: lambda:GetLayerVersion
        LayerVersionArn: !Ref ToolsLambdaLayer
        Principal: '777788889999'
";

fn service() -> TempDir {
    repository(&[
        ("serverless.yml", SERVICE),
        ("layers/deps/shop/__init__.py", "total = 1\n"),
        ("tools.zip", "nodejs/node_modules/a/index.js=module.exports = 1"),
        ("orders.zip", "app.py=def handler(event, context): return 1"),
    ])
}

#[test]
fn a_wrong_layer_of_a_service_is_told_at_its_line() {
    let folder = service();
    for args in [&[][..], &["serverless.yml"], &["."]] {
        let found = findings(folder.path(), args, "");
        has(&found, "layout/unreachable-packages serverless.yml:15 shop-deps -");
        has(&found, "policy/public-layer serverless.yml:19 - -");
        has(&found, "deployment/forbidden-url serverless.yml:29 - -");
        // the provider's list holds for the function that has none
        has(&found, "deployment/other-region-layer serverless.yml:9 - plain");
        has(&found, "deployment/incompatible-runtime serverless.yml:35 - orders");
    }
    let told = report(folder.path(), &[], "");
    let orders = &told["functions"][0];
    assert_eq!(orders["name"], "orders");
    assert_eq!(orders["layers"][0], "shop-deps");
    assert_eq!(orders["layers"][1], "arn:aws:lambda:eu-west-1:111122223333:layer:numpy:1");
    assert_eq!(orders["layers"][2], "tools");
    assert!(told["unresolved"].to_string().contains("${ssm:/layers/secret}"), "{told:#}");
    assert!(not_analysed(&told).contains("serverless package"), "{told:#}");
}

#[test]
fn parameters_of_a_service_choose_its_layers() {
    let folder = service();
    let found = findings(folder.path(), &["serverless.yml", "--parameter", "stage=prod"], "");
    // where the value is written, not where it is used
    has(&found, "deployment/other-region-layer serverless.yml:13 - orders");
    let without = findings(folder.path(), &["serverless.yml"], "");
    has_no(&without, "deployment/other-region-layer serverless.yml:13");
}

#[test]
fn permissions_of_a_service_and_of_its_resources_are_one_policy() {
    let folder = service();
    let told = report(folder.path(), &[], "");
    let found = findings(folder.path(), &["--account", "111122223333", "--pedantic"], "");
    has(&found, "policy/cross-account-layer serverless.yml:25 - -");
    has(&found, "policy/cross-account-layer serverless.yml:41 - -");
    assert_eq!(told["policies"].as_array().unwrap().len(), 3, "{:#}", told["policies"]);
    // the layer that is retained is not deleted by an update, the other one is
    let deleted: Vec<_> =
        found.iter().filter(|one| one.starts_with("deployment/unversioned-retention")).collect();
    assert_eq!(deleted, ["deployment/unversioned-retention serverless.yml:15 - -"]);
}

/// What `serverless package` of version 3.40 leaves, without what has nothing to do with layers.
fn packed(folder: &Path) {
    let digest = "0123456789abcdef0123456789abcdef01234567";
    let content = |file: &str| {
        json!({"S3Bucket": {"Ref": "ServerlessDeploymentBucket"},
               "S3Key": format!("serverless/shop/dev/1795245317865-2026-11-21T07:15:17.865Z/{file}")})
    };
    let tools = format!("ToolsLambdaLayer{digest}");
    let template = json!({
        "AWSTemplateFormatVersion": "2010-09-09",
        "Resources": {
            "ServerlessDeploymentBucket": {"Type": "AWS::S3::Bucket"},
            "ShopDashdepsLambdaLayer": {"Type": "AWS::Lambda::LayerVersion", "Properties": {
                "Content": content("shop-deps.zip"), "LayerName": "shop-deps", "CompatibleRuntimes": ["python3.12"]}},
            "ShopDashdepsWildLambdaLayerPermission": {"Type": "AWS::Lambda::LayerVersionPermission", "Properties": {
                "Action": "lambda:GetLayerVersion", "Principal": "*",
                "LayerVersionArn": {"Ref": "ShopDashdepsLambdaLayer"}}},
            tools.as_str(): {"Type": "AWS::Lambda::LayerVersion", "DeletionPolicy": "Retain", "Properties": {
                "Content": content("tools.zip"), "LayerName": "tools", "CompatibleRuntimes": ["nodejs22.x"]}},
            "OrdersLambdaFunction": {"Type": "AWS::Lambda::Function", "Properties": {
                "Code": content("orders.zip"), "Handler": "app.handler", "Runtime": "python3.12",
                "Layers": [{"Ref": "ShopDashdepsLambdaLayer"}]}},
            "OrdersLambdaFunctionUrl": {"Type": "AWS::Lambda::Url", "Properties": {
                "AuthType": "NONE", "TargetFunctionArn": {"Fn::GetAtt": ["OrdersLambdaFunction", "Arn"]}}},
            "OrdersLambdaPermissionFnUrl": {"Type": "AWS::Lambda::Permission", "Properties": {
                "FunctionName": {"Fn::GetAtt": ["OrdersLambdaFunction", "Arn"]}, "FunctionUrlAuthType": "NONE",
                "Action": "lambda:InvokeFunctionUrl", "Principal": "*"}},
            "Partner": {"Type": "AWS::Lambda::LayerVersionPermission", "Properties": {
                "Action": "lambda:GetLayerVersion", "Principal": "777788889999",
                "LayerVersionArn": {"Ref": "ShopDashdepsLambdaLayer"}},
                "Metadata": {"layerlint": {"ignore": {
                    "rule": "policy/cross-account-layer", "reason": "partner of ours"}}}}
        },
        "Outputs": {"ServerlessDeploymentBucketName": {"Value": {"Ref": "ServerlessDeploymentBucket"}}}
    });
    write(&folder.join(".serverless/cloudformation-template-update-stack.json"), &template);
    write(&folder.join(".serverless/serverless-state.json"), &json!({"service": {"service": "shop"}}));
    fs::write(folder.join(".serverless/shop-deps.zip"), zip("shop/__init__.py=total = 1")).unwrap();
    fs::write(folder.join(".serverless/orders.zip"), zip("app.py=def handler(event, context): return 1"))
        .unwrap();
}

#[test]
fn what_serverless_packed_is_told_at_the_lines_of_the_service() {
    let folder = service();
    packed(folder.path());
    for args in [
        &[][..],
        &["serverless.yml"],
        &[".serverless"],
        &[".serverless/cloudformation-template-update-stack.json"],
    ] {
        let found = findings(folder.path(), args, "");
        has(&found, "layout/unreachable-packages serverless.yml:15 shop-deps -");
        has(&found, "policy/public-layer serverless.yml:19 - -");
        has(&found, "deployment/forbidden-url serverless.yml:29 - -");
    }
    let told = report(folder.path(), &[], "");
    // a layer that was packed before is where the service says, and keeps its versions
    let packages = told["packages"].to_string();
    assert!(packages.contains("tools.zip") && packages.contains(".serverless/orders.zip"), "{packages}");
    assert!(!told.to_string().contains("0123456789abcdef"), "{told:#}");
}

#[test]
fn a_service_in_a_program_is_read_as_it_was_packed() {
    let folder = repository(&[("serverless.ts", "export default {}"), ("tools.zip", "nodejs/a.js=1")]);
    packed(folder.path());
    let found = findings(folder.path(), &[], "");
    assert!(
        found.iter().any(|one| one.starts_with("layout/unreachable-packages .serverless/cloudformation")),
        "{found:#?}"
    );
}

#[test]
fn a_packed_service_is_read_from_inside_of_its_folder() {
    let folder = service();
    packed(folder.path());
    let inside = folder.path().join(".serverless");
    let found = findings(&inside, &["cloudformation-template-update-stack.json"], "");
    has(&found, "layout/unreachable-packages ../serverless.yml:15 shop-deps -");
}

#[test]
fn comments_and_metadata_of_a_service_ignore_what_they_stand_for() {
    let comment = "# layerlint: ignore[policy/public-layer] published for everybody\n";
    let marked = SERVICE.replace("      - '*'\n", &format!("      {comment}      - '*'\n"));
    let marked = marked.replace(
        "      Properties:\n        Action",
        "      Metadata:\n        layerlint:\n          ignore:\n            - rule: policy/cross-account-layer\n              reason: partner of ours\n      Properties:\n        Action",
    );
    for is_packed in [false, true] {
        let folder = service();
        if is_packed {
            packed(folder.path());
        }
        let before = findings(folder.path(), &[], "");
        assert!(before.iter().any(|one| one.starts_with("policy/public-layer")), "{before:#?}");
        fs::write(folder.path().join("serverless.yml"), &marked).unwrap();
        let found = findings(folder.path(), &[], "");
        has_no(&found, "policy/public-layer");
        let said = layerlint(folder.path(), &[if is_packed { ".serverless" } else { "." }], "");
        let said = String::from_utf8(said.stdout).unwrap();
        assert!(said.contains("ignored") && !said.contains("matches nothing"), "{said}");
        if !is_packed {
            // the one in allowedAccounts stays, the one in resources is ignored
            let partners: Vec<_> = found.iter().filter(|one| one.contains("cross-account")).collect();
            assert_eq!(partners, ["policy/cross-account-layer serverless.yml:26 - -"]);
        }
    }
}

#[test]
fn services_that_grow_without_end_are_read_in_bounds() {
    let mut yaml = String::from(
        "service: shop\nprovider: {name: aws, runtime: python3.12}\ncustom:\n  a0: &a0 [x, x]\n",
    );
    for at in 1..30 {
        writeln!(yaml, "  a{at}: &a{at} [*a{}, *a{}]", at - 1, at - 1).unwrap();
    }
    yaml.push_str("functions:\n  f:\n    handler: a.b\n    layers: *a29\n    environment: ${self:}\n");
    yaml.push_str("resources:\n  Resources: ${self:custom}\n");
    let folder = repository(&[("serverless.yml", &yaml)]);
    let start = Instant::now();
    let output = layerlint(folder.path(), &["serverless.yml"], "");
    assert!(matches!(output.status.code(), Some(0..=2)), "{output:?}");
    assert!(start.elapsed() < Duration::from_secs(30), "{:?}", start.elapsed());
}

#[test]
fn broken_services_are_told_with_their_line() {
    for (text, line) in [
        ("service: shop\nprovider:\n  name: aws\n\tregion: x\n", "serverless.yml:3"),
        ("service: shop\nprovider: {name: aws\n", "serverless.yml"),
    ] {
        let folder = repository(&[("serverless.yml", text)]);
        let output = layerlint(folder.path(), &["serverless.yml"], "");
        let told = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(2), "{told}");
        assert!(told.contains(line), "{told}");
    }
    let twice = "service: s\nprovider: {name: aws}\nfunctions:\n  f: {handler: a.b}\n  f: {handler: c.d}\n";
    let folder = repository(&[("serverless.yml", twice)]);
    has(&findings(folder.path(), &["serverless.yml"], ""), "deployment/repeated-key serverless.yml:5 - -");
}

#[test]
fn services_for_other_clouds_are_not_taken() {
    let folder = repository(&[("serverless.yml", "service: s\nprovider:\n  name: google\n")]);
    assert_eq!(layerlint(folder.path(), &["serverless.yml"], "").status.code(), Some(2));
}
