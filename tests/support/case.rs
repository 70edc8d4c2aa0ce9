//! Cases as Markdown: `fixtures/<category>/<name>/cases.md`.
//!
//! One `## triggers: ...` or `## silent: ...` heading a case, prose that says why, a `toml package` block that describes the packages,
//! and a `findings` block that lists every finding of every rule. The first trigger of a file also has a `human` block.

use std::{
    fs,
    path::{Path, PathBuf},
};

/// One case of a file.
#[derive(Clone, Debug)]
pub struct Case {
    /// `native/wrong-architecture`
    pub rule: String,
    /// The heading without its first word.
    pub title: String,
    /// Whether the rule has to fire.
    pub triggers: bool,
    /// The TOML that describes the packages.
    pub recipe: String,
    /// The expected findings, a line each.
    pub findings: Option<String>,
    /// The expected human report.
    pub human: Option<String>,
    /// Whether it is the first trigger of its file.
    pub first_trigger: bool,
    /// The folder of the case file.
    pub folder: PathBuf,
}

impl Case {
    /// For messages: `native/wrong-architecture: a wheel for arm64`.
    pub fn name(&self) -> String {
        format!("{}: {}", self.rule, self.title)
    }
}

/// The folder of all cases.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures")
}

/// All cases of all files, sorted by rule.
pub fn all() -> Vec<Case> {
    let mut cases = Vec::new();
    for category in folders(&root()) {
        for rule in folders(&category) {
            let file = rule.join("cases.md");
            if file.is_file() {
                cases.extend(parse(&file));
            }
        }
    }
    cases
}

fn folders(of: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> =
        fs::read_dir(of).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    found.sort();
    found
}

/// The cases of one file.
pub fn parse(file: &Path) -> Vec<Case> {
    let text = fs::read_to_string(file).unwrap();
    let folder = file.parent().unwrap();
    let name = |path: &Path| path.file_name().unwrap().to_str().unwrap().to_owned();
    let rule = format!("{}/{}", name(folder.parent().unwrap()), name(folder));
    let mut seen_trigger = false;
    let mut cases = Vec::new();
    for section in text.split("\n## ").skip(1) {
        let (heading, body) = section.split_once('\n').unwrap_or((section, ""));
        let (kind, title) = heading
            .split_once(": ")
            .unwrap_or_else(|| panic!("{rule}: `## {heading}` needs `triggers:` or `silent:`"));
        let triggers = match kind {
            "triggers" => true,
            "silent" => false,
            _ => panic!("{rule}: `## {heading}` begins with neither `triggers:` nor `silent:`"),
        };
        let first_trigger = triggers && !seen_trigger;
        seen_trigger |= triggers;
        cases.push(Case {
            rule: rule.clone(),
            title: title.trim().to_owned(),
            triggers,
            recipe: block(body, "toml package")
                .unwrap_or_else(|| panic!("{rule}: `{title}` has no `toml package` block")),
            findings: block(body, "findings"),
            human: block(body, "human"),
            first_trigger,
            folder: folder.to_owned(),
        });
    }
    cases
}

/// The content of the first fenced block with this info string.
fn block(body: &str, info: &str) -> Option<String> {
    let (_, rest) = body.split_once(&format!("\n```{info}\n"))?;
    if let Some(rest) = rest.strip_prefix("```") {
        return Some(String::new()).filter(|_| rest.starts_with('\n') || rest.is_empty());
    }
    let (content, _) = rest.split_once("\n```")?;
    Some(format!("{content}\n"))
}

/// Writes the blocks of a case anew; what stands around them stays.
pub fn update(case: &Case, findings: &str, human: Option<&str>) {
    let file = case.folder.join("cases.md");
    let text = fs::read_to_string(&file).unwrap();
    let kind = if case.triggers { "triggers" } else { "silent" };
    let heading = format!("\n## {kind}: {}\n", case.title);
    let (before, rest) = text.split_once(&heading).unwrap();
    let (body, after) = rest
        .split_once("\n## ")
        .map_or((rest, String::new()), |(body, after)| (body, format!("\n## {after}")));
    let mut body = with_block(body, "findings", findings);
    if let Some(human) = human {
        body = with_block(&body, "human", human);
    }
    fs::write(&file, format!("{before}{heading}{}{after}", body.trim_end_matches('\n').to_owned() + "\n"))
        .unwrap();
}

fn with_block(body: &str, info: &str, content: &str) -> String {
    let fence = format!("\n```{info}\n");
    let new = format!("{fence}{content}```");
    match body.split_once(&fence) {
        None => format!("{}\n{new}\n", body.trim_end_matches('\n')),
        Some((before, rest)) => {
            let after = if let Some(after) = rest.strip_prefix("```") {
                after
            } else {
                rest.split_once("\n```").unwrap().1
            };
            format!("{before}{new}{after}")
        }
    }
}
