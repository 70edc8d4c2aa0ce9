//! Values: variables, overrides, conditions, and what only a deployment knows.

use super::{
    LAYER, SHARE, shop,
    support::repository::{findings, json, layerlint, repository},
};

#[test]
fn overrides_replace_arguments() {
    let share = SHARE.replace("PRINCIPAL", "\"444455556666\"");
    let other = "resource \"aws_lambda_layer_version_permission\" \"share\" {\n  principal = \"*\"\n}\n";
    let folder = repository(&[("share.tf", &share), ("a_override.tf", other)]);
    assert_eq!(findings(folder.path(), &[]), ["policy/public-layer a_override.tf:2 - -"]);
}

#[test]
fn broken_values_show_no_line() {
    let folder = shop(&[("layers.tf", LAYER), ("terraform.tfvars", "password = hunter2 hunter2\n")]);
    let output = layerlint(folder.path(), &[]);
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2));
    assert!(told.contains("terraform.tfvars:1:20 is not HCL") && !told.contains("hunter2"), "{told}");
}

#[test]
fn values_of_variables_come_from_where_terraform_takes_them() {
    let text = r#"variable "runtime" {}
variable "handler" { default = "app.nothing" }
variable "layers" { default = [] }

resource "aws_lambda_function" "orders" {
  filename = "fn.zip"
  runtime  = var.runtime
  handler  = var.handler
  layers   = var.layers
}
"#;
    let files = [
        ("main.tf", text),
        ("terraform.tfvars", "runtime = \"python2.7\"\nhandler = \"app.wrong\"\n"),
        ("b.auto.tfvars", "runtime = \"python3.12\"\n"),
        ("a.auto.tfvars.json", "{\"runtime\": \"python3.6\"}"),
        ("prod.tfvars", "runtime = \"ruby3.3\"\n"),
        ("fn.zip", "app.py=def handler(event, context): return 1"),
    ];
    let folder = repository(&files);
    let found = findings(folder.path(), &["--select", "runtime"]);
    assert_eq!(
        found,
        ["runtime/handler-symbol-missing main.tf:5 aws_lambda_function.orders aws_lambda_function.orders"]
    );
    let said = ["--parameter", "handler=app.handler", "--select", "runtime,deployment"];
    assert_eq!(findings(folder.path(), &said), Vec::<String>::new());
    let list = "layers=[\"arn:aws:lambda:eu-west-1:111122223333:layer:metrics\"]";
    let found = findings(folder.path(), &[&said[..], &["--parameter", list]].concat());
    assert_eq!(found, ["deployment/unversioned-layer main.tf:9 - aws_lambda_function.orders"]);
}

#[test]
fn what_only_a_deployment_knows_is_listed_with_its_line() {
    let text = r#"variable "more" {}

data "aws_ssm_parameter" "layer" {
  name = "/layers/metrics"
}

resource "aws_lambda_function" "orders" {
  filename = "fn.zip"
  runtime  = "python3.12"
  handler  = "app.handler"
  layers = concat(
    [data.aws_ssm_parameter.layer.value],
    var.more,
  )
}
"#;
    let zip = ("fn.zip", "app.py=import shop; handler = shop.run");
    let folder = repository(&[("main.tf", text), zip]);
    let report = json(folder.path(), &[]);
    let listed: Vec<(&str, i64)> = report["unresolved"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| (one["expression"].as_str().unwrap(), one["location"]["line"].as_i64().unwrap()))
        .collect();
    assert_eq!(listed, [("data.aws_ssm_parameter.layer.value", 11), ("var.more", 11)]);
    assert!(
        !report["findings"].to_string().contains("unresolved-import"),
        "a layer may bring it: {report:#}"
    );
    assert_eq!(
        layerlint(folder.path(), &["--strict-unresolved", "--select", "deployment"]).status.code(),
        Some(1)
    );
    let value = "more=[\"arn:aws:lambda:eu-west-1:111122223333:layer:more:1\"]";
    let report = json(folder.path(), &["--parameter", value]);
    assert_eq!(report["unresolved"].as_array().unwrap().len(), 1, "{report:#}");
}

/// Either list may be deployed: both are looked at, and the function says which it is.
#[test]
fn both_lists_of_a_condition_are_looked_at() {
    let text = r#"variable "env" { default = "dev" }

resource "aws_lambda_function" "orders" {
  runtime = "python3.12"
  handler = "app.handler"
  filename = "fn.zip"
  layers  = var.env == "prod" ? ["arn:aws:lambda:eu-west-1:111122223333:layer:metrics:7", "arn:aws:lambda:eu-west-1:111122223333:layer:metrics:8"] : []
}
"#;
    let folder = repository(&[("main.tf", text), ("fn.zip", "app.py=def handler(event, context): return 1")]);
    let report = json(folder.path(), &[]);
    let functions: Vec<&str> =
        report["functions"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(functions.len(), 2, "{report:#}");
    assert!(functions.iter().any(|name| name.contains("var.env = prod")), "{functions:?}");
}

/// The assumption that a condition makes holds for what it guards.
#[test]
fn a_default_that_a_condition_guards_against_is_not_taken() {
    let text = r#"variable "layer" { default = "" }
variable "list" { default = [""] }
variable "runtime" { default = "" }
resource "aws_lambda_function" "orders" {
  runtime  = var.runtime
  handler  = "app.handler"
  filename = "fn.zip"
  layers   = concat(var.layer == "" ? [] : [var.layer], length(var.list) > 0 ? var.list : [])
}
"#;
    let folder = repository(&[("main.tf", text), ("fn.zip", "app.py=def handler(event, context): return 1")]);
    assert_eq!(findings(folder.path(), &[]), Vec::<String>::new());
    let args = ["--parameter", "layer=arn:aws:lambda:eu-west-1:111122223333:layer:metrics"];
    assert_eq!(findings(folder.path(), &args).len(), 1);
}

#[test]
fn the_json_form_is_read_with_its_lines() {
    let text = r#"{
  "locals": { "name": "deps" },
  "resource": {
    "aws_lambda_layer_version": {
      "deps": {
        "layer_name": "${local.name}",
        "filename": "${path.module}/${local.name}.zip",
        "compatible_runtimes": ["python3.12"]
      }
    },
    "aws_lambda_function": {
      "orders": {
        "filename": "fn.zip",
        "runtime": "python3.12",
        "handler": "app.handler",
        "layers": [
          "${aws_lambda_layer_version.deps.layer_arn}"
        ]
      }
    }
  }
}
"#;
    let folder = repository(&[
        ("main.tf.json", text),
        ("fn.zip", "app.py=def handler(event, context): return 1"),
        ("deps.zip", "shop/__init__.py=x = 1"),
    ]);
    let found = findings(folder.path(), &["--select", "deployment/unversioned-layer,layout"]);
    assert_eq!(
        found,
        [
            "layout/unreachable-packages main.tf.json:5 aws_lambda_layer_version.deps -",
            "deployment/unversioned-layer main.tf.json:17 - aws_lambda_function.orders",
        ]
    );
}

#[test]
fn comments_ignore_what_is_right_where_it_stands() {
    let text = SHARE.replace("PRINCIPAL", "\"*\"");
    let above = text
        .replace("resource \"", "# layerlint: ignore[policy/public-layer] made for everybody\nresource \"");
    let beside = text.replace("\"*\"", "\"*\" // layerlint: ignore[policy/public-layer] made for everybody");
    for text in [&above, &beside] {
        let folder = repository(&[("share.tf", text)]);
        assert_eq!(findings(folder.path(), &[]), Vec::<String>::new(), "{text}");
        assert_eq!(findings(folder.path(), &["--no-ignores"]).len(), 1, "{text}");
    }
    let folder = repository(&[("share.tf", &above.replace(" made for everybody", ""))]);
    let output = layerlint(folder.path(), &[]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("share.tf:7"), "an ignore needs a reason");
}
