//! `layerlint opt`: the merged `/opt` and `/var/task`, for people and as JSON.

use std::{collections::BTreeMap, fmt::Write as _};

use serde::Serialize;

use crate::model::{merged::MergedView, size::Bytes, text::SafeText};

use super::log_safe;

/// Paths down to a depth, folders below it summed up, with the provider of each and what it hides.
pub fn human(views: &[MergedView], depth: usize) -> String {
    let mut out = String::new();
    for view in views {
        let _ = writeln!(out, "{}", view.name);
        for layer in &view.unknown {
            let _ = writeln!(out, "  ? {layer}: no local copy, what it lays down is not known");
        }
        for (path, row) in rows(view, depth) {
            let hides = if row.hides.is_empty() {
                String::new()
            } else {
                format!("  hides {} of {}", row.hidden, row.hides.join(", "))
            };
            let _ =
                writeln!(out, "  {:>10}  {path}  ({}){hides}", row.bytes.human(), row.providers.join(", "));
        }
    }
    log_safe::plain(&out)
}

#[derive(Default)]
struct Row {
    bytes: Bytes,
    providers: Vec<String>,
    hides: Vec<String>,
    hidden: usize,
}

fn rows(view: &MergedView, depth: usize) -> BTreeMap<String, Row> {
    let mut rows: BTreeMap<String, Row> = BTreeMap::new();
    for file in &view.files {
        let row = rows.entry(cut(file.path.as_str(), depth)).or_default();
        row.bytes += file.size;
        row.hidden = row.hidden.saturating_add(file.hides.len());
        add(&mut row.providers, file.provider.as_str());
        file.hides.iter().for_each(|name| add(&mut row.hides, name.as_str()));
    }
    rows
}

fn add(names: &mut Vec<String>, name: &str) {
    if !names.iter().any(|one| one == name) {
        names.push(name.to_owned());
    }
}

/// A path, or the folder of it at a depth below the mount: `/opt/python/` at 1.
fn cut(path: &str, depth: usize) -> String {
    let below = if path.starts_with("/var/task/") { 3 } else { 2 };
    let end = path.match_indices('/').nth(depth.saturating_add(below).saturating_sub(1));
    match end.and_then(|(at, _)| path.get(..at)) {
        Some(folder) => format!("{folder}/"),
        None => path.to_owned(),
    }
}

#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    deployments: Vec<One<'a>>,
}

#[derive(Serialize)]
struct One<'a> {
    name: &'a str,
    unknown_layers: Vec<&'a str>,
    files: Vec<File<'a>>,
}

#[derive(Serialize)]
struct File<'a> {
    path: &'a str,
    bytes: u64,
    provider: &'a str,
    hides: Vec<&'a str>,
}

/// Every file with its provider.
pub fn json(views: &[MergedView]) -> String {
    let document = Document { version: 1, deployments: views.iter().map(one).collect() };
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    log_safe::json(&text)
}

fn one(view: &MergedView) -> One<'_> {
    let files = view.files.iter().map(|file| File {
        path: file.path.as_str(),
        bytes: file.size.0,
        provider: file.provider.as_str(),
        hides: file.hides.iter().map(SafeText::as_str).collect(),
    });
    One {
        name: view.name.as_str(),
        unknown_layers: view.unknown.iter().map(SafeText::as_str).collect(),
        files: files.collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::cut;

    #[test]
    fn paths_are_cut_below_their_mount() {
        assert_eq!(cut("/opt/python/pkg/a.py", 1), "/opt/python/");
        assert_eq!(cut("/opt/python/pkg/a.py", 2), "/opt/python/pkg/");
        assert_eq!(cut("/opt/python/a.py", 2), "/opt/python/a.py");
        assert_eq!(cut("/var/task/lib/a.jar", 1), "/var/task/lib/");
        assert_eq!(cut("/var/task/app.py", 1), "/var/task/app.py");
    }
}
