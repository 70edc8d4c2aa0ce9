//! From resources of Terraform to the project.

use std::{
    collections::{HashMap, HashSet},
    path::Path,
};

use crate::{
    input::{
        project::{Extent, Function, LayerRef, LayerVersion, Packaging, RemarkKind, Retention, RuntimeRef},
        resolve::parse_architecture,
        templates::{Answers, Artifact, Declared, Inventory, environment::Environment},
    },
    model::{architecture::Architecture, known::Known, place::SourceSpan, settings::Written, text::SafeText},
};

use super::{
    grants,
    resource::{Attribute, Resource},
    sources::without_indices,
};

/// Layers of one function that are looked at. Lambda takes five.
const MOST_LAYERS: usize = 1000;

/// Resources while they are put together.
pub(super) struct Stack<'a> {
    pub(super) resources: &'a [Resource],
    pub(super) answers: &'a Answers,
    folder: &'a Path,
    pub(super) is_planned: bool,
    by_address: HashMap<&'a str, &'a Resource>,
    /// The first instance, by the address without its index.
    firsts: HashMap<&'a str, &'a Resource>,
    /// Layers and functions by name.
    by_name: HashMap<&'a str, &'a Resource>,
    /// Objects of buckets by key.
    by_key: HashMap<&'a str, &'a Resource>,
    /// The archive that makes a file, by the path of the file.
    by_output: HashMap<&'a str, &'a Resource>,
    layers: HashMap<&'a str, usize>,
}

/// Where resources come from.
#[derive(Clone, Debug)]
pub(super) struct Origin<'a> {
    /// Where relative paths start.
    pub(super) folder: &'a Path,
    /// Whether a plan has made the archives already.
    pub(super) is_planned: bool,
    pub(super) answers: &'a Answers,
    /// Layers that something else than a function refers to, by address without indices.
    pub(super) mentioned: HashSet<String>,
}

/// Adds functions, layers and permissions.
pub(super) fn add(resources: &[Resource], origin: &Origin<'_>, inventory: &mut Inventory<'_>) {
    let mut stack = Stack::of(resources, origin);
    for layer in resources.iter().filter(|one| one.kind == "aws_lambda_layer_version") {
        let number = stack.layer(layer, inventory);
        stack.layers.insert(&layer.address, number);
        if origin.mentioned.contains(&without_indices(&layer.address)) {
            inventory.remark(RemarkKind::LayerUsedElsewhere, &layer.address, layer.at.clone());
        }
    }
    for function in resources.iter().filter(|one| one.kind == "aws_lambda_function") {
        stack.function(function, inventory);
    }
    grants::add(&stack, inventory);
}

/// The address without the index of an instance.
fn without_index(address: &str) -> Option<&str> {
    let inner = address.strip_suffix(']')?;
    let mark = if inner.ends_with('"') { "[\"" } else { "[" };
    inner.rsplit_once(mark).map(|(before, _)| before)
}

impl<'a> Stack<'a> {
    fn of(resources: &'a [Resource], origin: &Origin<'a>) -> Self {
        let mut stack = Stack {
            resources,
            answers: origin.answers,
            folder: origin.folder,
            is_planned: origin.is_planned,
            by_address: resources.iter().map(|one| (one.address.as_str(), one)).collect(),
            firsts: HashMap::new(),
            by_name: HashMap::new(),
            by_key: HashMap::new(),
            by_output: HashMap::new(),
            layers: HashMap::new(),
        };
        for one in resources {
            if let Some(plain) = without_index(&one.address) {
                stack.firsts.entry(plain).or_insert(one);
            }
            match one.kind.as_str() {
                "archive_file" | "data.archive_file" => {
                    stack.by_output.extend(one.known("output_path").map(|path| (path, one)));
                }
                "aws_s3_object" | "aws_s3_bucket_object" => {
                    stack.by_key.extend(one.written("key").map(|key| (key, one)));
                }
                "aws_lambda_layer_version" | "aws_lambda_function" => {
                    for name in ["layer_name", "function_name"].into_iter().filter_map(|name| one.known(name))
                    {
                        stack.by_name.entry(name).or_insert(one);
                    }
                }
                _ => {}
            }
        }
        stack
    }

    /// The resource that an address names; one with `count` or `for_each` may be named without its index.
    pub(super) fn find(&self, address: &str) -> Option<&'a Resource> {
        self.by_address.get(address).or_else(|| self.firsts.get(address)).copied()
    }

    /// The layer or function of a name.
    pub(super) fn named(&self, name: &str) -> Option<&'a Resource> {
        self.by_name.get(name).copied()
    }

    /// The number of the layer version at an address.
    fn layer_at(&self, address: &str) -> Option<usize> {
        let resource = self.find(address)?;
        self.layers.get(resource.address.as_str()).copied()
    }

    fn layer(&self, layer: &Resource, inventory: &mut Inventory<'_>) -> usize {
        let runtimes: Vec<RuntimeRef> = texts(layer, "compatible_runtimes").map(RuntimeRef::new).collect();
        let architectures: Vec<Architecture> = texts(layer, "compatible_architectures")
            .filter_map(|one| parse_architecture(&one.text).ok())
            .collect();
        let declared = Declared { runtimes: runtimes.clone(), architectures: architectures.clone() };
        let artifact = self.artifact(layer);
        let package = inventory.layer_package(&layer.address, artifact, declared, Some(layer.at.clone()));
        inventory.layer(LayerVersion {
            name: SafeText::new(&layer.address),
            arn: layer.known("arn").map(str::to_owned),
            package,
            compatible_runtimes: runtimes,
            compatible_architectures: architectures,
            retention: match layer.get("skip_destroy") {
                Attribute::Bool(true) => Retention::Kept,
                Attribute::Bool(false) | Attribute::Null => Retention::Replaced,
                _ => Retention::Unmanaged,
            },
            declared_at: Some(layer.at.clone()),
        })
    }

    fn function(&self, function: &Resource, inventory: &mut Inventory<'_>) {
        let is_image =
            function.known("package_type") == Some("Image") || function.known("image_uri").is_some();
        let artifact = if is_image { Artifact::Image } else { self.artifact(function) };
        let package = inventory.function_package(&function.address, artifact, Some(function.at.clone()));
        let written = |name: &str| {
            // the provider takes an empty text as none
            let text = function.known(name).filter(|text| !text.is_empty())?.to_owned();
            Some(Written { text, at: Some(function.place(name)) })
        };
        let environment = environment(function);
        let layers = self.layer_refs(function, inventory);
        inventory.function(Function {
            name: SafeText::new(&function.address),
            package,
            runtime: written("runtime").map(RuntimeRef::new),
            architecture: architecture(function),
            handler: written("handler"),
            layers,
            environment: environment.known,
            environment_is_partial: environment.is_partial,
            packaging: if is_image { Packaging::Image } else { Packaging::Zip },
            region: region(function).or_else(|| self.answers.region.clone()),
            declared_at: Some(function.at.clone()),
        });
    }

    fn layer_refs(&self, function: &Resource, inventory: &mut Inventory<'_>) -> Vec<LayerRef> {
        let list = match function.get("layers") {
            Attribute::List(list) if list.len() <= MOST_LAYERS => list.as_slice(),
            Attribute::Null => &[],
            other => {
                let at = function.place("layers");
                return vec![several(other, at, inventory)];
            }
        };
        let members = list.iter().enumerate();
        members
            .filter(|(_, member)| **member != Attribute::Null)
            .map(|(number, member)| {
                let own = format!("layers.{number}");
                let name = if function.places.contains_key(&own) { own.as_str() } else { "layers" };
                self.layer_ref(member, function.place(name), inventory)
            })
            .collect()
    }

    fn layer_ref(&self, member: &Attribute, at: SourceSpan, inventory: &mut Inventory<'_>) -> LayerRef {
        let written = Written { text: member.expression(), at: Some(at.clone()) };
        match member {
            // a default that somebody replaces
            Attribute::Text(text) if text.is_empty() => self.open(member, written, at, inventory),
            Attribute::Text(_) => inventory.layer_by_arn(written),
            Attribute::Reference { address, attribute } => match self.layer_at(address) {
                Some(number) if matches!(attribute.as_str(), "arn" | "id" | "qualified_arn") => {
                    inventory.layer_by_number(written, number)
                }
                Some(number) if attribute == "layer_arn" => {
                    let name =
                        self.find(address).and_then(|layer| layer.known("layer_name")).unwrap_or("NAME");
                    let arn = format!("arn:aws:lambda:${{region}}:${{account}}:layer:{name}");
                    LayerRef { arn: Some(arn), ..inventory.layer_by_number(written, number) }
                }
                _ => self.open(member, written, at, inventory),
            },
            Attribute::Several(_) => several(member, at, inventory),
            _ => self.open(member, written, at, inventory),
        }
    }

    #[expect(clippy::unused_self, reason = "the third kind of reference beside the two above")]
    fn open(
        &self,
        member: &Attribute,
        written: Written,
        at: SourceSpan,
        inventory: &mut Inventory<'_>,
    ) -> LayerRef {
        inventory.unresolved(&member.expression(), "known to a deployment only", Some(at));
        LayerRef::new(written)
    }

    /// Where the content of a function or layer is: the folder that its archive is made of, or the file that it names.
    fn artifact(&self, resource: &Resource) -> Artifact {
        let named = match resource.get("filename") {
            Attribute::Null if resource.get("s3_bucket") == &Attribute::Null => &Attribute::Null,
            Attribute::Null => {
                let Some(source) = self.uploaded(resource) else {
                    let why = "its content is in a bucket; name a local copy in layerlint.toml";
                    return Artifact::Missing(why.to_owned());
                };
                source
            }
            filename => filename,
        };
        let (path, archive) = match named {
            Attribute::Text(path) if !path.contains("${") => {
                (Some(path.as_str()), self.by_output.get(path.as_str()).copied())
            }
            Attribute::Reference { address, attribute } if attribute.starts_with("output_") => {
                let archive = self.find(address);
                (archive.and_then(|archive| archive.known("output_path")), archive)
            }
            _ => (None, None),
        };
        let file = path.map(|path| Artifact::named(self.folder, path));
        let made_of = archive.and_then(|archive| self.archived(archive));
        match (file, made_of) {
            // a plan has made it of the folder just before
            (Some(Artifact::Local(file)), Some(_)) if self.is_planned => Artifact::Local(file),
            (_, Some(made @ (Artifact::Local(_) | Artifact::SingleFile(_)))) => made,
            (Some(Artifact::Local(file)), _) => Artifact::Local(file),
            (Some(_), None) if archive.is_some() => {
                Artifact::Missing("terraform plan makes its archive: run that first".to_owned())
            }
            (_, Some(missing)) | (Some(missing), None) => missing,
            (None, None) => Artifact::Missing("where its content is only a deployment knows".to_owned()),
        }
    }

    /// The folder or file that an archive is made of, if it is the whole of it.
    fn archived(&self, archive: &Resource) -> Option<Artifact> {
        if let Some(file) = archive.known("source_file") {
            let Artifact::Local(file) = Artifact::named(self.folder, file) else { return None };
            return file.is_file().then_some(Artifact::SingleFile(file));
        }
        let written = archive.known("source_dir")?;
        if archive.get("excludes") != &Attribute::Null {
            return None;
        }
        let folder = Artifact::named(self.folder, written);
        match folder.clone().built_by("") {
            Artifact::Missing(_) if matches!(folder, Artifact::Local(_)) => Some(Artifact::Missing(format!(
                "its dependencies are not installed in {written}: build it first"
            ))),
            folder => Some(folder),
        }
    }

    /// What is uploaded to the key that a resource takes its content from.
    fn uploaded(&self, resource: &Resource) -> Option<&'a Attribute> {
        let object = match resource.get("s3_key") {
            Attribute::Reference { address, .. } => self.find(address),
            _ => resource.written("s3_key").and_then(|key| self.by_key.get(key).copied()),
        };
        object.map(|object| object.get("source")).filter(|source| **source != Attribute::Null)
    }
}

/// Layers of which only a deployment knows how many and which.
fn several(value: &Attribute, at: SourceSpan, inventory: &mut Inventory<'_>) -> LayerRef {
    inventory.unresolved(&value.expression(), "known to a deployment only", Some(at.clone()));
    let written = Written { text: value.expression(), at: Some(at) };
    LayerRef { extent: Extent::Any, ..LayerRef::new(written) }
}

fn architecture(function: &Resource) -> Known<Architecture> {
    match function.get("architectures") {
        Attribute::Null => Known::Absent,
        Attribute::List(list) => match list.first() {
            None => Known::Absent,
            Some(Attribute::Text(text)) if !text.contains("${") => {
                parse_architecture(text).map_or_else(Known::Unknown, Known::Known)
            }
            Some(other) => Known::Unknown(other.expression()),
        },
        other => Known::Unknown(other.expression()),
    }
}

/// The region in the function's own ARN, when it is deployed already.
fn region(function: &Resource) -> Option<String> {
    if let Some(region) = function.known("region") {
        return Some(region.to_owned());
    }
    function.known("arn")?.split(':').nth(3).filter(|region| !region.is_empty()).map(str::to_owned)
}

fn environment(function: &Resource) -> Environment {
    let mut environment = Environment::default();
    let blocks: Vec<&Attribute> = match function.get("environment") {
        Attribute::List(blocks) => blocks.iter().collect(),
        Attribute::Null => Vec::new(),
        one => vec![one],
    };
    for block in blocks {
        let variables = if let Attribute::Map(block) = block { block.get("variables") } else { Some(block) };
        match variables {
            Some(Attribute::Map(variables)) => {
                for (name, value) in variables {
                    environment.add(name, known_text(value));
                }
            }
            None | Some(Attribute::Null) => {}
            Some(_) => environment.is_partial = true,
        }
    }
    environment
}

fn known_text(value: &Attribute) -> Option<String> {
    match value {
        Attribute::Text(text) | Attribute::Number(text) => {
            Some(text.clone()).filter(|text| !text.contains("${"))
        }
        Attribute::Bool(flag) => Some(flag.to_string()),
        _ => None,
    }
}

/// The members of a list of texts; a list of which a part is unknown declares nothing.
fn texts<'r>(resource: &'r Resource, name: &'r str) -> impl Iterator<Item = Written> + 'r {
    let list = if let Attribute::List(list) = resource.get(name) { list.as_slice() } else { &[] };
    let is_known = list.iter().all(|one| known_text(one).is_some());
    let known = list.iter().filter(move |_| is_known).filter_map(known_text);
    known.map(move |text| Written { text, at: Some(resource.place(name)) })
}
