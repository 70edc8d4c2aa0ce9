//! Where the content of a function or layer is.

use std::path::{Path, PathBuf};

/// The content of a function or layer, as far as it is here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Artifact {
    /// A zip, jar or folder. A folder is what it will be as a zip.
    Local(PathBuf),
    /// A file that will be the one file of a zip.
    SingleFile(PathBuf),
    /// Not here, with the reason and what to do in one clause.
    Missing(String),
    /// A container image: there is nothing to open.
    Image,
}

/// Files that say that a build puts in what the folder itself has not got.
const BUILD_FILES: [&str; 12] = [
    "requirements.txt",
    "Pipfile",
    "pyproject.toml",
    "pom.xml",
    "build.gradle",
    "build.gradle.kts",
    "Gemfile",
    "go.mod",
    "Cargo.toml",
    "Makefile",
    "package.json",
    "tsconfig.json",
];

impl Artifact {
    /// The path that a template names, from the folder that its paths start at.
    pub(super) fn named(folder: &Path, written: &str) -> Self {
        if written.starts_with("s3://") || written.starts_with("https://") || written.starts_with("http://") {
            return Self::Missing(
                "its content is in a bucket; name a local copy in layerlint.toml".to_owned(),
            );
        }
        let path = folder.join(written);
        if path.exists() {
            Self::Local(tidy(&path))
        } else {
            Self::Missing(format!("{written} is not there: build it first"))
        }
    }

    /// The same artifact, unless it is a folder of sources that only a build makes complete: judged as it is, every dependency would be
    /// missing.
    #[must_use]
    pub(super) fn built_by(self, command: &str) -> Self {
        match &self {
            Self::Local(path) if path.is_dir() && waits_for_build(path) => {
                Self::Missing(format!("it is not built yet: `{command}`"))
            }
            _ => self,
        }
    }
}

/// Whether a folder has a build file of some language and not what the build would put there.
fn waits_for_build(folder: &Path) -> bool {
    let is_built = folder.join("node_modules").is_dir() || has_distribution(folder);
    !is_built && (BUILD_FILES.iter().any(|name| folder.join(name).is_file()) || has_project(folder))
}

/// Installed distributions lie beside their code.
fn has_distribution(folder: &Path) -> bool {
    names(folder).any(|name| name.ends_with(".dist-info"))
}

fn has_project(folder: &Path) -> bool {
    names(folder).any(|name| name.ends_with(".csproj") || name.ends_with(".fsproj"))
}

fn names(folder: &Path) -> impl Iterator<Item = String> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
    entries.map(|entry| entry.file_name().to_string_lossy().into_owned())
}

/// The path without `.` and, where that changes nothing, without `..`: reports show it.
pub(super) fn tidy(path: &Path) -> PathBuf {
    let mut tidied = PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir if tidied.file_name().is_some() && !tidied.is_symlink() => {
                tidied.pop();
            }
            other => tidied.push(other),
        }
    }
    if tidied.as_os_str().is_empty() { PathBuf::from(".") } else { tidied }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_lose_their_detours() {
        for (written, tidied) in [
            (".aws-sam/build/../../layer", "layer"),
            ("./fn.zip", "fn.zip"),
            ("../up/a", "../up/a"),
            ("a/..", "."),
        ] {
            assert_eq!(tidy(Path::new(written)), Path::new(tidied), "{written}");
        }
    }

    #[test]
    fn sources_wait_for_their_build_until_it_was_made() {
        let folder = tempfile::tempdir().unwrap();
        let artifact = || Artifact::Local(folder.path().to_owned()).built_by("sam build");
        assert!(matches!(artifact(), Artifact::Local(_)));
        std::fs::write(folder.path().join("requirements.txt"), "requests").unwrap();
        assert_eq!(artifact(), Artifact::Missing("it is not built yet: `sam build`".to_owned()));
        std::fs::create_dir(folder.path().join("requests-2.32.0.dist-info")).unwrap();
        assert!(matches!(artifact(), Artifact::Local(_)));
    }

    #[test]
    fn what_is_elsewhere_or_nowhere_says_so() {
        let folder = Path::new("/nonexistent");
        assert!(
            matches!(Artifact::named(folder, "s3://b/k.zip"), Artifact::Missing(why) if why.contains("bucket"))
        );
        assert!(
            matches!(Artifact::named(folder, "dist/f.zip"), Artifact::Missing(why) if why.contains("dist/f.zip"))
        );
    }
}
