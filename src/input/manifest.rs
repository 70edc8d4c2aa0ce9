//! `layerlint.toml` (or `[tool.layerlint]` of `pyproject.toml`) as written.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use schemars::{JsonSchema, generate::SchemaSettings};
use serde::Deserialize;
use toml::Spanned;

use crate::model::place::{ReportPath, SourceSpan};

use super::{
    document::lines::Lines,
    error::{UsageError, did_you_mean},
    places::shown,
};

/// The names under which the configuration is looked for, in this order.
pub const FILE_NAMES: [&str; 3] = ["layerlint.toml", ".layerlint.toml", "pyproject.toml"];

/// A configuration file with its text, so that faults can point into it.
#[derive(Debug)]
pub struct ManifestFile {
    /// Where it is.
    pub path: PathBuf,
    /// As written.
    pub text: String,
    /// As read.
    pub manifest: Manifest,
    place: ReportPath,
    lines: Lines,
}

/// The configuration of layerlint: `layerlint.toml`, or `[tool.layerlint]` of `pyproject.toml`.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
#[schemars(title = "layerlint.toml")]
pub struct Manifest {
    /// Another configuration whose `rules`, `budgets`, `policy` and `ignore` hold unless said otherwise here.
    #[schemars(with = "Option<String>")]
    pub extend: Option<Spanned<String>>,
    /// Further policies, of whatever they are attached to: files or globs.
    #[schemars(with = "Vec<String>")]
    pub policies: Vec<Spanned<String>>,
    /// Layers by alias.
    #[schemars(with = "BTreeMap<String, LayerTable>")]
    pub layer: BTreeMap<Spanned<String>, LayerTable>,
    /// Functions by name.
    #[schemars(with = "BTreeMap<String, FunctionTable>")]
    pub function: BTreeMap<Spanned<String>, FunctionTable>,
    /// Local copies of layers that are attached by ARN.
    #[schemars(with = "BTreeMap<String, ArnTable>")]
    pub arn: BTreeMap<Spanned<String>, ArnTable>,
    /// `select`, `extend-select`, `ignore`, and a severity per rule or category.
    #[schemars(with = "BTreeMap<String, RuleValue>")]
    pub rules: BTreeMap<Spanned<String>, Spanned<toml::Value>>,
    /// Size budgets.
    #[schemars(with = "BTreeMap<String, SizeValue>")]
    pub budgets: BTreeMap<Spanned<String>, Spanned<toml::Value>>,
    /// How much of hostile packages is looked at, by the names that `--limit` takes.
    #[schemars(with = "BTreeMap<String, SizeValue>")]
    pub limits: BTreeMap<Spanned<String>, Spanned<toml::Value>>,
    /// Whom layers may be shared with.
    pub policy: PolicyTable,
    /// What credentials look like.
    pub secrets: SecretsTable,
    /// Ignored findings, each with its reason.
    pub ignore: Vec<IgnoreTable>,
}

/// `[secrets]`
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct SecretsTable {
    /// A file of patterns in the format of gitleaks, instead of those that come with layerlint.
    #[schemars(with = "Option<String>")]
    pub patterns: Option<Spanned<String>>,
}

/// What stands behind a name of `[rules]`, for the schema alone.
#[derive(JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "read by the schema's derive")]
enum RuleValue {
    /// `select`, `extend-select` or `ignore`: rules or categories.
    List(Vec<String>),
    /// The severity of a rule or category: `error`, `warning` or `info`.
    Severity(String),
}

/// A size, for the schema alone.
#[derive(JsonSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "read by the schema's derive")]
enum SizeValue {
    /// Bytes, or files.
    Number(u64),
    /// With its unit: `"240 MB"`.
    Text(String),
}

/// `[layer.<alias>]`
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct LayerTable {
    /// Zip or folder; a glob has to match exactly one.
    #[schemars(with = "String")]
    pub path: Spanned<String>,
    /// What `CompatibleRuntimes` will say.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub compatible_runtimes: Vec<Spanned<String>>,
    /// What `CompatibleArchitectures` will say.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub compatible_architectures: Vec<Spanned<String>>,
    /// A policy document or the output of `get-layer-version-policy`.
    #[schemars(with = "Option<String>")]
    pub policy: Option<Spanned<String>>,
    /// The version ARN, when it is published already.
    #[schemars(with = "Option<String>")]
    pub arn: Option<Spanned<String>>,
}

/// `[function.<name>]`
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct FunctionTable {
    /// Zip or folder; without it only the layers are looked at.
    #[schemars(with = "Option<String>")]
    pub path: Option<Spanned<String>>,
    /// Runtime identifier.
    #[schemars(with = "Option<String>")]
    pub runtime: Option<Spanned<String>>,
    /// `x86_64` or `arm64`.
    #[schemars(with = "Option<String>")]
    pub architecture: Option<Spanned<String>>,
    /// Handler.
    #[schemars(with = "Option<String>")]
    pub handler: Option<Spanned<String>>,
    /// Aliases, paths or version ARNs in attach order.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub layers: Vec<Spanned<String>>,
    /// A policy document or the output of `get-policy`.
    #[schemars(with = "Option<String>")]
    pub policy: Option<Spanned<String>>,
    /// Environment variables.
    #[serde(default)]
    pub environment: BTreeMap<String, String>,
}

/// `[arn."<version arn>"]`
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct ArnTable {
    /// The local copy.
    #[schemars(with = "String")]
    pub path: Spanned<String>,
    /// What the layer declares.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub compatible_runtimes: Vec<Spanned<String>>,
    /// What the layer declares.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub compatible_architectures: Vec<Spanned<String>>,
}

/// `[policy]`
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct PolicyTable {
    /// The account that owns the layers.
    pub own_account: Option<String>,
    /// Accounts that may be granted access.
    pub trusted_accounts: Vec<String>,
    /// Organisations that may be granted access.
    pub trusted_organizations: Vec<String>,
    /// Globs of layer names that are public on purpose.
    pub public_layers: Vec<String>,
}

/// `[[ignore]]`
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct IgnoreTable {
    /// Rule id or category.
    #[schemars(with = "String")]
    pub rule: Spanned<String>,
    /// `package!glob` or a glob over entry paths.
    pub path: Option<String>,
    /// Why; required and not blank.
    #[schemars(with = "String")]
    pub reason: Spanned<String>,
    /// Last day on which it holds.
    #[schemars(with = "Option<String>")]
    pub until: Option<Spanned<toml::value::Datetime>>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct PyProject {
    tool: PyTools,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct PyTools {
    layerlint: Option<Manifest>,
}

/// The JSON schema of `layerlint.toml`, for editors.
pub fn schema() -> String {
    let schema = SchemaSettings::draft07().into_generator().into_root_schema_for::<Manifest>();
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}

impl ManifestFile {
    /// Reads a configuration file. `Ok(None)` for a `pyproject.toml` without our table.
    pub fn read(path: &Path) -> Result<Option<Self>, UsageError> {
        let shown = path.display().to_string();
        let text = std::fs::read_to_string(path)
            .map_err(|cause| UsageError::new(format!("cannot read the configuration {shown}: {cause}")))?;
        Self::parse(path, &text)
    }

    /// Reads the text of a configuration file of this path.
    pub fn parse(path: &Path, text: &str) -> Result<Option<Self>, UsageError> {
        let shown = path.display().to_string();
        let text = text.strip_prefix('\u{feff}').unwrap_or(text).to_owned();
        let parsed = if path.file_name().is_some_and(|name| name == "pyproject.toml") {
            toml::from_str::<PyProject>(&text).map(|project| project.tool.layerlint)
        } else {
            toml::from_str::<Manifest>(&text).map(Some)
        };
        let manifest = parsed.map_err(|error| toml_error(&shown, &text, &error))?;
        let (place, lines) = (self::shown(path), Lines::of(&text));
        Ok(manifest.map(|manifest| Self { path: path.to_owned(), text, manifest, place, lines }))
    }

    /// The place of some bytes.
    pub(super) fn span(&self, range: &std::ops::Range<usize>) -> SourceSpan {
        self.lines.span(&self.place, &self.text, range)
    }

    /// A fault at a range of this file.
    pub fn fault(&self, range: std::ops::Range<usize>, message: impl AsRef<str>, label: &str) -> UsageError {
        UsageError::new(message).in_text(&self.shown(), &self.text, range, label)
    }

    /// The path as people read it.
    pub fn shown(&self) -> String {
        self.path.display().to_string()
    }

    /// The folder that relative paths of the file start from.
    pub fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new(""))
    }
}

fn toml_error(file: &str, text: &str, error: &toml::de::Error) -> UsageError {
    let message = error.message();
    let usage = UsageError::new(format!("{file}: {}", message.lines().next().unwrap_or("not valid TOML")));
    let usage = match near_key(message) {
        Some(near) => usage.help(format!("did you mean `{near}`?")),
        None => usage,
    };
    match error.span() {
        Some(span) => usage.in_text(file, text, span, "here"),
        None => usage,
    }
}

/// The nearest known key of serde's "unknown field `x`, expected one of `a`, `b`".
fn near_key(message: &str) -> Option<String> {
    let rest = message.strip_prefix("unknown field `")?;
    let (written, known) = rest.split_once('`')?;
    did_you_mean(written, known.split('`').skip(1).step_by(2)).map(str::to_owned)
}
