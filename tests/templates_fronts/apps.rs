//! Projects that the tools themselves have made, with wrong layers in them: `apps/README.md`.

use std::{fs, path::Path};

use tempfile::TempDir;

use super::{
    findings, has, layerlint, report,
    support::repository::{repository, zip},
};

/// A copy of a project, with its folder filled in.
fn project(name: &str) -> TempDir {
    let folder = repository(&[]);
    let root = folder.path().canonicalize().unwrap();
    copy(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/templates_fronts/apps").join(name), &root, &root);
    folder
}

fn copy(from: &Path, to: &Path, root: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let (path, name) = entry.map(|entry| (entry.path(), entry.file_name())).unwrap();
        if path.is_dir() {
            copy(&path, &to.join(name), root);
        } else {
            let text = fs::read_to_string(&path).unwrap().replace("@ROOT@", root.to_str().unwrap());
            fs::write(to.join(name), text).unwrap();
        }
    }
}

#[test]
fn wrong_layers_of_an_assembly_stand_at_the_lines_of_the_program() {
    let folder = project("cdk");
    let found = findings(folder.path(), &[], "");
    assert_eq!(
        found,
        [
            "layout/unreachable-packages lib/stack.js:7 Main/Deps -",
            "layout/unreachable-packages lib/stack.js:25 Main/Reports/Tools -",
            "policy/public-layer lib/stack.js:11 - -",
        ]
    );
    let told = report(folder.path(), &[], "");
    let functions: Vec<String> = told["functions"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| format!("{} {}", one["name"].as_str().unwrap(), one["layers"]))
        .collect();
    assert_eq!(
        functions,
        [
            "Main/Orders [\"Main/Deps\"]",
            "Main/Reports/Daily [\"Main/Reports/Tools\"]",
            "Prod/Main/Orders [\"Main/Deps\"]",
            "Prod/Main/Reports/Daily [\"Main/Reports/Tools\"]",
        ]
    );
    assert_eq!(told["unresolved"], serde_json::json!([]));
    assert_eq!(told["not_analysed"], serde_json::json!([]));
    let whole = told.to_string();
    for hash in ["48208dae41ef", "9790eee58adb", "a33de6d44d76"] {
        assert!(!whole.contains(hash), "{hash}: {told:#}");
    }
}

#[test]
fn a_comment_in_the_program_ignores_what_it_makes() {
    let folder = project("cdk");
    let path = folder.path().join("lib/stack.js");
    let text = fs::read_to_string(&path).unwrap();
    // behind the line, so that the traces stay true
    let line = "deps.addPermission('Share', { accountId: '*' });";
    let ignored = text.replace(line, &format!("{line} // layerlint: ignore[policy/public-layer] a gift"));
    assert_ne!(ignored, text);
    fs::write(&path, ignored).unwrap();
    let told = report(folder.path(), &[], "");
    assert!(!told["findings"].to_string().contains("policy/public-layer"), "{told:#}");
    let said = String::from_utf8(layerlint(folder.path(), &[], "").stdout).unwrap();
    assert!(said.contains("1 ignored"), "{said}");
}

#[test]
fn wrong_layers_of_a_built_template_stand_at_the_lines_of_its_source() {
    let folder = project("sam");
    for args in [&[][..], &["template.yaml"], &["."]] {
        assert_eq!(
            findings(folder.path(), args, ""),
            [
                "runtime/handler-symbol-missing template.yaml:26 Orders Orders",
                "layout/unreachable-packages template.yaml:13 Deps -",
                "policy/public-layer template.yaml:34 - -",
                "deployment/incompatible-runtime template.yaml:32 - Orders",
            ]
        );
    }
    let told = report(folder.path(), &[], "");
    // the global layer comes first; the one without a build method lies where it was
    let metrics = "arn:aws:lambda:${AWS::Region}:111122223333:layer:metrics:7";
    assert_eq!(told["functions"][0]["layers"], serde_json::json!(["Deps", "Tools", metrics]));
    let packages = told["packages"].to_string();
    for path in [".aws-sam/build/Orders", ".aws-sam/build/Tools", "layers/deps"] {
        assert!(packages.contains(path), "{path}: {packages}");
    }
}

#[test]
fn what_sam_has_to_build_first_is_not_analysed_before() {
    let folder = project("sam");
    fs::remove_dir_all(folder.path().join(".aws-sam")).unwrap();
    let told = report(folder.path(), &[], "");
    let missed = told["not_analysed"].to_string();
    assert_eq!(missed.matches("sam build").count(), 2, "{missed}");
    has(&findings(folder.path(), &[], ""), "layout/unreachable-packages template.yaml:13 Deps -");
}

/// The service as it was packed, or as it stands in the repository.
fn service(is_packed: bool) -> TempDir {
    let folder = project("serverless");
    let write = |name: &str, lines: &str| fs::write(folder.path().join(name), zip(lines)).unwrap();
    let code = "app.py=def handler(event, context): return 1";
    write("tools.zip", "nodejs/node_modules/a/index.js=module.exports = 1");
    if is_packed {
        write(".serverless/shop.zip", code);
        write(".serverless/shop-deps.zip", "shop/__init__.py=total = 1");
    } else {
        fs::remove_dir_all(folder.path().join(".serverless")).unwrap();
        fs::create_dir_all(folder.path().join("layers/deps/shop")).unwrap();
        fs::write(folder.path().join("layers/deps/shop/__init__.py"), "total = 1\n").unwrap();
    }
    folder
}

/// What holds of the service in either form. The line of a list of layers is known in the file only.
const OF_SERVICE: [&str; 5] = [
    "layout/unreachable-packages serverless.yml:15 shop-deps -",
    "policy/public-layer serverless.yml:19 - -",
    "policy/cross-account-layer serverless.yml:25 - -",
    "deployment/forbidden-url serverless.yml:29 - -",
    "policy/public-function-url serverless.yml:29 - -",
];

#[test]
fn wrong_layers_of_a_packed_service_stand_at_the_lines_of_its_file() {
    let folder = service(true);
    let found = findings(folder.path(), &[], "");
    for wanted in OF_SERVICE {
        has(&found, wanted);
    }
    has(&found, "deployment/other-region-layer serverless.yml:34 - plain");
    let told = report(folder.path(), &[], "");
    // version 3 leaves references to a retained layer as they were written: they lead nowhere
    assert!(told["unresolved"].to_string().contains("!Ref ToolsLambdaLayer"), "{told:#}");
    let packages = told["packages"].to_string();
    assert!(packages.contains(".serverless/shop.zip") && packages.contains("tools.zip"), "{packages}");
    assert!(!told.to_string().contains("fee420385da5e37d"), "the digest of a retained layer: {told:#}");
}

#[test]
fn the_same_service_is_told_the_same_from_its_file() {
    let folder = service(false);
    let found = findings(folder.path(), &[], "");
    for wanted in OF_SERVICE {
        has(&found, wanted);
    }
    has(&found, "deployment/other-region-layer serverless.yml:9 - plain");
    let told = report(folder.path(), &[], "");
    assert_eq!(told["unresolved"], serde_json::json!([]));
}

#[test]
fn names_in_messages_are_those_of_the_service() {
    for is_packed in [true, false] {
        let told = report(service(is_packed).path(), &[], "").to_string();
        assert!(told.contains("the function URL of orders answers 403"), "{told}");
        assert!(!told.contains("OrdersLambdaFunction"), "{told}");
    }
}
