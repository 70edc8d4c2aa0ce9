//! The assets of an assembly: from the key that a template names to the folder or file beside it.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use crate::input::document::{Document, Located};

use super::{Artifact, Inventory, files::Files, tidy};

/// One asset.
#[derive(Clone, Debug)]
struct Asset {
    /// `LayerA/Code`
    name: Option<String>,
    path: Option<PathBuf>,
}

/// The assets by the keys that templates name.
#[derive(Debug, Default)]
pub(super) struct Assets {
    by_key: HashMap<String, Asset>,
}

impl Assets {
    /// Reads the lists of assets that a manifest names.
    pub(super) fn of(
        artifacts: Located<'_>,
        folder: &Path,
        files: &mut Files,
        inventory: &mut Inventory<'_>,
    ) -> Self {
        let mut assets = Self::default();
        for artifact in artifacts.pairs().map(|pair| pair.value) {
            if super::kind_of(artifact) == Some("cdk:asset-manifest")
                && let Some(file) = artifact.at(&["properties", "file"]).and_then(Located::text)
                && let Some(document) = files.once(&folder.join(file), "", inventory)
            {
                assets.read(&document, folder);
            }
        }
        assets
    }

    /// Paths are relative to the list, which lies in the folder of its manifest.
    fn read(&mut self, document: &Document, folder: &Path) {
        let files = document.root().and_then(|root| root.get("files"));
        for file in files.into_iter().flat_map(Located::pairs) {
            let path = file.value.at(&["source", "path"]).and_then(Located::text);
            let name = file.value.get("displayName").and_then(Located::text);
            let asset =
                Asset { name: name.map(str::to_owned), path: path.map(|path| tidy(&folder.join(path))) };
            for destination in file.value.get("destinations").into_iter().flat_map(Located::pairs) {
                if let Some(key) = destination.value.get("objectKey").and_then(Located::text) {
                    self.by_key.insert(key.to_owned(), asset.clone());
                }
            }
        }
    }

    /// The content behind a key.
    pub(super) fn artifact(&self, key: &str) -> Option<Artifact> {
        let asset = self.by_key.get(key)?;
        Some(match &asset.path {
            // the name of what is missing is a hash, which no report has
            Some(path) if !path.exists() => {
                Artifact::Missing("its asset is not there: `cdk synth` again".to_owned())
            }
            Some(path) => Artifact::Local(path.clone()),
            None => Artifact::Missing("a command makes it while deploying".to_owned()),
        })
    }

    /// The file behind a key, for templates.
    pub(super) fn file(&self, key: &str) -> Option<&Path> {
        self.by_key.get(key)?.path.as_deref()
    }

    /// How people call what lies in a folder, sorted.
    pub(super) fn names(&self) -> Vec<(PathBuf, String)> {
        let assets = self.by_key.values();
        let mut names: Vec<_> =
            assets.filter_map(|asset| Some((asset.path.clone()?, asset.name.clone()?))).collect();
        names.sort();
        names.dedup();
        names
    }
}
