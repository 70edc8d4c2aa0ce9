//! Files that are broken, deep, huge, or that grow without end.

use std::time::{Duration, Instant};

use super::{
    LAYER, SHARE, shop,
    support::repository::{findings, layerlint, repository},
};

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
