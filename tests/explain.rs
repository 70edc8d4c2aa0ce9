//! What `layerlint explain "TEXT"` makes of lines as they stand in CloudWatch: in plain text and JSON, with request ids, stack traces,
//! colours, escapes and other paths.

#![allow(clippy::pedantic, clippy::unwrap_used, reason = "a fault of a test is a panic")]

use layerlint::{
    data::texts,
    output::{Style, explain::explain},
    rules::pages,
};

/// A line, the rules that have to be named, and rules that must not be.
type Line = (&'static str, &'static [&'static str], &'static [&'static str]);

const PYTHON: &[Line] = &[
    (
        "[ERROR] Runtime.ImportModuleError: Unable to import module 'lambda_function': No module named 'requests'\nTraceback (most recent call last):",
        &["runtime/unresolved-import", "layout/unreachable-packages"],
        &["runtime/stale-bytecode", "native/missing-library"],
    ),
    (
        r#"{"timestamp":"2026-11-21T07:00:00Z","level":"ERROR","errorMessage":"Unable to import module 'app': No module named 'pydantic_core._pydantic_core'","errorType":"Runtime.ImportModuleError","requestId":"","stackTrace":[]}"#,
        &["native/python-abi", "runtime/unresolved-import"],
        &["runtime/stale-bytecode"],
    ),
    (
        "2026-11-21T07:00:00.123Z 6f1c2d3e-1111-2222-3333-444455556666 [ERROR] Runtime.ImportModuleError: Unable to import module 'app': cannot import name 'DEFAULT_CIPHERS' from 'urllib3.util.ssl_' (/opt/python/urllib3/util/ssl_.py)",
        &["runtime/unresolved-import"],
        &["native/missing-library"],
    ),
    (
        "[ERROR] Runtime.ImportModuleError: Unable to import module 'app': bad magic number in 'shop': b'\\xa7\\r\\r\\n'",
        &["runtime/stale-bytecode"],
        &["runtime/unresolved-import"],
    ),
    (
        "[ERROR] Runtime.ImportModuleError: Unable to import module 'app': No package metadata was found for opentelemetry-api",
        &["runtime/missing-metadata"],
        &["runtime/unresolved-import"],
    ),
    (
        "[ERROR] Runtime.ImportModuleError: Unable to import module 'app': /lib64/libc.so.6: version `GLIBC_2.28' not found (required by /opt/python/cryptography/hazmat/bindings/_rust.abi3.so)",
        &["native/glibc-too-new"],
        &["runtime/unresolved-import"],
    ),
    (
        "Unable to import module 'app': libGL.so.1: cannot open shared object file: No such file or directory",
        &["native/missing-library"],
        &["runtime/unresolved-import"],
    ),
    (
        "\u{1b}[31m[ERROR]\u{1b}[0m Runtime.HandlerNotFound: Handler 'lambda_handler' missing on module 'app'",
        &["runtime/handler-symbol-missing"],
        &[],
    ),
    (
        "[ERROR] Runtime.UserCodeSyntaxError: Syntax error in module 'app': invalid syntax (app.py, line 3)",
        &["runtime/syntax-error"],
        &[],
    ),
    (
        "[ERROR] Runtime.MalformedHandlerName: Bad handler 'app': not enough values to unpack (expected 2, got 1)",
        &["runtime/handler-malformed"],
        &[],
    ),
    (
        "[ERROR] Runtime.BuiltInModuleConflict: Cannot use built-in module time as a handler module",
        &["runtime/handler-shadowed"],
        &[],
    ),
    (
        "[ERROR] Runtime.ImportModuleError: Unable to import module 'src/app': attempted relative import with no known parent package",
        &["runtime/unresolved-import"],
        &["runtime/stale-bytecode"],
    ),
    (
        "[ERROR] ModuleNotFoundError: No module named 'requests'\nTraceback (most recent call last):\n\u{a0}\u{a0}File \"/var/task/app.py\", line 4, in handler\n\u{a0}\u{a0}\u{a0}\u{a0}import requests",
        &["runtime/unresolved-import", "runtime/invocation-failure"],
        &[],
    ),
    (
        "[ERROR] PermissionError: [Errno 13] Permission denied: '/var/task/app.py'",
        &["archive/unreadable-file"],
        &[],
    ),
    (
        "Unable to import module 'app': /opt/python/_cffi_backend.abi3.so: invalid ELF header",
        &["native/wrong-platform"],
        &[],
    ),
];

const NODE: &[Line] = &[
    (
        r#"2026-11-21T07:00:00.000Z	undefined	ERROR	Uncaught Exception 	{"errorType":"Runtime.ImportModuleError","errorMessage":"Error: Cannot find module 'axios'\nRequire stack:\n- /var/task/index.js\n- /var/runtime/index.mjs","stack":["Runtime.ImportModuleError: Error: Cannot find module 'axios'","Require stack:","- /var/task/index.js"]}"#,
        &["runtime/unresolved-import"],
        &["native/missing-library"],
    ),
    (
        r#"{"errorType":"Error","errorMessage":"Cannot find package 'axios' imported from /var/task/index.mjs","code":"ERR_MODULE_NOT_FOUND"}"#,
        &["runtime/unresolved-import"],
        &[],
    ),
    (
        "Error [ERR_REQUIRE_ESM]: require() of ES Module /var/task/node_modules/chalk/source/index.js from /var/task/index.js not supported.",
        &["runtime/module-format"],
        &[],
    ),
    (
        r#"{"errorType":"Runtime.UserCodeSyntaxError","errorMessage":"SyntaxError: Cannot use import statement outside a module","stack":["Runtime.UserCodeSyntaxError: SyntaxError: Cannot use import statement outside a module"]}"#,
        &["runtime/module-format"],
        &[],
    ),
    (
        "ReferenceError: require is not defined in ES module scope, you can use import instead",
        &["runtime/module-format"],
        &[],
    ),
    (
        "Runtime.HandlerNotFound: index.handler is undefined or not exported",
        &["runtime/handler-symbol-missing"],
        &[],
    ),
    (
        r#"{"errorType":"Runtime.MalformedHandlerName","errorMessage":"Bad handler"}"#,
        &["runtime/handler-malformed"],
        &[],
    ),
    (
        "Error [ERR_PACKAGE_PATH_NOT_EXPORTED]: Package subpath './lib/x' is not defined by \"exports\" in /opt/nodejs/node_modules/a/package.json",
        &["runtime/unresolved-import"],
        &[],
    ),
    ("Error: EACCES: permission denied, open '/var/task/index.js'", &["archive/unreadable-file"], &[]),
    (
        "SyntaxError: The requested module './db.mjs' does not provide an export named 'connect'",
        &["runtime/unresolved-import"],
        &[],
    ),
    (
        r#"{\"errorType\":\"Runtime.ImportModuleError\",\"errorMessage\":\"Error: Cannot find module 'lodash'\nRequire stack:"#,
        &["runtime/unresolved-import"],
        &[],
    ),
];

const OTHERS: &[Line] = &[
    (
        "Class not found: com.example.Handler: java.lang.ClassNotFoundException",
        &["runtime/invocation-failure"],
        &[],
    ),
    (
        "Error loading class com.example.Handler: com/example/Handler has been compiled by a more recent version of the Java Runtime (class file version 65.0), this version of the Java Runtime only recognizes class file versions up to 61.0: java.lang.UnsupportedClassVersionError",
        &["runtime/class-version"],
        &[],
    ),
    (
        r#"{"errorMessage":"No public method named run with appropriate method signature found on class com.example.Handler","errorType":"java.lang.NoSuchMethodException"}"#,
        &["runtime/invocation-failure"],
        &[],
    ),
    (
        r#"{"errorMessage":"cannot load such file -- nokogiri","errorType":"Init<LoadError>","stackTrace":["/var/lang/lib/ruby/3.3.0/bundled_gems.rb:69:in `require'"]}"#,
        &["runtime/handler-file-missing"],
        &[],
    ),
    (
        "Could not find the specified handler assembly with the file name 'Orders, Culture=neutral, PublicKeyToken=null'. The assembly should be located in the root of your uploaded .zip file.: LambdaException",
        &["runtime/handler-file-missing"],
        &[],
    ),
    (
        "Unable to load type 'Orders.Function' from assembly 'Orders'.: LambdaException",
        &["runtime/handler-symbol-missing"],
        &[],
    ),
    (
        "Error: .NET binaries for Lambda function are not correctly installed in the /var/task directory of the image when the image was built. The /var/task directory is missing the required .runtimeconfig.json file.",
        &["runtime/target-framework"],
        &[],
    ),
    (
        "RequestId: 6f1c2d3e-1111-2222-3333-444455556666 Error: Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]\nRuntime.InvalidEntrypoint",
        &["runtime/bootstrap-missing"],
        &["runtime/not-executable"],
    ),
    (
        "RequestId: 6f1c2d3e-1111-2222-3333-444455556666 Error: fork/exec /var/task/bootstrap: exec format error\nRuntime.InvalidEntrypoint",
        &["native/wrong-architecture"],
        &["runtime/bootstrap-missing"],
    ),
    ("Error: fork/exec /var/task/bootstrap: permission denied", &["runtime/not-executable"], &[]),
    (
        "EXTENSION\tName: monitor\tState: LaunchError\tEvents: []\tError Type: Extension.LaunchError\nError: fork/exec /opt/extensions/monitor: exec format error",
        &["native/wrong-architecture"],
        &[],
    ),
    (
        "/opt/wrapper: does not exist\nRuntime exited with error: exit status 127",
        &["runtime/wrapper-missing"],
        &[],
    ),
    (
        "INIT_REPORT Init Duration: 112.41 ms\tPhase: init\tStatus: error\tError Type: Runtime.InvalidEntrypoint",
        &["runtime/bootstrap-missing", "runtime/not-executable"],
        &[],
    ),
    (
        r#"{"time":"2026-11-21T07:00:00.000Z","type":"platform.initReport","record":{"initializationType":"on-demand","phase":"init","status":"error","errorType":"Runtime.ImportModuleError","metrics":{"durationMs":112.4}}}"#,
        &["runtime/unresolved-import"],
        &[],
    ),
    (
        "/var/lang/bin/node: /lib64/libstdc++.so.6: version `GLIBCXX_3.4.32' not found (required by /var/task/node_modules/better-sqlite3/build/Release/better_sqlite3.node)",
        &["native/libstdcxx-too-new"],
        &[],
    ),
];

/// Lines of which a part was copied, or a name alone.
const PIECES: &[Line] = &[
    ("invalid ELF header", &["native/wrong-platform"], &[]),
    ("bad interpreter", &["runtime/bad-interpreter"], &["native/missing-library"]),
    (
        "/opt/extensions/agent: bad interpreter: No such file or directory",
        &["runtime/bad-interpreter"],
        &["native/missing-library"],
    ),
    (
        "EXTENSION\tName: agent\tState: LaunchError\tEvents: []\tError Type: PermissionDenied",
        &["layout/extension-entry"],
        &["native/missing-library"],
    ),
    ("Error: exit code 1 Extension.Crash", &["native/missing-library"], &[]),
];

const DEPLOY: &[Line] = &[
    (
        "An error occurred (InvalidParameterValueException) when calling the UpdateFunctionCode operation: Unzipped size must be smaller than 262144000 bytes",
        &["size/unzipped-limit"],
        &[],
    ),
    (
        "Resource handler returned message: \u{201c}Function code combined with layers exceeds the maximum allowed size of 262144000 bytes. The actual size is 301200000 bytes.\u{201d} (Service: Lambda, Status Code: 400)",
        &["size/unzipped-limit"],
        &[],
    ),
    (
        "An error occurred (InvalidParameterValueException): Cannot reference more than 5 layers.",
        &["size/too-many-layers"],
        &[],
    ),
    (
        "Could not unzip uploaded file. Please check your file, then try to upload again.",
        &["archive/not-a-zip"],
        &[],
    ),
    ("StateReason: Lambda layer conversion failed", &["collision/file-directory"], &[]),
    ("Layer conversion failed: Some files do not have read permissions;", &["archive/layer-conversion"], &[]),
    (
        "1 validation error detected: Value 'app handler' at 'handler' failed to satisfy constraint: Member must satisfy regular expression pattern: [^\\s]+",
        &["runtime/handler-malformed"],
        &[],
    ),
];

fn told(line: &str) -> Option<Vec<String>> {
    let style = Style { color: false, width: 100, links: false };
    let text = explain(line, pages::ALL, style).ok()?;
    Some(
        text.lines()
            .filter_map(|line| line.strip_prefix("  ")?.split_once(": ").map(|(id, _)| id.to_owned()))
            .collect(),
    )
}

#[test]
fn lines_of_logs_name_their_rules() {
    let lines: Vec<&Line> = [PYTHON, NODE, OTHERS, PIECES, DEPLOY].into_iter().flatten().collect();
    assert!(lines.len() >= 40, "{}", lines.len());
    let mut wrong = Vec::new();
    for (line, wanted, unwanted) in lines {
        let told = told(line).unwrap_or_default();
        let has = |rule: &&&str| told.iter().any(|one| one == **rule);
        for rule in wanted.iter().filter(|rule| !has(rule)) {
            wrong.push(format!("{line}\n    lacks {rule}: {told:?}"));
        }
        for rule in unwanted.iter().filter(has) {
            wrong.push(format!("{line}\n    has {rule}: {told:?}"));
        }
        if told.len() > 14 {
            wrong.push(format!("{line}\n    {} rules are no help: {told:?}", told.len()));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whoever pastes a text that a rule quotes finds a page.
#[test]
fn every_known_text_leads_to_a_page() {
    let lost: Vec<&str> = texts::ALL
        .iter()
        .filter(|text| !text.template.ends_with("{error}") && told(text.template).is_none())
        .map(|text| text.id)
        .collect();
    assert!(lost.is_empty(), "no page quotes {lost:?}");
}

/// What no rule predicts is not guessed at.
#[test]
fn other_lines_name_nothing() {
    for line in [
        "2026-11-21T07:00:00Z Task timed out after 3.00 seconds",
        "START RequestId: 6f1c2d3e-1111-2222-3333-444455556666 Version: $LATEST",
        r#"{"errorType":"KeyError","errorMessage":"'name'","stackTrace":["  File \"/var/task/app.py\", line 3, in handler"]}"#,
        "error",
        "module",
        "\u{1b}[",
        "{",
    ] {
        assert_eq!(told(line), None, "{line}");
    }
}
