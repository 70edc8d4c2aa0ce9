//! Honest beginnings for those who write nonsense: what the cases hold, sorted by the parser that reads it.

use std::{collections::BTreeMap, fs, path::Path};

use layerlint::archive::{Scratch, archive::Archive, limits::Limits};

use super::{case, recipe};

/// The longest seed: mutations of short texts reach more.
const LONGEST: usize = 16 << 10;

/// A template with most of what templates can say.
const TEMPLATE: &str = r#"AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Parameters:
  Stage: {Type: String, Default: prod, AllowedValues: [prod, dev]}
  Layer: {Type: CommaDelimitedList, Default: "arn:aws:lambda:eu-central-1:123456789012:layer:deps:3"}
Mappings:
  Map: {prod: {Memory: 128}, dev: {Memory: 256}}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
  Both: !And [!Condition IsProd, !Not [!Equals [a, b]]]
Globals:
  Function: {Runtime: python3.12, Environment: {Variables: {A: b}}, Layers: [!Ref Deps]}
Resources:
  Deps:
    Type: AWS::Serverless::LayerVersion
    Properties: {ContentUri: deps/, CompatibleRuntimes: [python3.12], RetentionPolicy: Retain}
  Function:
    Type: AWS::Serverless::Function
    Condition: Both
    Properties:
      CodeUri: !If [IsProd, src/, !Ref "AWS::NoValue"]
      Handler: !Sub "${Stage}.handler"
      Architectures: [arm64]
      Layers: !Split [",", !Join [",", [!Ref Deps, !Select [0, !Ref Layer]]]]
      Policies: [{Statement: [{Effect: Allow, Action: "lambda:*", Resource: "*"}]}]
  Plain:
    Type: AWS::Lambda::Function
    Properties:
      Code: {ZipFile: "def handler(event, context): pass"}
      Runtime: !FindInMap [Map, !Ref Stage, Memory]
      Role: !GetAtt Role.Arn
  Permission:
    Type: AWS::Lambda::LayerVersionPermission
    Properties: {Action: lambda:GetLayerVersion, LayerVersionArn: !Ref Deps, Principal: "*"}
Outputs:
  Deps: {Value: !Ref Deps, Export: {Name: !Sub "${AWS::StackName}-deps"}}
"#;

/// A `.tf` file with most of what such files can say.
const TERRAFORM: &str = r#"variable "env" { default = ["dev"] }
locals {
  name   = format("%s-%d", "deps", 1)
  layers = concat([aws_lambda_layer_version.deps["arm64"].arn], var.more, local.layers)
  both   = { for key, one in toset(["a", "b"]) : key => upper(one) if one != "b" }
}
data "archive_file" "deps" {
  source_dir  = "${path.module}/layer/python"
  output_path = join("/", [path.module, "build", "${local.name}.zip"])
}
resource "aws_lambda_layer_version" "deps" {
  for_each                 = toset(["arm64", "x86_64"])
  filename                 = data.archive_file.deps.output_path
  compatible_architectures = [each.key]
}
resource "aws_lambda_function" "orders" {
  count   = var.env == "prod" ? 2 : 0 // two
  runtime = var.env != "prod" && !(var.env == "dev") ? "python3.12" : null
  layers  = count.index == 0 ? local.layers : values(aws_lambda_layer_version.deps)[*].arn
  environment {
    variables = merge(local.both, { A = -1.5e3, B = <<-EOT
      %{ if true }${local.name}%{ endif }
    EOT
    })
  }
  dynamic "vpc_config" { for_each = [] }
}
# layerlint: ignore[policy] on purpose
resource "aws_lambda_layer_version_permission" "share" {
  layer_name     = aws_lambda_layer_version.deps["arm64"].layer_arn
  principal      = data.aws_caller_identity.current.account_id
}
resource "aws_iam_policy" "use" {
  policy = jsonencode({ Statement = [{ Effect = "Allow", Action = "lambda:*", Resource = data.aws_iam_policy_document.d[0].json }] })
}
data "aws_iam_policy_document" "d" {
  statement {
    actions = ["lambda:GetLayerVersion"]
    principals {
      type        = "AWS"
      identifiers = ["*"]
    }
  }
}
"#;

/// Texts that no case holds.
const MORE: [(&str, &str); 20] = [
    ("terraform", TERRAFORM),
    (
        "terraform",
        r#"{"locals": [{"a": "${var.x}"}], "variable": {"x": {"default": [1]}}, "resource": {"aws_lambda_function": {"f": [{"layers": ["${local.a}", "arn:aws:lambda:eu-central-1:123456789012:layer:deps:3"], "environment": {"variables": {"A": null}}}]}}}"#,
    ),
    ("templates", TEMPLATE),
    ("document", TEMPLATE),
    (
        "templates",
        r#"{"Resources": {"F": {"Type": "AWS::Lambda::Function", "Properties": {"Layers": [{"Ref": "L"}], "Code": {"Fn::If": ["a", {"ZipFile": ""}, {"Ref": "AWS::NoValue"}]}}}, "L": {"Type": "AWS::Lambda::LayerVersion", "Properties": {"Content": {"S3Bucket": "b"}}}}}"#,
    ),
    (
        "templates",
        r#"{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "lambda:*", "Resource": "*"}]}"#,
    ),
    ("templates", include_str!("../templates_fronts/apps/serverless/serverless.yml")),
    ("templates", include_str!("../templates_fronts/apps/cdk/cdk.out/Main.template.json")),
    (
        "templates",
        r#"{"version": "55.0.0", "artifacts": {"S": {"type": "aws:cloudformation:stack", "environment": "aws://1/eu-west-1", "properties": {"templateFile": "S.json"}, "metadata": {"/S/L": [{"type": "aws:cdk:logicalId", "data": "L", "trace": ["new S (/a/b.ts:1:2)"]}]}}, "A": {"type": "cdk:cloud-assembly", "properties": {"directoryName": "."}}}}"#,
    ),
    (
        "templates",
        r#"[{"LayerVersions": [{"LayerVersionArn": "arn:aws:lambda:eu-west-1:111122223333:layer:deps:3", "CompatibleRuntimes": ["python3.12"], "Content": {"Location": "https://x", "CodeSha256": "eA=="}}]}] {"Policy": "{\"Statement\": {\"Effect\": \"Allow\", \"Principal\": \"*\", \"Action\": \"lambda:GetLayerVersion\"}}", "RevisionId": "1"}"#,
    ),
    (
        "templates",
        r#"{"Functions": [{"FunctionName": "f", "FunctionArn": "arn:aws:lambda:eu-west-1:111122223333:function:f", "Runtime": "python3.12", "Layers": [{"Arn": "arn:aws:lambda:eu-west-1:111122223333:layer:deps:3"}], "Environment": {"Variables": {"PATH": "/x"}}}]} {"FunctionUrl": "https://x", "AuthType": "NONE", "FunctionArn": "arn:aws:lambda:eu-west-1:111122223333:function:f"}"#,
    ),
    ("metadata", "Wheel-Version: 1.0\nTag: py3-none-any\n"),
    ("metadata", "pkg/a.py,sha256=47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU,0\npkg-1.dist-info/RECORD,,\n"),
    ("metadata", "{\"name\": \"zod\", \"version\": \"3.0.0\", \"os\": [\"darwin\"]}"),
    ("names", "arn:aws:lambda:eu-central-1:123456789012:layer:deps:3"),
    ("names", "python/pkg/_x.cpython-312-x86_64-linux-gnu.so"),
    ("names", "import os; exec('')\n../lib\n"),
    ("names", "aws_access_key_id = AKIA2E3KQ7VB5NRWXDTP\n\u{202e}\u{1b}[31m::error::\n"),
    (
        "document",
        "Resources:\n  F: &f\n    Type: AWS::Lambda::Function\n    Properties: {Layers: [!Ref L, *f]}\n  <<: *f\n",
    ),
    (
        "document",
        "{\"Resources\": {\"L\": {\"Type\": \"AWS::Lambda::LayerVersion\", \"n\": 1.5e3}}} [true, null]",
    ),
];

/// Seeds by the name of the parser; equal ones once.
pub fn all() -> BTreeMap<&'static str, Vec<Vec<u8>>> {
    let mut seeds: BTreeMap<&'static str, Vec<Vec<u8>>> = BTreeMap::new();
    for (name, text) in MORE {
        seeds.entry(name).or_default().push(text.into());
    }
    for case in case::all() {
        let folder = tempfile::tempdir().unwrap();
        recipe::lay_out(&case.recipe, &case.folder, folder.path());
        for entry in fs::read_dir(folder.path()).unwrap() {
            of_file(&entry.unwrap().path(), &mut |name, bytes: &[u8]| {
                if bytes.len() <= LONGEST {
                    seeds.entry(name).or_default().push(bytes.to_vec());
                }
            });
        }
    }
    for found in seeds.values_mut() {
        found.sort();
        found.dedup();
    }
    seeds
}

fn of_file(path: &Path, take: &mut dyn FnMut(&'static str, &[u8])) {
    let bytes = fs::read(path).unwrap();
    match path.extension().and_then(|ending| ending.to_str()) {
        Some("zip") => {
            for name in ["zip", "structure", "check"] {
                take(name, &bytes);
            }
            of_entries(path, take);
        }
        Some("json") => ["policy", "document"].into_iter().for_each(|name| take(name, &bytes)),
        Some("toml") => take("manifest", &bytes),
        Some("tf") => take("terraform", &bytes),
        _ => {}
    }
}

fn of_entries(path: &Path, take: &mut dyn FnMut(&'static str, &[u8])) {
    let archive = Archive::open(path, &Limits::default()).unwrap();
    let mut scratch = Scratch::default();
    for (index, entry) in archive.entries().iter().enumerate() {
        take("names", entry.name_bytes());
        let Ok(bytes) = archive.read(index, &mut scratch) else { continue };
        for name in parsers_of(entry.path.as_str(), bytes) {
            take(name, bytes);
        }
    }
}

/// Which parsers read a file.
fn parsers_of(path: &str, bytes: &[u8]) -> Vec<&'static str> {
    let ending = path.rsplit('.').next().unwrap_or_default();
    match ending {
        "py" => vec!["python", "names"],
        "js" | "mjs" | "cjs" => vec!["javascript"],
        "json" => vec!["metadata", "document"],
        "class" => vec!["class_file"],
        "jar" | "zip" => vec!["zip", "structure"],
        _ if path.contains(".dist-info/") => vec!["metadata"],
        _ if bytes.starts_with(b"\x7fELF") || matches!(ending, "so" | "node" | "pyd" | "dylib") => {
            vec!["machine_code"]
        }
        _ => vec!["names"],
    }
}

/// Packages of one file, as `fuzz/src/lib.rs` reads them: a runtime, the number of a name, a length, the content.
fn packages(seeds: &BTreeMap<&'static str, Vec<Vec<u8>>>) -> Vec<Vec<u8>> {
    const NAMES: [(&str, u8, &[u8]); 7] = [
        ("python", 0, &[0, 6, 8]),
        ("javascript", 1, &[1, 2, 15, 19]),
        ("machine_code", 0, &[4, 5, 7, 13, 16, 27]),
        ("metadata", 1, &[3, 9, 10, 14, 18]),
        ("class_file", 2, &[22, 23]),
        ("zip", 2, &[20, 30]),
        ("names", 3, &[12, 24, 28, 29]),
    ];
    let one = |runtime: u8, name: u8, content: &Vec<u8>| {
        let length = u16::try_from(content.len()).unwrap().to_le_bytes();
        [&[runtime, name][..], &length, content].concat()
    };
    let of = |(parser, runtime, names): &(&str, u8, &'static [u8])| -> Vec<Vec<u8>> {
        let contents = seeds.get(parser).into_iter().flatten().take(50);
        contents.flat_map(|content| names.iter().map(|name| one(*runtime, *name, content))).collect()
    };
    NAMES.iter().flat_map(of).collect()
}

/// Writes them as a fuzzer wants them: a folder for each target, a file for each seed.
pub fn write(into: &Path) {
    let mut seeds = all();
    seeds.insert("package", packages(&seeds));
    for (name, seeds) in seeds {
        let folder = into.join(name);
        fs::create_dir_all(&folder).unwrap();
        for (at, bytes) in seeds.iter().enumerate() {
            fs::write(folder.join(format!("seed-{at:04}")), bytes).unwrap();
        }
    }
}
