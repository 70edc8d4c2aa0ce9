//! What SAM adds: `Globals`, and the folder that `sam build` leaves.

use std::path::{Path, PathBuf};

use crate::input::{
    document::{Document, Located, Shape},
    error::UsageError,
    places::shown,
    templates::{Answers, Artifact, Inventory},
};

use super::Resource;

/// The properties of a function together with those of `Globals.Function`.
pub(super) struct Globals<'a> {
    resource: Resource<'a>,
    globals: Option<Located<'a>>,
}

impl<'a> Globals<'a> {
    /// The globals of a template for one function.
    pub(super) fn of(template: Located<'a>, resource: Resource<'a>) -> Self {
        let globals = template.at(&["Globals", "Function"]);
        let ignored = resource.node.get("IgnoreGlobals");
        let ignores_all = ignored.is_some_and(|one| one.text() == Some("*"));
        Self { resource, globals: globals.filter(|_| !ignores_all) }
    }

    /// A resource that has none.
    pub(super) fn none(resource: Resource<'a>) -> Self {
        Self { resource, globals: None }
    }

    fn global(&self, name: &str) -> Option<Located<'a>> {
        let ignored = self.resource.node.get("IgnoreGlobals");
        let is_ignored = ignored.is_some_and(|list| list.items().any(|one| one.text() == Some(name)));
        self.globals?.get(name).filter(|_| !is_ignored)
    }

    /// A property that is not merged: the function's own, else the global one.
    pub(super) fn property(&self, name: &str) -> Option<Located<'a>> {
        self.resource.get(name).or_else(|| self.global(name))
    }

    /// The lists of layers that add up: the global one comes first. Of a list and an expression only the function's own is left.
    pub(super) fn layers(&self) -> Vec<Located<'a>> {
        match (self.global("Layers"), self.resource.get("Layers")) {
            (Some(global), Some(own)) if are_lists(global, own) => vec![global, own],
            (global, own) => own.or(global).into_iter().collect(),
        }
    }

    /// Where the function's own expression makes the global list go.
    pub(super) fn lost_layers(&self) -> Option<Located<'a>> {
        let (global, own) = (self.global("Layers")?, self.resource.get("Layers")?);
        let is_lost = global.items().next().is_some() && !are_lists(global, own);
        is_lost.then_some(own)
    }

    /// The maps of environment variables, the later wins.
    pub(super) fn variables(&self) -> impl Iterator<Item = Located<'a>> {
        let of = |environment: Option<Located<'a>>| environment.and_then(|one| one.get("Variables"));
        of(self.global("Environment")).into_iter().chain(of(self.resource.get("Environment")))
    }
}

fn are_lists(one: Located<'_>, two: Located<'_>) -> bool {
    one.shape() == Shape::List && two.shape() == Shape::List
}

/// What `sam build` left: the same resources with paths to what was built.
pub(super) struct Built {
    folder: PathBuf,
    template: Document,
}

impl Built {
    /// The build of a template, when there is one beside it.
    pub(super) fn beside(template: &Path, inventory: &mut Inventory<'_>) -> Result<Option<Self>, UsageError> {
        let own = template.parent().unwrap_or(Path::new(""));
        // the built template itself may be what was named
        let folder =
            if own.ends_with(".aws-sam/build") { own.to_owned() } else { own.join(".aws-sam/build") };
        let path = folder.join("template.yaml");
        let Ok(text) = std::fs::read_to_string(&path) else { return Ok(None) };
        if is_older(&path, template) {
            let message = format!("{} is older than {}: `sam build` again", shown(&path), shown(template));
            inventory.took(&message);
        }
        Ok(Some(Self { folder, template: Document::yaml(shown(&path), text)? }))
    }

    /// The artifact of a resource.
    pub(super) fn artifact_of(&self, id: &str) -> Option<Artifact> {
        let properties = self.template.root()?.at(&["Resources", id, "Properties"])?;
        let path = ["CodeUri", "ContentUri"].iter().find_map(|key| properties.get(key))?.text()?;
        let found = Artifact::named(&self.folder, path);
        matches!(found, Artifact::Local(_)).then_some(found)
    }
}

fn is_older(one: &Path, other: &Path) -> bool {
    let changed = |path: &Path| std::fs::metadata(path).and_then(|data| data.modified()).ok();
    changed(one).zip(changed(other)).is_some_and(|(one, other)| one < other)
}

/// What `samconfig.toml` beside a template says that `sam deploy` would use, for what the user did not say.
pub(super) fn configured(folder: &Path, answers: &Answers) -> Answers {
    let mut merged = answers.clone();
    let text = std::fs::read_to_string(folder.join("samconfig.toml")).unwrap_or_default();
    let Ok(table) = text.parse::<toml::Table>() else { return merged };
    for command in ["global", "deploy"] {
        let parameters = table.get("default").and_then(|default| default.get(command)?.get("parameters"));
        let Some(parameters) = parameters else { continue };
        for (name, value) in overrides(parameters.get("parameter_overrides")) {
            merged.parameters.entry(name).or_insert(value);
        }
        if merged.region.is_none() {
            merged.region = parameters.get("region").and_then(toml::Value::as_str).map(str::to_owned);
        }
    }
    merged
}

/// `"Stage=\"prod\" Size=3"`, or a list of such texts.
fn overrides(value: Option<&toml::Value>) -> Vec<(String, String)> {
    let texts: Vec<&str> = match value {
        Some(toml::Value::String(text)) => vec![text],
        Some(toml::Value::Array(list)) => list.iter().filter_map(toml::Value::as_str).collect(),
        _ => Vec::new(),
    };
    let pairs = texts.iter().flat_map(|text| words(text));
    pairs
        .filter_map(|word| {
            let (name, value) = word.split_once('=')?;
            Some((name.to_owned(), value.trim_matches(['"', '\'']).to_owned()))
        })
        .collect()
}

/// Words of a shell, as far as quotes go.
fn words(text: &str) -> Vec<String> {
    let mut quote = None;
    let mut found = vec![String::new()];
    for c in text.chars() {
        match (quote, c) {
            (None, c) if c.is_whitespace() => found.push(String::new()),
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if c == open => quote = None,
            (_, c) => {
                if let Some(last) = found.last_mut() {
                    last.push(c);
                }
            }
        }
    }
    found.retain(|word| !word.is_empty());
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overrides_are_read_as_a_shell_would() {
        let value = toml::Value::String("Stage=\"prod\" Name='a b' Size=3".to_owned());
        let pairs = overrides(Some(&value));
        let expected = [("Stage", "prod"), ("Name", "a b"), ("Size", "3")];
        assert_eq!(pairs, expected.map(|(name, value)| (name.to_owned(), value.to_owned())));
    }
}
