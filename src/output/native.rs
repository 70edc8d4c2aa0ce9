//! `layerlint native`: every binary, what it needs and where that is found.

use std::{collections::BTreeMap, fmt::Write as _};

use serde::Serialize;

use crate::model::{
    native::{Found, NativeRow, NativeTable, NeedRow},
    text::SafeText,
};

use super::log_safe;

/// Binaries with what they need. What the system has is only counted, unless `all` is asked for.
pub fn human(tables: &[NativeTable], all: bool) -> String {
    let mut out = String::new();
    for table in tables {
        let target = table.target.as_ref().map(|target| format!(" for {target}")).unwrap_or_default();
        let _ = writeln!(out, "{}{target}: {} binaries\n", table.name, table.rows.len());
        for row in &table.rows {
            write_row(&mut out, row, all);
        }
        missing(&mut out, table);
    }
    if tables.is_empty() {
        out.push_str("no machine code\n");
    }
    log_safe::plain(&out)
}

fn write_row(out: &mut String, row: &NativeRow, all: bool) {
    let _ = writeln!(out, "{}", row.path);
    let mut facts = vec![row.format.to_string()];
    facts.extend(row.glibc.as_ref().map(|version| format!("GLIBC_{version}")));
    facts.extend(row.glibcxx.as_ref().map(|version| format!("GLIBCXX_{version}")));
    facts.extend(row.cxxabi.as_ref().map(|version| format!("CXXABI_{version}")));
    facts.extend(row.libgcc.as_ref().map(|version| format!("GCC_{version}")));
    facts.push(row.loading.unwrap_or("not loaded").to_owned());
    let _ = writeln!(out, "    {}", facts.join(", "));
    let (there, telling): (Vec<&NeedRow>, Vec<&NeedRow>) =
        row.needs.iter().partition(|need| !all && matches!(need.found, Found::System | Found::Runtime));
    for need in telling {
        let _ = writeln!(out, "    {} => {}", need.library, place(need));
    }
    if !there.is_empty() {
        let _ = writeln!(out, "    {} of the system and the runtime", there.len());
    }
}

fn place(need: &NeedRow) -> String {
    match need.found {
        Found::Package => need.path.as_ref().map(ToString::to_string).unwrap_or_default(),
        Found::System => "the operating system".to_owned(),
        Found::Runtime => "the runtime".to_owned(),
        Found::Unproven => "perhaps the operating system".to_owned(),
        Found::Undecided => "not to be known from the packages".to_owned(),
        Found::Missing => "NOT FOUND".to_owned(),
    }
}

/// The missing ones again, at the end, where one looks first.
fn missing(out: &mut String, table: &NativeTable) {
    let mut found: BTreeMap<&SafeText, Vec<&SafeText>> = BTreeMap::new();
    for row in &table.rows {
        for need in row.needs.iter().filter(|need| need.found == Found::Missing) {
            found.entry(&need.library).or_default().push(&row.path);
        }
    }
    for (library, by) in &found {
        let _ =
            writeln!(out, "NOT FOUND {library}, needed by {}", by.first().map_or("", |path| path.as_str()));
    }
    out.push('\n');
}

#[derive(Serialize)]
struct Document {
    version: u32,
    deployments: Vec<Table>,
}

#[derive(Serialize)]
struct Table {
    name: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    target: Option<String>,
    binaries: Vec<Row>,
}

#[derive(Serialize)]
struct Row {
    path: String,
    package: String,
    format: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    loaded: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    glibc: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    glibcxx: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cxxabi: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    libgcc: Option<String>,
    needs: Vec<Need>,
}

#[derive(Serialize)]
struct Need {
    library: String,
    found: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    path: Option<String>,
}

/// The same as JSON.
pub fn json(tables: &[NativeTable]) -> String {
    let document = Document { version: 1, deployments: tables.iter().map(table).collect() };
    // our own strings and numbers: this cannot fail
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    log_safe::json(&text)
}

fn table(table: &NativeTable) -> Table {
    Table {
        name: table.name.to_string(),
        target: table.target.as_ref().map(ToString::to_string),
        binaries: table.rows.iter().map(row).collect(),
    }
}

fn row(row: &NativeRow) -> Row {
    let text = |one: &Option<SafeText>| one.as_ref().map(ToString::to_string);
    let need = |need: &NeedRow| Need {
        library: need.library.to_string(),
        found: need.found.as_str(),
        path: text(&need.path),
    };
    Row {
        path: row.path.to_string(),
        package: row.package.to_string(),
        format: row.format.to_string(),
        loaded: row.loading,
        glibc: text(&row.glibc),
        glibcxx: text(&row.glibcxx),
        cxxabi: text(&row.cxxabi),
        libgcc: text(&row.libgcc),
        needs: row.needs.iter().map(need).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Vec<NativeTable> {
        let need = |library: &str, found, path: Option<&str>| NeedRow {
            library: library.into(),
            found,
            path: path.map(SafeText::new),
        };
        vec![NativeTable {
            name: "deps".into(),
            target: Some("python3.12 on x86_64".into()),
            rows: vec![NativeRow {
                path: "/opt/python/pkg/_x.so".into(),
                package: "deps".into(),
                format: "ELF x86-64".into(),
                loading: Some("imported by Python"),
                glibc: Some("2.17".into()),
                glibcxx: None,
                cxxabi: None,
                libgcc: None,
                needs: vec![
                    need("libfoo.so.1", Found::Package, Some("/opt/python/pkg.libs/libfoo.so.1")),
                    need("libGL.so.1", Found::Missing, None),
                    need("libc.so.6", Found::System, None),
                ],
            }],
        }]
    }

    #[test]
    fn what_is_missing_stands_at_the_end_again() {
        assert_eq!(
            human(&sample(), false),
            "deps for python3.12 on x86_64: 1 binaries\n\n/opt/python/pkg/_x.so\n    ELF x86-64, GLIBC_2.17, imported by Python\n    \
             libfoo.so.1 => /opt/python/pkg.libs/libfoo.so.1\n    libGL.so.1 => NOT FOUND\n    1 of the system and the runtime\n\
             NOT FOUND libGL.so.1, needed by /opt/python/pkg/_x.so\n\n"
        );
        assert!(human(&sample(), true).contains("libc.so.6 => the operating system"));
    }

    #[test]
    fn json_says_how_each_is_found() {
        let value: serde_json::Value = serde_json::from_str(&json(&sample())).unwrap();
        let needs = &value["deployments"][0]["binaries"][0]["needs"];
        assert_eq!((&needs[0]["found"], &needs[1]["found"]), (&"package".into(), &"missing".into()));
    }
}
