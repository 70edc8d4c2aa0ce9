//! Folders of `.tf` files as people keep them in a repository, run through the program.

#![allow(
    clippy::pedantic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a fault of a test is a panic"
)]

mod support;

use std::time::{Duration, Instant};

use support::repository::{findings, json, layerlint, repository};

const APP: (&str, &str) =
    ("src/app.py", "import shop\n\ndef handler(event, context):\n    return shop.total\n");

const FUNCTION: &str = r#"data "archive_file" "orders" {
  type        = "zip"
  source_dir  = "${path.module}/src"
  output_path = "${path.module}/build/orders.zip"
}

resource "aws_lambda_function" "orders" {
  function_name = "orders"
  role          = aws_iam_role.orders.arn
  filename      = data.archive_file.orders.output_path
  handler       = "app.handler"
  runtime       = local.runtime
  layers        = [aws_lambda_layer_version.deps.arn]
}
"#;

const LAYER: &str = r#"locals {
  runtime = "python3.12"
  name    = "deps"
}

data "archive_file" "deps" {
  type        = "zip"
  source_dir  = "${path.module}/layer"
  output_path = format("%s/build/%s.zip", path.module, local.name)
}

resource "aws_lambda_layer_version" "deps" {
  layer_name          = local.name
  filename            = data.archive_file.deps.output_path
  source_code_hash    = data.archive_file.deps.output_base64sha256
  compatible_runtimes = [local.runtime]
}
"#;

/// The whole of a function with a layer, the layer given by its files.
fn shop<'a>(more: &[(&'a str, &'a str)]) -> tempfile::TempDir {
    repository(&[&[APP, ("function.tf", FUNCTION)], more].concat())
}

#[test]
fn an_archive_of_the_inside_of_python_is_told_at_its_layer() {
    let inside = LAYER.replace("/layer\"", "/layer/python\"");
    let folder = shop(&[("layers.tf", &inside), ("layer/python/shop/__init__.py", "total = 1\n")]);
    assert_eq!(
        findings(folder.path(), &[]),
        [
            "layout/unreachable-packages layers.tf:12 aws_lambda_layer_version.deps -",
            "runtime/unresolved-import function.tf:7 aws_lambda_function.orders aws_lambda_function.orders",
        ]
    );
    let output = layerlint(folder.path(), &[]);
    assert!(String::from_utf8_lossy(&output.stdout).contains("layers.tf:12:1"));
}

#[test]
fn the_same_with_its_folder_is_silent_however_it_is_named() {
    let folder = shop(&[("layers.tf", LAYER), ("layer/python/shop/__init__.py", "total = 1\n")]);
    for args in [&[][..], &["."], &["function.tf"]] {
        let report = json(folder.path(), args);
        assert_eq!(report["findings"].as_array().unwrap().len(), 0, "{args:?} {report:#}");
        assert_eq!(report["packages"].as_array().unwrap().len(), 2, "{args:?} {report:#}");
        assert_eq!(report["unresolved"].as_array().unwrap().len(), 0, "{args:?} {report:#}");
    }
    let output = layerlint(folder.path(), &[]);
    assert!(String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).contains("taken: *.tf"));
}

#[test]
fn a_zip_that_is_there_without_its_archive_is_looked_at() {
    let layer = "resource \"aws_lambda_layer_version\" \"deps\" {\n  layer_name = \"deps\"\n  filename = \"deps.zip\"\n  \
                 compatible_runtimes = [\"python3.12\"]\n}\nlocals { runtime = \"python3.12\" }\n";
    let folder = shop(&[("layers.tf", layer), ("deps.zip", "shop/__init__.py=total = 1")]);
    let found = findings(folder.path(), &[]);
    assert!(found[0].starts_with("layout/unreachable-packages layers.tf:1 "), "{found:?}");
}

/// What an earlier run left says nothing about the next one: the folder counts, not the zip of yesterday.
#[test]
fn a_folder_is_newer_than_the_zip_that_was_made_of_it() {
    let (inside, outside) =
        (("layer/python/shop.py", "total = 1\n"), ("build/deps.zip", "shop.py=total = 1"));
    let folder = shop(&[("layers.tf", LAYER), inside, outside]);
    assert_eq!(findings(folder.path(), &[]), Vec::<String>::new());
    let excludes = LAYER.replace("  output_path", "  excludes    = [\"x\"]\n  output_path");
    let folder = shop(&[("layers.tf", &excludes), inside, outside]);
    let found = findings(folder.path(), &[]);
    assert!(found[0].starts_with("layout/unreachable-packages"), "not all of the folder is in it: {found:?}");
    let folder = shop(&[
        ("layers.tf", LAYER),
        inside,
        ("layer/python/requirements.txt", "x\n"),
        ("layer/requirements.txt", "x\n"),
    ]);
    let report = json(folder.path(), &[]);
    assert_eq!(report["findings"].as_array().unwrap().len(), 0, "{report:#}");
    assert!(report["not_analysed"].to_string().contains("dependencies are not installed in"), "{report:#}");
}

/// The shape of most examples: a function of one file.
#[test]
fn an_archive_of_one_file_has_that_file() {
    let text = |file: &str, handler: &str| {
        format!(
            r#"data "archive_file" "orders" {{
  type        = "zip"
  source_file = "${{path.module}}/src/{file}"
  output_path = "orders.zip"
}}
resource "aws_lambda_function" "orders" {{
  filename = data.archive_file.orders.output_path
  handler  = "{handler}"
  runtime  = "python3.12"
}}
"#
        )
    };
    let app = ("src/app.py", "import helper\n\ndef handler(event, context):\n    return helper.total\n");
    let helper = ("src/helper.py", "total = 1\n");
    let folder = repository(&[("main.tf", &text("app.py", "app.handler")), app, helper]);
    let found = findings(folder.path(), &[]);
    let orders = "main.tf:6 aws_lambda_function.orders aws_lambda_function.orders";
    assert_eq!(found, [format!("runtime/unresolved-import {orders}")], "helper.py is not in the zip");
    let folder = repository(&[("main.tf", &text("helper.py", "helper.handler")), helper]);
    assert_eq!(findings(folder.path(), &[]), [format!("runtime/handler-symbol-missing {orders}")]);
    let folder = repository(&[("main.tf", &text("none.py", "none.handler"))]);
    assert!(json(folder.path(), &[])["not_analysed"].to_string().contains("run that first"));
}

#[test]
fn what_is_uploaded_first_is_looked_at() {
    let layer = r#"locals { runtime = "python3.12" }
resource "aws_s3_object" "deps" {
  bucket = "builds"
  key    = "layers/${terraform.workspace}/deps.zip"
  source = "dist/deps.zip"
}
resource "aws_lambda_layer_version" "deps" {
  layer_name = "deps"
  s3_bucket  = aws_s3_object.deps.bucket
  s3_key     = aws_s3_object.deps.key
  compatible_runtimes = [local.runtime]
}
"#;
    for layer in [layer, &layer.replace("deps.key", "deps.id")] {
        let folder = shop(&[("layers.tf", layer), ("dist/deps.zip", "shop.py=total = 1")]);
        let found = findings(folder.path(), &["--select", "layout"]);
        assert_eq!(found, ["layout/unreachable-packages layers.tf:7 aws_lambda_layer_version.deps -"]);
    }
    let folder = shop(&[("layers.tf", &layer.replace("aws_s3_object.deps.key", "\"deps.zip\""))]);
    assert!(json(folder.path(), &[])["not_analysed"].to_string().contains("in a bucket"));
}

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
fn a_layer_without_its_version_is_told_at_the_member_of_the_list() {
    let function = FUNCTION.replace(
        "[aws_lambda_layer_version.deps.arn]",
        "[\n    aws_lambda_layer_version.deps.layer_arn,\n  ]",
    );
    let folder = repository(&[
        APP,
        ("function.tf", &function),
        ("layers.tf", LAYER),
        ("layer/python/shop/__init__.py", "total = 1\n"),
    ]);
    let found = findings(folder.path(), &[]);
    assert_eq!(found, ["deployment/unversioned-layer function.tf:14 - aws_lambda_function.orders"]);
}

#[test]
fn layers_for_two_architectures_are_two_and_the_wrong_one_is_told() {
    let text = r#"locals {
  architectures = toset(["arm64", "x86_64"])
}

resource "aws_lambda_layer_version" "deps" {
  for_each                 = local.architectures
  layer_name               = "deps-${replace(each.key, "_", "-")}"
  filename                 = "${path.module}/deps-${each.key}.zip"
  compatible_runtimes      = ["python3.12"]
  compatible_architectures = [each.value]
}

resource "aws_lambda_function" "orders" {
  function_name = "orders"
  filename      = "fn.zip"
  handler       = "app.handler"
  runtime       = "python3.12"
  architectures = ["arm64"]
  layers        = [aws_lambda_layer_version.deps["x86_64"].arn]
}
"#;
    let zips = [
        ("fn.zip", "app.py=def handler(event, context): return 1"),
        ("deps-arm64.zip", "python/shop.py=x = 1"),
        ("deps-x86_64.zip", "python/shop.py=x = 2"),
    ];
    let args = ["--select", "deployment/incompatible-architecture"];
    let folder = repository(&[&zips[..], &[("main.tf", text)]].concat());
    assert_eq!(
        findings(folder.path(), &args),
        ["deployment/incompatible-architecture main.tf:19 - aws_lambda_function.orders"]
    );
    assert_eq!(json(folder.path(), &[])["packages"].as_array().unwrap().len(), 3);
    let right = text.replace("[\"x86_64\"]", "[\"arm64\"]");
    let folder = repository(&[&zips[..], &[("main.tf", &right)]].concat());
    assert_eq!(findings(folder.path(), &args), Vec::<String>::new());
}

const SHARE: &str = r#"variable "env" {
  default = "dev"
}

data "aws_caller_identity" "current" {}

resource "aws_lambda_layer_version_permission" "share" {
  count          = var.env == "prod" ? 1 : 0
  layer_name     = "arn:aws:lambda:eu-west-1:111122223333:layer:metrics"
  version_number = 7
  action         = "lambda:GetLayerVersion"
  statement_id   = "share"
  principal      = PRINCIPAL
}
"#;

/// A default decides no condition: production is what it is there for. The user decides it.
#[test]
fn a_layer_that_is_public_in_production_only_is_public() {
    let text = SHARE.replace("PRINCIPAL", "\"*\"");
    let folder = repository(&[("share.tf", &text)]);
    for args in [&["share.tf"][..], &["share.tf", "--parameter", "env=prod"]] {
        let report = json(folder.path(), args);
        assert_eq!(report["policies"][0]["verdict"], "public", "{report:#}");
        assert_eq!(findings(folder.path(), args), ["policy/public-layer share.tf:13 - -"]);
    }
    let args = ["share.tf", "--parameter", "env=dev"];
    assert_eq!(findings(folder.path(), &args), Vec::<String>::new());
}

#[test]
fn grants_are_judged_as_lambda_would_store_them() {
    for (principal, rule) in [
        ("data.aws_caller_identity.current.account_id", "policy/no-op-grant"),
        ("\"arn:aws:iam::${data.aws_caller_identity.current.account_id}:root\"", "policy/no-op-grant"),
        ("\"444455556666\"", "policy/cross-account-layer"),
        ("444455556666", "policy/cross-account-layer"),
        ("\"arn:aws:iam::*:root\"", "policy/invalid"),
        ("\"*\"\n  organization_id = \"o-abcdefghij\"", "policy/organization-layer"),
    ] {
        let text = SHARE.replace("PRINCIPAL", principal);
        let folder = repository(&[("share.tf", &text)]);
        let found = findings(folder.path(), &["--pedantic"]);
        assert_eq!(found, [format!("{rule} share.tf:13 - -")], "{principal}");
    }
    let open = SHARE.replace("PRINCIPAL", "var.partner");
    let report = json(repository(&[("share.tf", &open)]).path(), &[]);
    assert_eq!(report["findings"].as_array().unwrap().len(), 0, "{report:#}");
    assert!(report["not_analysed"].to_string().contains("whom it is for"), "{report:#}");
}

#[test]
fn functions_urls_and_identities_are_judged_too() {
    let text = r#"resource "aws_lambda_permission" "bucket" {
  action        = "lambda:InvokeFunction"
  function_name = "orders"
  principal     = "s3.amazonaws.com"
}

resource "aws_lambda_function_url" "open" {
  function_name      = "orders"
  authorization_type = "NONE"
}

resource "aws_iam_role_policy" "swap" {
  role   = "x"
  policy = data.aws_iam_policy_document.swap.json
}

data "aws_iam_policy_document" "swap" {
  statement {
    sid       = "swap"
    actions   = ["lambda:UpdateFunctionConfiguration", "lambda:GetLayerVersion"]
    resources = ["*"]
  }
}

resource "aws_iam_policy" "all" {
  policy = jsonencode({
    Version = "2012-10-17"
    Statement = [{ Effect = "Allow", Action = ["lambda:*"], Resource = "*" }]
  })
}
"#;
    let folder = repository(&[("main.tf", text)]);
    let found = findings(folder.path(), &["--select", "policy"]);
    for expected in [
        "policy/confused-deputy main.tf:4 - -",
        "policy/public-function-url main.tf:9 - -",
        "policy/layer-swap main.tf:14 - -",
        "policy/layer-swap main.tf:26 - -",
    ] {
        assert!(found.contains(&expected.to_owned()), "{expected} is not in {found:#?}");
    }
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
fn a_layer_is_used_when_anything_refers_to_it() {
    let layer = |name: &str| {
        format!(
            "resource \"aws_lambda_layer_version\" \"{name}\" {{\n  layer_name = \"{name}\"\n  filename = \"deps.zip\"\n}}\n"
        )
    };
    let text = [
        layer("by_output"),
        layer("by_parameter"),
        layer("by_nothing"),
        "output \"x\" { value = { a = [aws_lambda_layer_version.by_output.arn] } }\n".to_owned(),
        "resource \"aws_ssm_parameter\" \"x\" { value = \"${aws_lambda_layer_version.by_parameter.arn}\" }\n"
            .to_owned(),
        "resource \"aws_lambda_function\" \"f\" {\n  filename = \"fn.zip\"\n}\n".to_owned(),
    ]
    .concat();
    let folder =
        repository(&[("main.tf", &text), ("fn.zip", "app.py=x"), ("deps.zip", "python/shop.py=x = 1")]);
    let found = findings(folder.path(), &["--select", "deployment/unused-layer"]);
    assert_eq!(found, ["deployment/unused-layer main.tf:9 - -"]);
}

#[test]
fn modules_of_the_repository_are_followed_and_others_are_said() {
    let module = r#"variable "layers" { type = list(string) }
variable "name" {}
resource "aws_lambda_function" "this" {
  function_name = var.name
  filename      = "${path.module}/fn.zip"
  runtime       = "python3.12"
  handler       = "app.handle"
  layers        = var.layers
}
"#;
    let layers = r#"resource "aws_lambda_layer_version" "deps" {
  layer_name          = "deps"
  filename            = "${path.module}/deps.zip"
  compatible_runtimes = ["python3.11"]
}
output "arn" { value = aws_lambda_layer_version.deps.arn }
"#;
    let root = r#"module "layers" {
  source = "./modules/layers"
}

module "orders" {
  source   = "./modules/fn"
  for_each = toset(["eu", "us"])
  name     = "orders-${each.key}"
  layers   = [module.layers.arn]
}

module "elsewhere" {
  source  = "terraform-aws-modules/lambda/aws"
  version = "7.2.1"
}
"#;
    let folder = repository(&[
        ("main.tf", root),
        ("modules/fn/main.tf", module),
        ("modules/fn/fn.zip", "app.py=def handler(event, context): return 1"),
        ("modules/layers/main.tf", layers),
        ("modules/layers/deps.zip", "python/shop.py=x = 1"),
    ]);
    let found = findings(folder.path(), &["--select", "deployment,runtime"]);
    let one = "deployment/incompatible-runtime modules/fn/main.tf:8 - module.orders[\"eu\"].aws_lambda_function.this";
    assert!(found.contains(&one.to_owned()), "{found:#?}");
    assert!(
        found.iter().any(|one| one.starts_with("runtime/handler-symbol-missing modules/fn/main.tf:3 ")),
        "{found:#?}"
    );
    let report = json(folder.path(), &[]);
    assert_eq!(report["functions"].as_array().unwrap().len(), 2, "one for each key: {report:#}");
    let told = report["not_analysed"].to_string();
    assert!(told.contains("module elsewhere") && told.contains("terraform show -json"), "{told}");
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
fn a_broken_file_is_said_with_its_place_and_the_others_are_read() {
    let inside = LAYER.replace("/layer\"", "/layer/python\"");
    let folder = shop(&[
        ("layers.tf", &inside),
        ("layer/python/shop/__init__.py", "total = 1\n"),
        ("broken.tf", "resource \"a\" \"b\" {\n  x = = 3\n}\n"),
        ("broken.tf.json", "{\"resource\": [}"),
    ]);
    let output = layerlint(folder.path(), &[]);
    assert_eq!(output.status.code(), Some(2));
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(told.contains("broken.tf:2:7 is not HCL"), "{told}");
    assert!(told.contains("broken.tf.json:1"), "{told}");
    assert!(String::from_utf8_lossy(&output.stdout).contains("layout/unreachable-packages"));
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

/// Names that lead to themselves, lists that double with every name, loops of modules.
#[test]
fn what_grows_without_end_ends() {
    let mut text = "locals {\n  a0 = [\"x\", \"x\"]\n".to_owned();
    for number in 1..60 {
        text += &format!("  a{number} = concat(local.a{0}, local.a{0})\n", number - 1);
        text += &format!("  t{number} = \"${{local.t{0}}}${{local.t{0}}}\"\n", number - 1);
    }
    text += "  t0 = \"abcdefgh\"\n  b = local.c\n  c = [local.b]\n}\n";
    text += "resource \"aws_lambda_function\" \"f\" {\n  filename = local.t59\n  layers = local.a59\n  runtime = local.b\n  count = 1000000000\n}\n";
    text += "module \"again\" {\n  source = \"./.\"\n  count = 3\n}\n";
    let folder = repository(&[("main.tf", &text)]);
    let start = Instant::now();
    let output = layerlint(folder.path(), &[]);
    assert!(matches!(output.status.code(), Some(0..=2)), "{:?}", output.status);
    assert!(start.elapsed() < Duration::from_secs(60), "{:?}", start.elapsed());
}

/// On a stack of 2 MB, which a test has: what nests through names, steps and functions at once.
#[test]
fn what_nests_without_end_ends() {
    let mut lists = "locals {\n  a0 = 1\n".to_owned();
    let mut calls = "locals {\n  a0 = [1]\n".to_owned();
    for number in 1..40_000 {
        let before = number - 1;
        lists += &format!("  a{number} = [local.a{before}]\n");
    }
    for number in 1..3000 {
        let before = number - 1;
        calls += &format!(
            "  a{number} = [for k, v in flatten([for x in concat(local.a{before}) : (x == \"b\" ? {{ (x) = x }} : [\"${{x}}y\"])]) : v if !(v == \"c\")]\n"
        );
    }
    for (name, start, functions) in [("lists", lists, 990), ("calls", calls, 60)] {
        let mut text = start + "}\n";
        for number in 0..functions {
            // every function begins where the one before it has ended
            let at = number * 40;
            text +=
                &format!("resource \"aws_lambda_function\" \"f{number}\" {{\n  layers = local.a{at}\n}}\n");
        }
        text += "resource \"aws_lambda_function\" \"f\" {\n  runtime = local.a9 == [] ? \"python3.12\" : local.a9[0][0]\n}\n";
        let start = Instant::now();
        assert!(layerlint::fuzzing::run("terraform", text.as_bytes()), "{name}");
        assert!(start.elapsed() < Duration::from_secs(60), "{name}: {:?}", start.elapsed());
    }
    for steps in ["[*]", "[0]", ".b"] {
        for base in ["1", "[1]", "aws_x.y", "aws_lambda_layer_version.deps"] {
            let text = format!(
                "locals {{\n  a = {base}\n}}\nresource \"aws_lambda_layer_version\" \"deps\" {{\n  count = var.x\n}}\nresource \"aws_lambda_function\" \"f\" {{\n  layers = local.a{}\n}}\n",
                steps.repeat(50_000)
            );
            assert!(layerlint::fuzzing::run("terraform", text.as_bytes()), "{base} {steps}");
        }
    }
}

#[test]
fn deep_nesting_and_huge_files_are_bounded() {
    let good = ("share.tf", SHARE.replace("PRINCIPAL", "\"*\""));
    let open = |text: &str, times: usize| text.repeat(times);
    for (name, bad) in [
        ("lists", format!("locals {{\n  a = {}\n}}\n", open("[", 200_000))),
        ("parentheses", format!("locals {{\n  a = {}1{}\n}}\n", open("(", 100), open(")", 100))),
        ("blocks", open("a {\n", 200_000)),
        ("templates", format!("locals {{\n  a = {}\n}}\n", open("\"${", 100_000))),
        ("not", format!("locals {{\n  a = {}true\n}}\n", open("!", 200_000))),
        ("sums", format!("locals {{\n  a = 1{}\n}}\n", open(" + 1", 200_000))),
        ("choices", format!("locals {{\n  a = {}1\n}}\n", open("true ? 1 : ", 100_000))),
        (
            "members",
            format!(
                "resource \"aws_lambda_function\" \"f\" {{\n  layers = [{}]\n}}\n",
                open("1,", 2_000_000)
            ),
        ),
        (
            "steps",
            format!("resource \"aws_lambda_function\" \"f\" {{\n  runtime = a{}\n}}\n", open(".b", 400_000)),
        ),
    ] {
        let folder = repository(&[("bad.tf", &bad), (good.0, &good.1)]);
        let start = Instant::now();
        let found = findings(folder.path(), &["--select", "policy"]);
        assert_eq!(found, ["policy/public-layer share.tf:13 - -"], "{name}");
        assert!(start.elapsed() < Duration::from_secs(60), "{name}: {:?}", start.elapsed());
    }
}
