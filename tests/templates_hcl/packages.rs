//! Which packages a folder of `.tf` files describes, and where its layers lie.

use super::{
    APP, FUNCTION, LAYER, shop,
    support::repository::{findings, json, layerlint, repository},
};

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
fn a_long_file_is_found_like_a_short_one() {
    let notes = "# owned by the shop\n".repeat(100_000);
    let long = format!("{notes}{FUNCTION}{LAYER}");
    let folder = repository(&[APP, ("main.tf", &long), ("layer/shop/__init__.py", "total = 1\n")]);
    let found = findings(folder.path(), &[]);
    assert!(found.iter().any(|one| one.contains(" main.tf:")), "{found:?}");
}
