//! The files of a module: read, parsed, and sorted into what each block declares.

use std::{
    collections::{HashMap, HashSet},
    path::{Path, PathBuf},
};

use hcl_edit::structure::Body;

use crate::{
    input::{
        document::{Document, lines::Lines},
        error::UsageError,
        places::shown,
        templates::{Inventory, ignores, terraform::mentions},
    },
    model::place::{ReportPath, SourceSpan},
};

use super::{
    json, parse,
    syntax::{Arguments, At, Block},
};

/// Bytes of one file.
const LONGEST: u64 = 16 * 1024 * 1024;

/// Files of one module that are read.
const MOST: usize = 1000;

/// Bytes of all files of a run.
pub(super) const LONGEST_OF_ALL: usize = 64 * 1024 * 1024;

/// Values of all files of a run, estimated: the tree of a text of nothing but values is a hundred times as large as the text.
const MOST_VALUES: usize = 1_000_000;

/// Characters of an expression that reports show.
const SHOWN: usize = 100;

/// All files that were read, by number.
#[derive(Debug)]
pub(super) struct Files {
    list: Vec<File>,
    bytes_left: usize,
    values_left: usize,
}

impl Default for Files {
    fn default() -> Self {
        Self { list: Vec::new(), bytes_left: LONGEST_OF_ALL, values_left: MOST_VALUES }
    }
}

#[derive(Debug)]
struct File {
    shown: ReportPath,
    text: String,
    lines: Lines,
}

/// What the files of one folder declare.
#[derive(Debug, Default)]
pub(super) struct Parts {
    /// `resource` and `data` blocks, in the order of the files.
    pub(super) resources: Vec<Block>,
    pub(super) calls: Vec<Block>,
    pub(super) providers: Vec<Block>,
    pub(super) variables: HashMap<String, Block>,
    pub(super) outputs: HashMap<String, Block>,
    pub(super) locals: HashMap<String, super::syntax::Node>,
    /// Names of layers that something else than a function refers to.
    pub(super) mentioned: HashSet<String>,
    /// `resources` by kind and name.
    by_name: HashMap<(String, String), usize>,
}

impl Parts {
    /// The number of a resource; data sources have kinds that begin with `data.`.
    pub(super) fn find(&self, kind: &str, name: &str) -> Option<usize> {
        self.by_name.get(&(kind.to_owned(), name.to_owned())).copied()
    }

    pub(super) fn extend(&mut self, blocks: Vec<Block>) {
        for block in blocks {
            self.add(block);
        }
    }

    /// The arguments of a block replace those of the one that it names.
    fn replace(&mut self, block: Block) {
        let label = |at: usize| block.labels.get(at).cloned().unwrap_or_default();
        let first = label(0);
        let called = |other: &&mut Block| other.labels.first() == Some(&first);
        let own = match block.kind.as_str() {
            "resource" => self.find(&first, &label(1)).and_then(|at| self.resources.get_mut(at)),
            "data" => {
                self.find(&format!("data.{first}"), &label(1)).and_then(|at| self.resources.get_mut(at))
            }
            "module" => self.calls.iter_mut().find(called),
            "provider" => self.providers.iter_mut().find(called),
            "variable" => self.variables.get_mut(&first),
            "output" => self.outputs.get_mut(&first),
            _ => None,
        };
        match own {
            Some(own) => own.overridden_by(block),
            None => self.add(block),
        }
    }

    fn add(&mut self, mut block: Block) {
        let first = block.labels.first().cloned().unwrap_or_default();
        if !mentions::TOLD.contains(&first.as_str()) {
            block.mentioned(mentions::LAYER, &mut self.mentioned);
        }
        match block.kind.as_str() {
            "resource" | "data" => {
                let prefix = if block.kind == "data" { "data." } else { "" };
                block.kind = format!("{prefix}{first}");
                let name = block.labels.get(1).cloned().unwrap_or_default();
                self.by_name.insert((block.kind.clone(), name), self.resources.len());
                self.resources.push(block);
            }
            "module" => self.calls.push(block),
            "provider" => self.providers.push(block),
            "variable" => drop(self.variables.insert(first, block)),
            "output" => drop(self.outputs.insert(first, block)),
            "locals" => self.locals.extend(block.arguments),
            _ => {}
        }
    }
}

impl Block {
    /// Takes over the arguments of a block of the same name.
    fn overridden_by(&mut self, other: Self) {
        for (name, node) in other.arguments {
            match self.arguments.iter_mut().find(|(own, _)| *own == name) {
                Some((_, own)) => *own = node,
                None => self.arguments.push((name, node)),
            }
        }
    }
}

impl Files {
    /// Where some bytes are.
    pub(super) fn span(&self, at: &At) -> SourceSpan {
        let file = self.list.get(at.file);
        file.map_or_else(
            || SourceSpan::locate(&ReportPath::default(), "", 0..0),
            |file| file.lines.span(&file.shown, &file.text, &at.range),
        )
    }

    /// An expression as it is written, on one line.
    pub(super) fn written(&self, at: &At) -> String {
        let text =
            self.list.get(at.file).and_then(|file| file.text.get(at.range.clone())).unwrap_or_default();
        let line: String = text.split_whitespace().collect::<Vec<_>>().join(" ");
        if line.chars().count() <= SHOWN {
            return line;
        }
        line.chars().take(SHOWN).chain("...".chars()).collect()
    }

    /// The blocks of a folder. A file that cannot be read is said, and the others are read.
    pub(super) fn module(&mut self, folder: &Path, inventory: &mut Inventory<'_>) -> Parts {
        let mut parts = Parts::default();
        let mut files = named(folder, &[".tf", ".tf.json"]);
        files.sort_by_key(|path| is_override(path));
        for path in files {
            match self.blocks(&path, inventory) {
                Ok(blocks) if is_override(&path) => blocks.into_iter().for_each(|block| parts.replace(block)),
                Ok(blocks) => parts.extend(blocks),
                Err(Some(error)) => inventory.broken(error),
                Err(None) => {}
            }
        }
        parts
    }

    fn blocks(
        &mut self,
        path: &Path,
        inventory: &mut Inventory<'_>,
    ) -> Result<Vec<Block>, Option<UsageError>> {
        let text = text(path).map_err(Some)?;
        self.blocks_of(shown(path), text, is_json(path), inventory)
    }

    /// The blocks of a text.
    pub(super) fn blocks_of(
        &mut self,
        file: ReportPath,
        text: String,
        is_json: bool,
        inventory: &mut Inventory<'_>,
    ) -> Result<Vec<Block>, Option<UsageError>> {
        self.take(&file, &text, inventory)?;
        let number = self.list.len();
        let blocks = if is_json {
            json::blocks(&Document::json(file.clone(), text.clone()).map_err(Some)?, number)
        } else {
            take_ignores(&file, &text, inventory).map_err(Some)?;
            parse::blocks(&body(&file, &text, inventory)?, number, &text)
        };
        inventory.show_text(&file, &text);
        self.list.push(File { shown: file, lines: Lines::of(&text), text });
        Ok(blocks)
    }

    /// The values of variables that Terraform takes by itself: later files win.
    pub(super) fn values(&mut self, folder: &Path, inventory: &mut Inventory<'_>) -> Arguments {
        let fixed = ["terraform.tfvars", "terraform.tfvars.json"].map(|name| folder.join(name));
        let automatic = named(folder, &[".auto.tfvars", ".auto.tfvars.json"]);
        let mut found = Arguments::new();
        for path in fixed.into_iter().filter(|path| path.is_file()).chain(automatic) {
            match self.values_of(&path, inventory) {
                Ok(values) => found.extend(values),
                Err(Some(error)) => inventory.broken(error),
                Err(None) => {}
            }
        }
        found
    }

    fn values_of(
        &mut self,
        path: &Path,
        inventory: &mut Inventory<'_>,
    ) -> Result<Arguments, Option<UsageError>> {
        let text = text(path).map_err(Some)?;
        let file = shown(path);
        self.take(&file, &text, inventory)?;
        let number = self.list.len();
        let values = if is_json(path) {
            json::values(&Document::json(file.clone(), text.clone()).map_err(Some)?, number)
        } else {
            parse::arguments(&body(&file, &text, inventory)?, number, &text)
        };
        self.list.push(File { shown: file, lines: Lines::of(&text), text });
        Ok(values)
    }

    /// Takes from what is left for texts; a text for which nothing is left is not looked at, which is said.
    fn take(
        &mut self,
        file: &ReportPath,
        text: &str,
        inventory: &mut Inventory<'_>,
    ) -> Result<(), Option<UsageError>> {
        let separators = text.bytes().filter(|byte| b",=([{?.\n".contains(byte)).count();
        let left = (self.bytes_left.checked_sub(text.len()), self.values_left.checked_sub(separators));
        let (Some(bytes), Some(values)) = left else {
            inventory.not_analysed(file.as_str(), "more values than are read in one run");
            return Err(None);
        };
        (self.bytes_left, self.values_left) = (bytes, values);
        Ok(())
    }

    /// A text that is in no file: what the user says about a variable.
    pub(super) fn say(&mut self, name: &str, text: &str) -> At {
        let number = self.list.len();
        let shown = ReportPath::new(&format!("--parameter {name}"));
        self.list.push(File { shown, lines: Lines::of(text), text: text.to_owned() });
        At { file: number, range: 0..text.len() }
    }
}

/// Files whose arguments replace those of the others.
fn is_override(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let stem = name.strip_suffix(".tf").or_else(|| name.strip_suffix(".tf.json")).unwrap_or_default();
    stem == "override" || stem.ends_with("_override")
}

fn is_json(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "json")
}

fn take_ignores(file: &ReportPath, text: &str, inventory: &mut Inventory<'_>) -> Result<(), UsageError> {
    let comments = ignores::comments(file, text);
    if comments.is_empty() {
        return Ok(());
    }
    let lines: Vec<&str> = text.lines().collect();
    for comment in &comments {
        for ignore in ignores::of_comment(comment, &lines, text)? {
            inventory.ignore(ignore);
        }
    }
    Ok(())
}

/// The tree of a file. Nothing when it nests deeper than can be read, which may be right for Terraform: that is said.
fn body(file: &ReportPath, text: &str, inventory: &mut Inventory<'_>) -> Result<Body, Option<UsageError>> {
    text.parse::<Body>().map_err(|error| {
        let at = error.location();
        let (line, column) = (at.line(), at.column());
        if error.message().contains("nest") || error.message().contains("recursion") {
            let why = format!("line {line}, column {column} nests deeper than is read here");
            inventory.not_analysed(file.as_str(), &why);
            return None;
        }
        let message = format!("{file}:{line}:{column} is not HCL: {}", error.message());
        let fault = UsageError::new(message)
            .help("terraform fmt says the same; the other files of the folder are read");
        let range = at.offset()..at.offset().saturating_add(1);
        // files of values may hold passwords: no line of theirs is shown
        let is_secret = file.as_str().ends_with(".tfvars");
        Some(if is_secret { fault } else { fault.in_text(file.as_str(), text, range, "here") })
    })
}

/// The text of a file of at most so many bytes, whatever is wrong with it.
pub(super) fn peek(path: &Path, most: usize) -> Option<String> {
    let length = usize::try_from(std::fs::metadata(path).ok()?.len()).ok()?;
    if length <= most { text(path).ok() } else { None }
}

/// The text of a file without its byte-order mark.
fn text(path: &Path) -> Result<String, UsageError> {
    let fault = |why: &str| UsageError::new(format!("cannot read {}: {why}", shown(path)));
    let length = std::fs::metadata(path).map_err(|cause| fault(&cause.to_string()))?.len();
    if length > LONGEST {
        return Err(fault(&format!("it has {length} bytes, the most is {LONGEST}")));
    }
    let bytes = std::fs::read(path).map_err(|cause| fault(&cause.to_string()))?;
    let text = String::from_utf8(bytes).map_err(|_| fault("it is no text in UTF-8"))?;
    Ok(text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))
}

/// Files of a folder whose names end with one of these, sorted.
pub(super) fn named(folder: &Path, ends: &[&str]) -> Vec<PathBuf> {
    let look = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let entries = std::fs::read_dir(look).into_iter().flatten().filter_map(Result::ok);
    let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
    let mut found: Vec<PathBuf> = names
        .filter(|name| ends.iter().any(|end| name.ends_with(end)) && !name.starts_with('.'))
        .map(|name| folder.join(name))
        .filter(|path| path.is_file())
        .collect();
    found.sort();
    found.truncate(MOST);
    found
}
