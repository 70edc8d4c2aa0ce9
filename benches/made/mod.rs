//! Inputs of the benchmarks, made by code: the same bytes on every machine.

use std::{
    fs::File,
    io::Write as _,
    path::{Path, PathBuf},
};

use zip::{ZipWriter, write::SimpleFileOptions};

#[allow(
    dead_code,
    clippy::pedantic,
    clippy::indexing_slicing,
    reason = "the tests' own writer, of which they use more"
)]
#[path = "../../tests/support/elf.rs"]
mod elf;

/// Writes a zip as common tools do.
pub(crate) fn zip(
    folder: &Path,
    name: &str,
    entries: impl IntoIterator<Item = (String, Vec<u8>)>,
) -> PathBuf {
    let path = folder.join(name);
    let mut writer = ZipWriter::new(File::create(&path).unwrap());
    for (entry, bytes) in entries {
        writer.start_file(entry, SimpleFileOptions::default().unix_permissions(0o644)).unwrap();
        writer.write_all(&bytes).unwrap();
    }
    writer.finish().unwrap();
    path
}

/// Small Python modules in folders of a hundred, numbered from `first`.
pub(crate) fn modules(count: usize, first: usize) -> impl Iterator<Item = (String, Vec<u8>)> {
    (first..first + count).map(|number| {
        let path = format!("python/package_{}/module_{number}.py", number / 100);
        (path, python(2).into_bytes())
    })
}

/// A library that exports so many symbols and needs others.
pub(crate) fn library(symbols: usize) -> Vec<u8> {
    let names =
        |kind: &str, count: usize| (0..count).map(|number| format!("layerlint_{kind}_{number}")).collect();
    elf::build(&elf::ElfSpec {
        machine: "x86_64",
        soname: Some("libx.so.1".to_owned()),
        needs: vec![("libc.so.6".to_owned(), vec!["GLIBC_2.17".to_owned(), "GLIBC_2.34".to_owned()])],
        runpath: Some("$ORIGIN/../lib".to_owned()),
        exports: names("export", symbols),
        imports: names("import", symbols / 10),
        ..elf::ElfSpec::default()
    })
}

/// A Python module of so many functions, about 200 bytes each.
pub(crate) fn python(functions: usize) -> String {
    let function = |number: usize| {
        format!(
            "\ndef function_{number}(event, *, deep=None):\n    from package_{number} import thing as other\n    try:\n        \
             return {{\"key\": other(event[\"a\"], x) for x in range({number}) if x % 2}}\n    except (KeyError, ValueError):\n        raise\n"
        )
    };
    let head = "import json\nimport os.path\nfrom .sibling import name\n";
    head.to_owned() + &(0..functions).map(function).collect::<String>()
}

/// A CommonJS module of so many functions.
pub(crate) fn common_js(functions: usize) -> String {
    let function = |number: usize| {
        format!(
            "exports.name{number} = async function (event, {{ deep = null, ...rest }} = {{}}) {{\n  const other = await \
             require('./part-{number}.js').call(event?.records ?? [], `text ${{deep}}`);\n  return rest.map((one) => one / {number} + /x{{2}}/u.test(other));\n}};\n"
        )
    };
    "'use strict';\nconst fs = require('node:fs');\n".to_owned()
        + &(0..functions).map(function).collect::<String>()
}

/// A JavaScript module of so many functions.
pub(crate) fn es_module(functions: usize) -> String {
    let function = |number: usize| {
        format!(
            "import {{ name as name{number} }} from './part-{number}.mjs';\nexport class Class{number} {{\n  #private = {number};\n  get \
             value() {{ return this.#private ** 2 + name{number}?.(); }}\n  static async *all(list) {{ for await (const one of list) yield one; }}\n}}\n"
        )
    };
    (0..functions).map(function).collect()
}

/// A policy of a layer with so many statements.
pub(crate) fn policy(statements: usize) -> String {
    let statement = |number: usize| {
        format!(
            r#"{{"Sid": "s{number}", "Effect": "{}", "Principal": {{"AWS": ["{:012}", "*"]}}, "Action": "lambda:GetLayerVersion",
                "Resource": "arn:aws:lambda:eu-central-1:123456789012:layer:deps:{number}",
                "Condition": {{"StringEquals": {{"aws:PrincipalOrgID": "o-{number:010}"}}, "ArnLike": {{"aws:SourceArn": "arn:aws:s3:::b{number}*"}}}}}}"#,
            if number % 10 == 9 { "Deny" } else { "Allow" },
            number + 111_111_111_111
        )
    };
    let all: Vec<String> = (0..statements).map(statement).collect();
    format!(r#"{{"Version": "2012-10-17", "Statement": [{}]}}"#, all.join(",\n"))
}
