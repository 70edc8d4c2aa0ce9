//! Cloud assemblies of the CDK.

use std::{fs, path::Path};

use serde_json::{Value, json};
use tempfile::TempDir;

use super::{findings, has, has_no, layerlint, not_analysed, report, support::repository::repository, write};

const HASH: &str = "1a086750797af331e462e7acca82c88d1ba33221e5109cf74d92609b0ffec09c";
const CODE: &str = "ad2381c36a4112a8cbf63e97edfa2f7ead6950a7f23519bc4f177845f50c71f1";

/// A program of the CDK whose layer is made in line 4 and whose function in line 5.
const PROGRAM: &str = "const cdk = require('aws-cdk-lib');
class Main extends cdk.Stack {
  constructor(scope, id) {
    const deps = new lambda.LayerVersion(this, 'Deps', { code: lambda.Code.fromAsset('deps') });
    new lambda.Function(this, 'Orders', { layers: [deps] });
  }
}
";

/// A stack as `cdk synth` of aws-cdk-lib 2.276 writes it, without what has nothing to do with layers.
fn stack(prefix: &str) -> Value {
    let bucket = json!({"Fn::Sub": "cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}"});
    json!({"Resources": {
        format!("{prefix}DepsABC578BC1"): {
            "Type": "AWS::Lambda::LayerVersion",
            "Properties": {
                "CompatibleRuntimes": ["python3.12"],
                "Content": {"S3Bucket": bucket, "S3Key": format!("{HASH}.zip")}
            }
        },
        format!("{prefix}DepsShare0EF721CD"): {
            "Type": "AWS::Lambda::LayerVersionPermission",
            "Properties": {
                "Action": "lambda:GetLayerVersion",
                "LayerVersionArn": {"Ref": format!("{prefix}DepsABC578BC1")},
                "Principal": "*"
            }
        },
        format!("{prefix}Orders9270CBC0"): {
            "Type": "AWS::Lambda::Function",
            "Properties": {
                "Code": {"S3Bucket": bucket, "S3Key": format!("{CODE}.zip")},
                "Handler": "app.handler",
                "Layers": [{"Ref": format!("{prefix}DepsABC578BC1")}],
                "Runtime": "python3.12"
            }
        }
    }})
}

fn asset(name: &str, hash: &str, source: &Value) -> Value {
    json!({
        "displayName": name,
        "source": source,
        "destinations": {"current_account-current_region-1": {
            "bucketName": "cdk-hnb659fds-assets-${AWS::AccountId}-${AWS::Region}",
            "objectKey": format!("{hash}.zip")
        }}
    })
}

fn traces(folder: &Path, prefix: &str, path: &str) -> Value {
    let root = folder.canonicalize().unwrap();
    let frame = |line: u32| {
        json!([
            "...new LayerVersion2 in aws-cdk-lib...",
            format!("new Main ({}:{line}:18)", root.join("lib/stack.js").display()),
            "<anonymous> (/elsewhere/bin/app.js:22:1)",
            "...node internals..."
        ])
    };
    let construct = |id: &str, line: u32| {
        json!([
            {"type": "aws:cdk:logicalId", "data": format!("{prefix}{id}")},
            {"type": "aws:cdk:creationStack", "data": frame(line)}
        ])
    };
    json!({
        format!("/{path}/Deps/Resource"): construct("DepsABC578BC1", 4),
        format!("/{path}/Deps/Share"): construct("DepsShare0EF721CD", 4),
        format!("/{path}/Orders/Resource"): construct("Orders9270CBC0", 5)
    })
}

/// A cloud assembly with a stack, and the same stack in a stage.
fn assembly(source: &Value) -> TempDir {
    let folder = repository(&[
        ("lib/stack.js", PROGRAM),
        (&format!("cdk.out/asset.{HASH}/shop/__init__.py"), "total = 1\n"),
        (&format!("cdk.out/asset.{CODE}/app.py"), "def handler(event, context):\n    return 1\n"),
        ("cdk.out/cdk.out", "{\"version\":\"55.0.0\"}"),
        ("cdk.out/assembly-Prod/cdk.out", "{\"version\":\"55.0.0\"}"),
    ]);
    let out = folder.path().join("cdk.out");
    let artifacts = |name: &str, environment: &str, display: &str| {
        json!({
            format!("{name}.assets"): {
                "type": "cdk:asset-manifest", "properties": {"file": format!("{name}.assets.json")}
            },
            name: {
                "type": "aws:cloudformation:stack",
                "environment": environment,
                "properties": {"templateFile": format!("{name}.template.json")},
                "dependencies": [format!("{name}.assets")],
                "additionalMetadataFile": format!("{name}.metadata.json"),
                "displayName": display
            }
        })
    };
    let mut main = artifacts("Main", "aws://unknown-account/unknown-region", "Main");
    main["assembly-Prod"] = json!({
        "type": "cdk:cloud-assembly", "properties": {"directoryName": "assembly-Prod", "displayName": "Prod"}
    });
    write(&out.join("manifest.json"), &json!({"version": "55.0.0", "artifacts": main}));
    let prod = artifacts("ProdMain6AE3", "aws://111122223333/eu-west-1", "Prod/Main");
    write(&out.join("assembly-Prod/manifest.json"), &json!({"version": "55.0.0", "artifacts": prod}));
    for (file, up, path) in [("Main", "", "Main"), ("assembly-Prod/ProdMain6AE3", "../", "Prod/Main")] {
        write(&out.join(format!("{file}.template.json")), &stack(""));
        write(&out.join(format!("{file}.metadata.json")), &traces(folder.path(), "", path));
        let code = json!({"path": format!("{up}asset.{CODE}"), "packaging": "zip"});
        let layer = match source.get("path") {
            Some(_) => json!({"path": format!("{up}asset.{HASH}"), "packaging": "zip"}),
            None => source.clone(),
        };
        let files = json!({
            HASH: asset("Deps/Code", HASH, &layer), CODE: asset("Orders/Code", CODE, &code)
        });
        write(&out.join(format!("{file}.assets.json")), &json!({"version": "55.0.0", "files": files}));
    }
    folder
}

#[test]
fn a_wrong_layer_of_an_assembly_is_told_at_the_line_of_the_program() {
    let folder = assembly(&json!({"path": "asset"}));
    for args in [&[][..], &["cdk.out"], &["cdk.out/manifest.json"], &["."]] {
        let found = findings(folder.path(), args, "");
        has(&found, "layout/unreachable-packages lib/stack.js:4 Main/Deps -");
        has(&found, "policy/public-layer lib/stack.js:4 - -");
        // the stage has the same layer, and it is one finding
        let layers = found.iter().filter(|one| one.starts_with("layout/unreachable-packages")).count();
        assert_eq!(layers, 1, "{found:#?}");
    }
    let told = report(folder.path(), &[], "");
    let names: Vec<&str> =
        told["functions"].as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["Main/Orders", "Prod/Main/Orders"]);
}

#[test]
fn no_report_of_an_assembly_names_a_hash() {
    let folder = assembly(&json!({"path": "asset"}));
    for format in ["json", "sarif", "human", "concise", "gitlab", "junit", "markdown", "html"] {
        let told = layerlint(folder.path(), &["--pedantic", "--format", format], "");
        let told = String::from_utf8(told.stdout).unwrap();
        assert!(told.contains("Main/Deps"), "{format}: {told}");
        for hash in [HASH, CODE] {
            assert!(!told.contains(hash), "{format}: {told}");
        }
    }
    let sarif = String::from_utf8(layerlint(folder.path(), &["--format", "sarif"], "").stdout).unwrap();
    assert!(sarif.contains("cdk.out/Main/Deps"), "{sarif}");
}

#[test]
fn the_assembly_of_a_stage_alone_names_no_hash_either() {
    let folder = assembly(&json!({"path": "asset"}));
    let args = ["cdk.out/assembly-Prod", "--pedantic", "--format", "sarif"];
    let told = String::from_utf8(layerlint(folder.path(), &args, "").stdout).unwrap();
    assert!(told.contains("unreachable-packages") && told.contains("Prod/Main/Deps"), "{told}");
    assert!(!told.contains(HASH) && !told.contains(CODE), "{told}");
}

#[test]
fn findings_of_an_assembly_without_traces_stand_in_its_template() {
    let folder = assembly(&json!({"path": "asset"}));
    for file in ["Main.metadata.json", "assembly-Prod/ProdMain6AE3.metadata.json"] {
        fs::remove_file(folder.path().join("cdk.out").join(file)).unwrap();
    }
    let output = layerlint(folder.path(), &["--format", "concise"], "");
    let told = [output.stdout, output.stderr].map(|bytes| String::from_utf8(bytes).unwrap()).concat();
    assert!(told.contains("cdk.out/Main.template.json:17:5: error[policy/public-layer]"), "{told}");
    // a file that the manifest names and that is not there is said
    assert_eq!(output.status.code(), Some(2), "{told}");
}

#[test]
fn traces_open_nothing_but_programs() {
    let folder = assembly(&json!({"path": "asset"}));
    fs::write(folder.path().join("lib/secrets.env"), "a\nb\nc\nTOKEN=swordfish\n").unwrap();
    let path = folder.path().join("cdk.out/Main.metadata.json");
    let text = fs::read_to_string(&path).unwrap().replace("lib/stack.js", "lib/secrets.env");
    fs::write(&path, text).unwrap();
    let told = String::from_utf8(layerlint(folder.path(), &[], "").stdout).unwrap();
    assert!(told.contains("public-layer") && !told.contains("swordfish"), "{told}");
}

#[test]
fn an_asset_that_a_command_makes_is_not_analysed() {
    let folder = assembly(&json!({"executable": ["bash", "build.sh"]}));
    let told = report(folder.path(), &["cdk.out"], "");
    assert!(not_analysed(&told).contains("a command makes it while deploying"), "{told:#}");
    assert!(!told["findings"].to_string().contains("unreachable-packages"));
}

#[test]
fn metadata_of_a_construct_ignores_at_the_line_of_the_program() {
    let folder = assembly(&json!({"path": "asset"}));
    for file in ["Main.template.json", "assembly-Prod/ProdMain6AE3.template.json"] {
        let mut template = stack("");
        template["Resources"]["DepsShare0EF721CD"]["Metadata"] = json!({"layerlint": {"ignore": [{"rule": "policy/public-layer", "reason": "published for all"}]}});
        write(&folder.path().join("cdk.out").join(file), &template);
    }
    has_no(&findings(folder.path(), &[], ""), "policy/public-layer");
}
