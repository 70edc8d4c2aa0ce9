//! Which construct a resource is, and which line of the program made it.
//!
//! `additionalMetadataFile` (or `metadata` of older assemblies) has both by construct path: `aws:cdk:logicalId`, and a stack trace.

use std::{
    collections::{BTreeMap, HashMap},
    path::{Path, PathBuf},
};

use crate::{
    input::{
        document::{Document, Located},
        places::shown,
    },
    model::place::SourceSpan,
};

use super::{Inventory, files::Files, ignores};

/// Sources that people write programs of the CDK in. What else a trace names is not opened.
const LANGUAGES: [&str; 10] = ["ts", "mts", "cts", "js", "mjs", "cjs", "py", "java", "cs", "go"];

/// Bytes of a source that is opened to show a line of it.
const LONGEST: u64 = 4 * 1024 * 1024;

/// Columns of a line that people wrote; further ones are those of a bundle.
const MOST_COLUMNS: usize = 2_000;

/// A construct of a stack.
#[derive(Clone, Debug)]
pub(super) struct Construct {
    /// `Main/LayerA`
    pub(super) path: String,
    /// The line that makes it.
    pub(super) at: Option<SourceSpan>,
}

/// The constructs of a stack by the logical ids of their resources.
#[derive(Debug, Default)]
pub(super) struct Traces {
    by_id: HashMap<String, Vec<Construct>>,
}

impl Traces {
    /// Reads what a manifest says of a stack.
    pub(super) fn of(
        artifact: Located<'_>,
        folder: &Path,
        files: &mut Files,
        inventory: &mut Inventory<'_>,
    ) -> Self {
        let mut traces = Self::default();
        let mut sources = Sources::default();
        if let Some(own) = artifact.get("metadata") {
            traces.read(own, &mut sources);
        }
        let file = artifact.get("additionalMetadataFile").and_then(Located::text);
        if let Some(document) = file.and_then(|file| files.once(&folder.join(file), "", inventory))
            && let Some(root) = document.root()
        {
            traces.read(root, &mut sources);
        }
        sources.show(inventory);
        traces
    }

    fn read(&mut self, constructs: Located<'_>, sources: &mut Sources) {
        for construct in constructs.pairs() {
            let entry = |kind: &str| {
                construct.value.items().find(|one| one.get("type").and_then(Located::text) == Some(kind))
            };
            let Some(named) = entry("aws:cdk:logicalId") else { continue };
            let Some(id) = named.get("data").and_then(Located::text) else { continue };
            let trace = entry("aws:cdk:creationStack").and_then(|one| one.get("data"));
            let frames = trace.or_else(|| named.get("trace"));
            let at = frames.and_then(|frames| {
                frames.items().filter_map(Located::text).take(50).find_map(|frame| sources.place(frame))
            });
            let construct = Construct { path: readable(construct.key), at };
            self.by_id.entry(id.to_owned()).or_default().push(construct);
        }
    }

    /// The construct of a resource of the template that is made in a scope. A nested stack may have the ids of the stack around it,
    /// whose constructs have shorter paths.
    pub(super) fn construct(&self, scope: &str, id: &str) -> Option<&Construct> {
        let inside = self.by_id.get(id)?.iter().filter(|construct| construct.path.starts_with(scope));
        inside.min_by_key(|construct| construct.path.len())
    }
}

/// `/Main/LayerA/Resource` as people call it: `Main/LayerA`.
pub(super) fn readable(path: &str) -> String {
    let path = path.trim_start_matches('/');
    path.strip_suffix("/Resource").unwrap_or(path).to_owned()
}

/// The sources that traces name, as far as they lie below the folder that the run was started in.
#[derive(Debug, Default)]
struct Sources {
    read: BTreeMap<PathBuf, Option<Document>>,
}

impl Sources {
    /// The place that a frame names: `new S (/home/me/app/lib/stack.ts:12:15)`.
    fn place(&mut self, frame: &str) -> Option<SourceSpan> {
        let (path, line, column) = parts(frame)?;
        let path = below_here(Path::new(path))?;
        let document = self.read.entry(path.clone()).or_insert_with(|| open(&path)).as_ref()?;
        at(document, line, column)
    }

    fn show(&self, inventory: &mut Inventory<'_>) {
        for document in self.read.values().flatten() {
            inventory.show_lines_of(document);
            if let Err(error) = ignores::add(document, inventory) {
                inventory.broken(error);
            }
        }
    }
}

/// Path, line and column of a frame.
fn parts(frame: &str) -> Option<(&str, usize, usize)> {
    let inner = frame.rsplit_once('(').map_or(frame, |(_, rest)| rest).trim_end_matches(')').trim();
    let inner = inner.strip_prefix("at ").unwrap_or(inner);
    let (rest, column) = inner.rsplit_once(':')?;
    let (path, line) = rest.rsplit_once(':')?;
    Some((path.strip_prefix("file://").unwrap_or(path), line.parse().ok()?, column.parse().ok()?))
}

/// The path from the current folder on; nothing of what lies elsewhere or was not written for this program.
fn below_here(path: &Path) -> Option<PathBuf> {
    let here = std::env::current_dir().ok()?;
    let relative = path.strip_prefix(&here).ok()?;
    let extension = relative.extension()?.to_str()?;
    let is_plain = relative.components().all(|part| matches!(part, std::path::Component::Normal(_)));
    let is_foreign = relative.components().any(|part| part.as_os_str() == "node_modules");
    (is_plain && !is_foreign && LANGUAGES.contains(&extension)).then(|| relative.to_owned())
}

fn open(path: &Path) -> Option<Document> {
    let data = std::fs::symlink_metadata(path).ok()?;
    if !data.is_file() || data.len() > LONGEST {
        return None;
    }
    let mut document = Document::plain(shown(path), std::fs::read_to_string(path).ok()?);
    document.comments = ignores::comments(&document.file, &document.text);
    Some(document)
}

/// From the column to the end of its line. A program that was edited since may have no such line.
fn at(document: &Document, line: usize, column: usize) -> Option<SourceSpan> {
    let start = document.start_of_line(line).filter(|_| column <= MOST_COLUMNS)?;
    let text = document.text.get(start..)?.lines().next()?;
    let skipped: usize = text.chars().take(column.checked_sub(1)?).map(char::len_utf8).sum();
    let rest = text.get(skipped..)?.trim_end();
    let from = start.saturating_add(skipped);
    Some(document.span(&(from..from.saturating_add(rest.len()))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn frames_of_all_shapes_give_path_line_and_column() {
        for (frame, expected) in [
            ("new S (/app/lib/stack.ts:12:15)", Some(("/app/lib/stack.ts", 12, 15))),
            ("<anonymous> (file:///app/bin/app.mjs:3:1)", Some(("/app/bin/app.mjs", 3, 1))),
            ("    at /app/app.js:4:9", Some(("/app/app.js", 4, 9))),
            ("new S (C:\\app\\stack.ts:12:15)", Some(("C:\\app\\stack.ts", 12, 15))),
            ("...new LayerVersion2 in aws-cdk-lib...", None),
            ("...node internals...", None),
            ("(no user code in 10 frames, use --stack-trace-limit to capture more)", None),
        ] {
            assert_eq!(parts(frame), expected, "{frame}");
        }
    }

    #[test]
    fn only_programs_below_the_start_are_opened() {
        let here = std::env::current_dir().unwrap();
        assert_eq!(below_here(&here.join("lib/stack.ts")), Some(PathBuf::from("lib/stack.ts")));
        for other in ["lib/.env", "node_modules/a/b.js", "../x/stack.ts", "stack"] {
            assert_eq!(below_here(&here.join(other)), None, "{other}");
        }
        assert_eq!(below_here(Path::new("/elsewhere/stack.ts")), None);
    }

    #[test]
    fn a_place_goes_to_the_end_of_its_line_and_not_beyond_the_file() {
        let document =
            Document::plain(crate::model::place::ReportPath::new("a.ts"), "a\n  new B()\n".to_owned());
        let span = at(&document, 2, 3).unwrap();
        assert_eq!((span.line, span.column, span.length), (2, 3, 7));
        assert_eq!(at(&document, 9, 1), None);
        assert_eq!(at(&document, 2, 99).map(|span| span.length), Some(0));
    }
}
