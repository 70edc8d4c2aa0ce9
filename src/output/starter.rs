//! The text of a first configuration.

use std::collections::BTreeSet;

use crate::model::place::ReportPath;

/// A package that lies here.
#[derive(Clone, Debug)]
pub struct Found {
    /// Where.
    pub path: ReportPath,
    /// `layer` or `function`.
    pub kind: &'static str,
    /// Whether it holds Python.
    pub python: bool,
}

const HEAD: &str = "\
#:schema https://raw.githubusercontent.com/layerlint/layerlint/main/docs/layerlint.schema.json
# What layerlint checks here: run `layerlint`. Every key: `layerlint config schema`.
";

const TAIL: &str = "
# [arn.\"arn:aws:lambda:eu-west-1:111122223333:layer:metrics:7\"]
# path = \"vendor/metrics.zip\"              # a local copy of a layer that is attached by ARN

[rules]
# ignore = [\"size/docs\"]
# \"native/missing-library\" = \"warning\"   # a severity per rule

[budgets]
# unzipped = \"240 MB\"

[policy]
# trusted-accounts = [\"111122223333\"]

# [[ignore]]
# rule = \"collision/overridden-file\"
# path = \"deps!python/certifi/**\"
# reason = \"patched CA bundle, see OPS-114\"
# until = 2027-03-31
";

/// The text for what was found; an example when nothing was.
pub fn render(found: &[Found]) -> String {
    let mut out = HEAD.to_owned();
    let mut names = BTreeSet::new();
    for one in found {
        out.push('\n');
        out.push_str(&table(one, &name(one, &mut names)));
    }
    if found.is_empty() {
        out.push_str(
            "\n# [layer.deps]\n# path = \"dist/deps.zip\"\n# compatible-runtimes = [\"python3.13\"]\n",
        );
    }
    out.push_str(TAIL);
    out
}

fn table(one: &Found, name: &str) -> String {
    let path = quoted(one.path.as_str());
    let runtime = if one.python { "python3.13" } else { "nodejs22.x" };
    if one.kind == "layer" {
        format!(
            "[layer.{name}]\npath = {path}\ncompatible-runtimes = [\"{runtime}\"]       # what CompatibleRuntimes will say\n\
             compatible-architectures = [\"x86_64\"]     # and CompatibleArchitectures\n\
             # policy = \"policies/{name}.json\"          # output of get-layer-version-policy\n"
        )
    } else {
        format!(
            "[function.{name}]\npath = {path}\n# runtime = \"{runtime}\"\n# architecture = \"x86_64\"\n# handler = \"app.handler\"\n\
             # layers = []                            # aliases, paths or version ARNs, in attach order\n"
        )
    }
}

/// The file's stem as a key; a number tells equal ones apart.
fn name(one: &Found, taken: &mut BTreeSet<String>) -> String {
    let stem = one.path.file_name().rsplit_once('.').map_or(one.path.file_name(), |(stem, _)| stem);
    let plain = |c: char| if c.is_ascii_alphanumeric() || matches!(c, '-' | '_') { c } else { '-' };
    let stem: String = stem.chars().map(plain).collect();
    let mut name = stem.clone();
    let mut number = 2u32;
    while !taken.insert(name.clone()) {
        name = format!("{stem}-{number}");
        number = number.saturating_add(1);
    }
    name
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(path: &str, kind: &'static str) -> Found {
        Found { path: ReportPath::new(path), kind, python: true }
    }

    #[test]
    fn what_is_written_is_toml_with_a_key_for_each_package() {
        let text = render(&[
            found("dist/deps.zip", "layer"),
            found("out/deps.zip", "layer"),
            found("a \"b.zip", "function"),
        ]);
        let table: toml::Table = toml::from_str(&text).unwrap();
        assert_eq!(table["layer"]["deps"]["path"].as_str(), Some("dist/deps.zip"));
        assert_eq!(table["layer"]["deps-2"]["path"].as_str(), Some("out/deps.zip"));
        assert_eq!(table["function"]["a--b"]["path"].as_str(), Some("a \"b.zip"));
    }

    #[test]
    fn what_is_commented_out_is_right_too() {
        let text: String =
            render(&[]).lines().skip(2).map(|line| line.trim_start_matches("# ").to_owned() + "\n").collect();
        assert!(toml::from_str::<toml::Table>(&text).is_ok(), "{text}");
    }
}
