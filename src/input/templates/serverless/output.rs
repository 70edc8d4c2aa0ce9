//! What `serverless package` left: a template with keys of a bucket, and the zips beside it.

use std::path::{Path, PathBuf};

use crate::{
    input::{
        document::{Document, Located},
        error::UsageError,
        places::shown,
        project::Retention,
        templates::{Answers, Artifact, Inventory, cloudformation, ignores, text},
    },
    model::place::SourceSpan,
};

use super::{FILES, OUTPUT, ignore_in_resources, maps, service::Service, title};

/// Hexadecimal digits that the id of a retained layer ends with.
const DIGEST: usize = 40;

/// The template that was made of a service; nothing when it was not packed.
pub(super) fn made_of(
    source: &Path,
    folder: &Path,
    inventory: &mut Inventory<'_>,
) -> Result<Option<Document>, UsageError> {
    let path = folder.join(OUTPUT);
    if !path.is_file() {
        return Ok(None);
    }
    let text = text::of_file(&path)?;
    if is_older(&path, source) {
        let message = format!("{} is older than {}: `serverless package` again", shown(&path), shown(source));
        inventory.took(&message);
    }
    let document = Document::json(shown(&path), text)?;
    inventory.show_lines_of(&document);
    Ok(Some(document))
}

fn is_older(one: &Path, other: &Path) -> bool {
    let changed = |path: &Path| std::fs::metadata(path).and_then(|data| data.modified()).ok();
    changed(one).zip(changed(other)).is_some_and(|(one, other)| one < other)
}

/// The service that a template was made of, when it is a file that can be read.
pub(super) fn source(folder: &Path, inventory: &mut Inventory<'_>) -> Option<Document> {
    let path = FILES.iter().map(|name| folder.join(name)).find(|path| path.is_file())?;
    let document = Document::read(shown(&path), text::of_file(&path).ok()?).ok()?;
    inventory.show_lines_of(&document);
    if let Err(error) = ignores::add(&document, inventory) {
        inventory.broken(error);
    }
    ignore_in_resources(&document, inventory);
    Some(document)
}

/// Reads the template of a service.
pub(super) fn add(
    template: &Document,
    source: Option<&Document>,
    folder: &Path,
    answers: &Answers,
    inventory: &mut Inventory<'_>,
) {
    let root = source.and_then(Document::root);
    let answers = root.map_or_else(|| answers.clone(), |root| Service::new(root, answers, folder).answers());
    let state = state(&folder.join(".serverless/serverless-state.json"));
    let output = Output { template: template.root(), source: root, state: state.as_ref(), folder };
    cloudformation::read(template, &output, &answers, inventory);
}

/// What the packing left beside the template. Without it zips are looked for where the service says.
fn state(path: &Path) -> Option<Document> {
    let text = path.is_file().then(|| text::of_file(path).ok())??;
    Document::json(shown(path), text).ok()
}

struct Output<'a> {
    template: Option<Located<'a>>,
    source: Option<Located<'a>>,
    state: Option<&'a Document>,
    folder: &'a Path,
}

impl<'a> Output<'a> {
    /// The member of the service that a resource was made of, by its id: its name, its place and itself.
    fn member(&self, id: &str) -> Option<(&'a str, SourceSpan, Located<'a>)> {
        let (section, stem) =
            match (id.strip_suffix("LambdaFunction"), without_digest(id).strip_suffix("LambdaLayer")) {
                (Some(stem), _) => ("functions", stem),
                (_, Some(stem)) => ("layers", stem),
                _ => return None,
            };
        let parts = self.source?.get(section).into_iter().flat_map(maps);
        let mut pairs = parts.flat_map(Located::pairs);
        let pair = pairs.find(|pair| title(pair.key) == stem)?;
        Some((pair.key, pair.key_span(), pair.value))
    }

    /// Where a resource of the section `resources` is written, or the layer that a permission is for.
    fn written(&self, id: &str) -> Option<SourceSpan> {
        let parts = self.source?.get("resources").into_iter().flat_map(maps);
        let mut own = parts.filter_map(|part| part.get("Resources")?.pair(id));
        own.next().map(|pair| pair.key_span())
    }

    /// Where the service says who may use a layer, that a function has an address, or at least the layer or function.
    fn grant(&self, resource: Located<'a>) -> Option<SourceSpan> {
        let properties = resource.get("Properties")?;
        let (_, at, member) = self.target(properties)?;
        let principal = properties.get("Principal").and_then(Located::text);
        let account = member.get("allowedAccounts").into_iter().flat_map(Located::items);
        let account = account.into_iter().find(|one| one.scalar() == principal).map(Located::span);
        let is_address =
            properties.get("FunctionUrlAuthType").or_else(|| properties.get("AuthType")).is_some();
        let address = || member.get("url").filter(|_| is_address).map(Located::span);
        account.or_else(address).or(Some(at))
    }

    /// The layer or function that a permission or an address is for.
    fn target(&self, properties: Located<'a>) -> Option<(&'a str, SourceSpan, Located<'a>)> {
        let target = ["LayerVersionArn", "FunctionName", "TargetFunctionArn"]
            .iter()
            .find_map(|key| properties.get(key))?
            .only_pair()?;
        let name = target.value.text().or_else(|| target.value.items().next()?.text())?;
        self.member(name)
    }

    fn key(&self, id: &str) -> Option<String> {
        let properties = self.template?.at(&["Resources", id, "Properties"])?;
        let code = properties.get("Code").or_else(|| properties.get("Content"))?;
        let key = code.get("S3Key")?.text()?;
        key.rsplit('/').next().map(str::to_owned)
    }

    /// Where a zip may be: beside the template, where the service says, where the state of the packing says.
    fn candidates(&self, id: &str, file: &str) -> Vec<PathBuf> {
        let mut found = vec![self.folder.join(".serverless").join(file)];
        let member = self.member(id);
        let own = member.as_ref().and_then(|(_, _, node)| node.at(&["package", "artifact"])?.text());
        let whole = self.source.and_then(|root| root.at(&["package", "artifact"])?.text());
        found.extend([own, whole].into_iter().flatten().map(|path| self.folder.join(path)));
        let state = self.state.and_then(Document::root).and_then(|root| root.get("service"));
        let function =
            member.and_then(|(name, _, _)| state?.at(&["functions", name, "package", "artifact"])?.text());
        found.extend(function.map(PathBuf::from));
        found.push(self.folder.join(file));
        found.retain(|path| path.file_name().is_some_and(|name| name.to_str() == Some(file)));
        found
    }
}

/// The id of a retained layer without the digest of its content.
fn without_digest(id: &str) -> &str {
    let split = id.len().saturating_sub(DIGEST);
    match (id.get(..split), id.get(split..)) {
        (Some(stem), Some(digest)) if is_digest(digest) => stem,
        _ => id,
    }
}

fn is_digest(text: &str) -> bool {
    text.len() == DIGEST && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

impl cloudformation::Surroundings for Output<'_> {
    fn artifact_of(&self, id: &str) -> Option<Artifact> {
        let file = self.key(id)?;
        let found = self.candidates(id, &file).into_iter().find(|path| path.exists());
        Some(match found {
            Some(path) => Artifact::named(path.parent().unwrap_or(Path::new("")), &file),
            None => Artifact::Missing(format!("{file} is not there: `serverless package` again")),
        })
    }

    fn name_of(&self, id: &str, _resource: Located<'_>) -> Option<String> {
        let known = self.member(id).map(|(name, _, _)| name.to_owned());
        known.or_else(|| Some(without_digest(id).to_owned()))
    }

    fn place_of(&self, id: &str, _resource: Located<'_>) -> Option<SourceSpan> {
        let resource = self.template?.at(&["Resources", id])?;
        let member = self.member(id).map(|(_, at, _)| at);
        member.or_else(|| self.written(id)).or_else(|| self.grant(resource))
    }

    fn stable_id<'i>(&self, id: &'i str) -> &'i str {
        without_digest(id)
    }

    fn retention_of(&self, id: &str, resource: Located<'_>) -> Option<Retention> {
        let retains = resource.get("DeletionPolicy").and_then(Located::text) == Some("Retain");
        (retains && without_digest(id) != id).then_some(Retention::Kept)
    }

    fn folder(&self) -> &Path {
        self.folder
    }

    fn build_command(&self) -> &'static str {
        "serverless package"
    }
}

#[cfg(test)]
mod tests {
    use super::without_digest;

    #[test]
    fn the_digest_of_a_retained_layer_is_no_part_of_its_name() {
        let digest = "0123456789abcdef0123456789abcdef01234567";
        assert_eq!(without_digest(&format!("DepsLambdaLayer{digest}")), "DepsLambdaLayer");
        for id in ["DepsLambdaLayer", "", &digest[1..], "ä"] {
            assert_eq!(without_digest(id), id);
        }
    }
}
