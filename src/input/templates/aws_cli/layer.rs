//! Layer versions that an account has, and whether a local copy is the same.

use std::{
    collections::HashMap,
    fs::File,
    io::{self, Read},
    path::Path,
};

use data_encoding::BASE64;
use sha2::{Digest, Sha256};

use crate::{
    input::{
        document::Located,
        project::{LayerVersion, Retention, RuntimeRef},
        resolve::parse_architecture,
        templates::Inventory,
    },
    model::{settings::Written, text::SafeText},
};

/// The layer versions of a project while answers are added.
pub(super) struct Layers {
    /// The number of each by its ARN.
    known: HashMap<String, usize>,
}

impl Layers {
    /// Those that the project has.
    pub(super) fn of(inventory: &Inventory<'_>) -> Self {
        Self { known: inventory.layers_by_arn() }
    }

    /// Adds a layer version; of one that two answers tell of, the first that declares something counts.
    pub(super) fn add(&mut self, node: Located<'_>, inventory: &mut Inventory<'_>) {
        let Some(arn) = node.get("LayerVersionArn").and_then(Located::text) else { return };
        let layer = version(arn, node, inventory);
        compare(&layer, node, inventory);
        match self.known.get(arn) {
            Some(number) => inventory.complete_layer(*number, layer),
            None => {
                self.known.insert(arn.to_owned(), inventory.layer(layer));
            }
        }
    }
}

fn version(arn: &str, node: Located<'_>, inventory: &Inventory<'_>) -> LayerVersion {
    let members = |key: &str| node.get(key).into_iter().flat_map(Located::items);
    let runtimes = members("CompatibleRuntimes").filter_map(|one| {
        Some(RuntimeRef::new(Written { text: one.text()?.to_owned(), at: Some(one.span()) }))
    });
    let architectures = members("CompatibleArchitectures").filter_map(Located::text);
    LayerVersion {
        name: SafeText::new(arn),
        arn: Some(arn.to_owned()),
        package: inventory.copy_of(arn),
        compatible_runtimes: runtimes.collect(),
        compatible_architectures: architectures.filter_map(|one| parse_architecture(one).ok()).collect(),
        retention: Retention::Unmanaged,
        declared_at: node.get("LayerVersionArn").map(Located::span),
    }
}

/// Says that a local copy is not what the account has: what is found in it may not hold there.
fn compare(layer: &LayerVersion, node: Located<'_>, inventory: &mut Inventory<'_>) {
    let stored = node.at(&["Content", "CodeSha256"]).and_then(Located::text);
    let path = layer.package.and_then(|number| inventory.path_of(number));
    let (Some(stored), Some(path)) = (stored, path) else { return };
    if let Ok(Some(own)) = digest(path)
        && own != stored
    {
        let why = format!(
            "its copy {} is another zip than the account has: CodeSha256 differs",
            crate::input::places::shown(path)
        );
        inventory.not_analysed(&format!("layer {}", layer.name), &why);
    }
}

/// The digest of a zip as the API tells it; nothing of a folder.
fn digest(path: &Path) -> io::Result<Option<String>> {
    let mut file = File::open(path)?;
    if !file.metadata()?.is_file() {
        return Ok(None);
    }
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        let count = file.read(&mut buffer)?;
        if count == 0 {
            return Ok(Some(BASE64.encode(&hasher.finalize())));
        }
        hasher.update(buffer.get(..count).unwrap_or_default());
    }
}
