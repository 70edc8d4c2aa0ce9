//! Folders of `.tf` files as people keep them in a repository, run through the program.

#![allow(
    clippy::pedantic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a fault of a test is a panic"
)]

mod grants;
mod hostile;
mod packages;
#[path = "../support/mod.rs"]
mod support;
mod values;

use support::repository::repository;

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

/// The whole of a function with a layer, the layer given by its files.
fn shop<'a>(more: &[(&'a str, &'a str)]) -> tempfile::TempDir {
    repository(&[&[APP, ("function.tf", FUNCTION)], more].concat())
}
