//! Terraform: plans and states in the shapes that `terraform show -json` documents.

#![allow(
    clippy::pedantic,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a fault of a test is a panic"
)]

mod support;

use serde_json::{Value, json};
use support::repository::{findings, json as report, layerlint, repository};

const MAIN: &str = r#"resource "aws_lambda_layer_version" "deps" {
  layer_name          = "deps"
  filename            = "deps.zip"
  compatible_runtimes = ["python3.11"]
}

resource "aws_lambda_function" "orders" {
  function_name = "orders"
  filename      = "fn.zip"
  runtime       = "python3.12"
  handler       = "app.handle"
  layers = [
    "arn:aws:lambda:eu-west-1:111122223333:layer:metrics:7",
    aws_lambda_layer_version.deps.arn,
  ]
}
"#;

fn resource(kind: &str, name: &str, values: Value) -> Value {
    json!({ "address": format!("{kind}.{name}"), "mode": "managed", "type": kind, "name": name, "values": values })
}

/// What is planned for `MAIN`: the ARN of the layer is not known yet.
fn plan() -> Value {
    let metrics = "arn:aws:lambda:eu-west-1:111122223333:layer:metrics:7";
    json!({
        "format_version": "1.2", "terraform_version": "1.11.4",
        "planned_values": { "root_module": { "resources": [
            resource("aws_lambda_layer_version", "deps",
                json!({ "layer_name": "deps", "filename": "deps.zip", "compatible_runtimes": ["python3.11"], "skip_destroy": false })),
            resource("aws_lambda_function", "orders", json!({
                "function_name": "orders", "filename": "fn.zip", "runtime": "python3.12", "handler": "app.handle",
                "layers": [metrics, null], "environment": [{ "variables": { "TOKEN": "hunter2-secret" } }] })),
        ] } },
        "resource_changes": [
            { "address": "aws_lambda_function.orders", "change": { "actions": ["create"],
                "after_unknown": { "arn": true, "layers": [false, true] } } },
        ],
        "configuration": { "root_module": { "resources": [
            { "address": "aws_lambda_function.orders", "type": "aws_lambda_function", "expressions": {
                "layers": { "references": ["aws_lambda_layer_version.deps.arn", "aws_lambda_layer_version.deps"] } } },
        ] } },
    })
}

const ZIPS: [(&str, &str); 2] =
    [("deps.zip", "shop/__init__.py=x = 1"), ("fn.zip", "app.py=def handler(event, context): return 1")];

#[test]
fn a_plan_is_told_at_the_lines_of_its_sources() {
    let text = plan().to_string();
    let folder = repository(&[&ZIPS[..], &[("plan.json", &text), ("main.tf", MAIN)]].concat());
    let found =
        findings(folder.path(), &["plan.json", "--pedantic", "--select", "deployment,layout,runtime"]);
    assert_eq!(
        found,
        [
            "layout/unreachable-packages main.tf:1 aws_lambda_layer_version.deps -",
            "runtime/handler-symbol-missing main.tf:7 aws_lambda_function.orders aws_lambda_function.orders",
            "deployment/incompatible-runtime main.tf:14 - aws_lambda_function.orders",
            "deployment/unversioned-retention main.tf:1 - -",
        ]
    );
    let output = layerlint(folder.path(), &["plan.json", "--format", "json"]);
    assert!(!String::from_utf8_lossy(&output.stdout).contains("hunter2"));
}

#[test]
fn without_sources_the_place_is_in_the_plan() {
    let text = serde_json::to_string_pretty(&plan()).unwrap();
    let folder = repository(&[&ZIPS[..], &[("plan.json", &text)]].concat());
    let found = findings(folder.path(), &["plan.json", "--select", "runtime/handler-symbol-missing"]);
    assert_eq!(found.len(), 1);
    assert!(found[0].contains(" plan.json:"), "{found:?}");
}

#[test]
fn what_references_do_not_tell_stays_unknown() {
    let mut plan = plan();
    plan["configuration"]["root_module"]["resources"][0]["expressions"]["layers"]["references"] =
        json!(["local.layers"]);
    let folder = repository(&[&ZIPS[..], &[("plan.json", &plan.to_string())]].concat());
    let report = report(folder.path(), &["plan.json"]);
    assert_eq!(report["unresolved"][0]["expression"], "aws_lambda_function.orders.layers[1]");
    let rules: Vec<&str> =
        report["findings"].as_array().unwrap().iter().map(|one| one["rule"].as_str().unwrap()).collect();
    assert!(!rules.contains(&"deployment/incompatible-runtime"), "{rules:?}");
}

/// A layer of a child module reaches the function through an output and a variable; its instances come from `for_each`.
#[test]
fn references_lead_through_modules() {
    let mut plan = plan();
    plan["planned_values"]["root_module"] = json!({ "child_modules": [
        { "address": "module.layers", "resources": [
            { "address": "module.layers.aws_lambda_layer_version.deps[0]", "mode": "managed", "type": "aws_lambda_layer_version",
              "name": "deps", "index": 0, "values": { "layer_name": "deps", "filename": "deps.zip", "compatible_runtimes": ["python3.11"] } } ] },
        { "address": "module.fn[\"eu\"]", "resources": [
            { "address": "module.fn[\"eu\"].aws_lambda_function.orders", "mode": "managed", "type": "aws_lambda_function", "name": "orders",
              "values": { "filename": "fn.zip", "runtime": "python3.12", "handler": "app.handler", "layers": [null] } } ] },
    ] });
    plan["resource_changes"] = json!([
        { "address": "module.fn[\"eu\"].aws_lambda_function.orders", "change": { "after_unknown": { "layers": [true] } } } ]);
    plan["configuration"]["root_module"] = json!({ "module_calls": {
        "layers": { "module": { "outputs": { "arn": { "expression": {
            "references": ["aws_lambda_layer_version.deps[0].arn", "aws_lambda_layer_version.deps[0]", "aws_lambda_layer_version.deps"] } } } } },
        "fn": { "expressions": { "layers": { "references": ["module.layers.arn", "module.layers"] } },
            "module": { "resources": [
                { "address": "aws_lambda_function.orders", "expressions": { "layers": { "references": ["var.layers"] } } } ] } },
    } });
    let folder = repository(&[&ZIPS[..], &[("plan.json", &plan.to_string())]].concat());
    let found = findings(folder.path(), &["plan.json", "--select", "deployment/incompatible-runtime"]);
    assert_eq!(found.len(), 1, "{found:?}");
    assert!(found[0].ends_with("module.fn[\"eu\"].aws_lambda_function.orders"), "{found:?}");
}

#[test]
fn layer_arn_is_a_layer_without_a_version() {
    let mut plan = plan();
    plan["configuration"]["root_module"]["resources"][0]["expressions"]["layers"]["references"] =
        json!(["aws_lambda_layer_version.deps.layer_arn", "aws_lambda_layer_version.deps"]);
    let folder = repository(&[&ZIPS[..], &[("plan.json", &plan.to_string()), ("main.tf", MAIN)]].concat());
    let found = findings(folder.path(), &["plan.json", "--select", "deployment/unversioned-layer"]);
    assert_eq!(found, ["deployment/unversioned-layer main.tf:14 - aws_lambda_function.orders"]);
}

/// What people copy: everybody may use the layer, and a grant to the own account.
#[test]
fn permissions_are_judged_as_lambda_would_store_them() {
    let permission = |principal: Value| {
        let mut plan = plan();
        let values = json!({ "layer_name": "deps", "version_number": 1, "action": "lambda:GetLayerVersion", "statement_id": "share", "principal": principal });
        plan["planned_values"]["root_module"]["resources"].as_array_mut().unwrap().push(resource(
            "aws_lambda_layer_version_permission",
            "share",
            values,
        ));
        plan.to_string()
    };
    for (principal, rule, verdict) in [
        (json!("*"), "policy/public-layer", "public"),
        (json!("444455556666"), "policy/cross-account-layer", "cross-account"),
        (json!("arn:aws:iam::*:root"), "policy/invalid", "invalid"),
    ] {
        let folder = repository(&[&ZIPS[..], &[("plan.json", &permission(principal))]].concat());
        let report = report(folder.path(), &["plan.json", "--select", "policy"]);
        assert_eq!(report["policies"][0]["verdict"], verdict, "{report:#}");
        let rules: Vec<&str> =
            report["findings"].as_array().unwrap().iter().map(|one| one["rule"].as_str().unwrap()).collect();
        assert!(rules.contains(&rule), "{rules:?}");
    }
}

#[test]
fn states_are_read_in_both_shapes() {
    let values = json!({ "filename": "fn.zip", "runtime": "python3.12", "handler": "app.handle",
        "arn": "arn:aws:lambda:eu-west-1:111122223333:function:orders",
        "layers": ["arn:aws:lambda:us-east-1:111122223333:layer:metrics:7"] });
    let shown = json!({ "format_version": "1.0", "terraform_version": "1.11.4",
        "values": { "root_module": { "resources": [resource("aws_lambda_function", "orders", values.clone())] } } });
    let raw = json!({ "version": 4, "terraform_version": "1.11.4", "resources": [
        { "mode": "managed", "type": "aws_lambda_function", "name": "orders", "instances": [{ "attributes": values }] } ] });
    for (name, state) in [("state.json", shown), ("terraform.tfstate", raw)] {
        let folder = repository(&[&ZIPS[..], &[(name, &state.to_string())]].concat());
        let found = findings(folder.path(), &[name, "--select", "deployment,runtime/handler-symbol-missing"]);
        assert_eq!(found.len(), 2, "{name}: {found:?}");
        assert!(found.iter().any(|one| one.starts_with("deployment/other-region-layer")), "{found:?}");
    }
}

/// The archive is made while applying: what it is made of is looked at.
#[test]
fn an_archive_of_the_inside_of_python_is_told() {
    let mut plan = plan();
    let resources = plan["planned_values"]["root_module"]["resources"].as_array_mut().unwrap();
    resources.clear();
    resources.push(resource(
        "aws_lambda_layer_version",
        "deps",
        json!({ "layer_name": "deps", "filename": "build/deps.zip", "compatible_runtimes": ["python3.12"] }),
    ));
    plan["prior_state"] = json!({ "values": { "root_module": { "resources": [
        { "address": "data.archive_file.deps", "mode": "data", "type": "archive_file", "name": "deps",
          "values": { "type": "zip", "source_dir": "layer/python", "output_path": "build/deps.zip" } } ] } } });
    let folder =
        repository(&[("plan.json", &plan.to_string()), ("layer/python/shop/__init__.py", "total = 1\n")]);
    let found = findings(folder.path(), &["plan.json"]);
    assert!(found.iter().any(|one| one.starts_with("layout/unreachable-packages")), "{found:?}");
}

#[test]
fn a_layer_that_an_output_names_is_used() {
    let mut plan = plan();
    let resources = &mut plan["planned_values"]["root_module"]["resources"];
    resources[1]["values"]["layers"] = json!([]);
    plan["resource_changes"] = json!([]);
    let args = ["plan.json", "--select", "deployment/unused-layer"];
    let folder = repository(&[&ZIPS[..], &[("plan.json", &plan.to_string()), ("main.tf", MAIN)]].concat());
    assert_eq!(findings(folder.path(), &args), ["deployment/unused-layer main.tf:1 - -"]);
    plan["configuration"]["root_module"]["outputs"] = json!({ "arn": { "expression": {
        "references": ["aws_lambda_layer_version.deps.arn", "aws_lambda_layer_version.deps"] } } });
    let folder = repository(&[&ZIPS[..], &[("plan.json", &plan.to_string()), ("main.tf", MAIN)]].concat());
    assert_eq!(findings(folder.path(), &args), Vec::<String>::new());
}

/// `terraform show -json` prints one line with every secret of the deployment in it.
#[test]
fn no_line_of_a_plan_is_shown() {
    let mut plan = plan();
    plan["planned_values"]["root_module"]["resources"][1]["values"]["layers"] =
        json!(["arn:aws:lambda:eu-west-1:111122223333:layer:metrics"]);
    let text = plan.to_string();
    let cut = &text[..text.len() - 3];
    for (name, text, said) in [
        ("plan.json", text.as_str(), "unversioned-layer"),
        ("cut.json", cut, "cut.json:1:"),
        ("cut.json", &format!("{text}]"), "cut.json:1:"),
    ] {
        for format in ["human", "html", "json", "sarif", "markdown"] {
            let folder = repository(&[&ZIPS[..], &[(name, text)]].concat());
            let output = layerlint(folder.path(), &[name, "--format", format]);
            let told = [output.stdout, output.stderr].concat();
            let told = String::from_utf8_lossy(&told);
            assert!(told.contains(said) && !told.contains("hunter2"), "{name} {format}: {told}");
        }
    }
}
