//! Permissions and URLs as Lambda would store them.

use super::SHARE;
use super::support::repository::{findings, json, repository};

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
