//! Turns `rules/<category>/<name>.md` into typed statics and `rules/data/texts.toml` into constants, so that the compiler reports a
//! page without code and code without a page.

use std::{
    env,
    error::Error,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use serde::Deserialize;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Head {
    summary: String,
    severity: Severity,
    certainty: Certainty,
    since: String,
    #[serde(default)]
    needs: Vec<Need>,
    security_severity: Option<String>,
    #[serde(default)]
    groups: Vec<Group>,
    #[serde(default)]
    renamed_from: Vec<String>,
}

#[derive(Deserialize, Debug)]
#[serde(rename_all = "kebab-case")]
enum Severity {
    Error,
    Warning,
    Info,
}

#[derive(Deserialize, Debug)]
#[serde(rename_all = "kebab-case")]
enum Certainty {
    Certain,
    Likely,
    Advice,
}

#[derive(Deserialize, Debug)]
#[serde(rename_all = "kebab-case")]
enum Need {
    MachineCode,
    Links,
    Prefixes,
    Distributions,
    Digests,
    LocalHeaders,
    Nested,
    Texts,
    Records,
}

#[derive(Deserialize, PartialEq)]
#[serde(rename_all = "kebab-case")]
enum Group {
    Pedantic,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Texts {
    text: Vec<Text>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Text {
    id: String,
    template: String,
    source: String,
    #[allow(dead_code, reason = "read by the tests, required here so that no row goes without")]
    as_of: toml::value::Datetime,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Dated {
    as_of: Option<toml::value::Datetime>,
}

fn main() -> Result<()> {
    println!("cargo::rerun-if-changed=rules");
    println!("cargo::rerun-if-changed=build.rs");
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("rules");
    let out = PathBuf::from(env::var("OUT_DIR")?);
    fs::write(out.join("pages.rs"), pages(&root)?)?;
    fs::write(out.join("texts.rs"), texts(&root.join("data/texts.toml"))?)?;
    fs::write(out.join("tables.rs"), tables(&root.join("data"))?)?;
    println!("cargo::rustc-env=LAYERLINT_KNOWLEDGE={:016x}", knowledge()?);
    Ok(())
}

/// What has a say in what entries are found to be: the tables, and the code that reads. A cache made by another is not believed.
const KNOWLEDGE: [&str; 4] = ["rules/data", "src/archive", "src/data", "src/inspect"];

/// FNV-1a over the names and bytes of its files.
fn knowledge() -> Result<u64> {
    let mut sum = 0xcbf2_9ce4_8422_2325;
    for folder in KNOWLEDGE {
        println!("cargo::rerun-if-changed={folder}");
        sum = sum_of(sum, Path::new(folder))?;
    }
    Ok(sum)
}

fn sum_of(mut sum: u64, folder: &Path) -> Result<u64> {
    let mut paths = sorted(folder)?;
    // the same in every build: a file and a folder may have one stem
    paths.sort();
    for path in paths {
        if path.is_dir() {
            sum = sum_of(sum, &path)?;
            continue;
        }
        for byte in path.to_string_lossy().bytes().chain(fs::read(&path)?) {
            sum = (sum ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
        }
    }
    Ok(sum)
}

fn pages(root: &Path) -> Result<String> {
    let mut code = String::new();
    let mut all = String::new();
    for category in sorted(root)? {
        if !category.is_dir() || category.ends_with("data") {
            continue;
        }
        let module = name_of(&category)?;
        writeln!(
            code,
            "/// The pages of `{module}/*`.\n#[allow(clippy::wildcard_imports, reason = \"generated\")]\npub mod {module} {{\n    use super::*;"
        )?;
        for page in sorted(&category)? {
            if page.extension().is_some_and(|extension| extension == "md") {
                write_page(&mut code, &mut all, &module, &page)
                    .map_err(|error| format!("{}: {error}", page.display()))?;
            }
        }
        code.push_str("}\n");
    }
    writeln!(code, "/// Every page, sorted by id.\npub static ALL: &[&Page] = &[{all}];")?;
    Ok(code)
}

fn write_page(code: &mut String, all: &mut String, category: &str, path: &Path) -> Result<()> {
    let name = name_of(path)?;
    let text = fs::read_to_string(path)?.replace("\r\n", "\n");
    let rest = text.strip_prefix("```toml\n").ok_or("a page begins with a fenced toml head")?;
    let (head, body) = rest.split_once("\n```\n").ok_or("the head is not closed")?;
    let head: Head = toml::from_str(head)?;
    let constant = name.replace('-', "_").to_uppercase();
    let needs: String = head.needs.iter().map(|need| format!("Need::{need:?}, ")).collect();
    let profile = if head.groups.contains(&Group::Pedantic) { "Pedantic" } else { "Default" };
    writeln!(
        code,
        "    /// {category}/{name}: {summary}\n    pub static {constant}: Page = Page {{ id: {id:?}, category: {category:?}, name: {name:?}, \
         summary: {summary:?}, severity: Severity::{severity:?}, certainty: Certainty::{certainty:?}, since: {since:?}, \
         needs: &[{needs}], security_severity: {security:?}, profile: Profile::{profile}, renamed_from: &{renamed:?}, markdown: {body:?} }};",
        id = format!("{category}/{name}"),
        summary = head.summary,
        severity = head.severity,
        certainty = head.certainty,
        since = head.since,
        security = head.security_severity,
        renamed = head.renamed_from,
    )?;
    write!(all, "&{category}::{constant}, ")?;
    Ok(())
}

fn texts(path: &Path) -> Result<String> {
    let table: Texts =
        toml::from_str(&fs::read_to_string(path)?).map_err(|error| format!("{}: {error}", path.display()))?;
    let mut code = String::new();
    let mut all = String::new();
    for text in table.text {
        let constant = text.id.replace('-', "_").to_uppercase();
        writeln!(
            code,
            "/// `{}`\npub static {constant}: Text = Text {{ id: {:?}, template: {:?}, source: {:?} }};",
            text.id, text.id, text.template, text.source
        )?;
        write!(all, "&{constant}, ")?;
    }
    writeln!(code, "/// Every text.\npub static ALL: &[&Text] = &[{all}];")?;
    Ok(code)
}

/// The tables of `rules/data` that have a day, with the day on which each was true.
fn tables(folder: &Path) -> Result<String> {
    let mut rows = String::new();
    for path in sorted(folder)? {
        if path.extension().is_some_and(|extension| extension == "toml") {
            let table: Dated = toml::from_str(&fs::read_to_string(&path)?)
                .map_err(|error| format!("{}: {error}", path.display()))?;
            // the rows of the error texts are dated one by one
            if let Some(day) = table.as_of {
                write!(rows, "({:?}, {:?}), ", name_of(&path)?, day.to_string())?;
            }
        }
    }
    Ok(format!("&[{rows}]"))
}

fn sorted(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut paths: Vec<PathBuf> =
        fs::read_dir(folder)?.map(|entry| entry.map(|entry| entry.path())).collect::<std::io::Result<_>>()?;
    // by name without the ending, as ids are: `credential` before `credential-file`
    paths.sort_by(|one, other| one.file_stem().cmp(&other.file_stem()));
    Ok(paths)
}

fn name_of(path: &Path) -> Result<String> {
    Ok(path.file_stem().and_then(|stem| stem.to_str()).ok_or("a name that is not UTF-8")?.to_owned())
}
