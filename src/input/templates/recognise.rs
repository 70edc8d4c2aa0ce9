//! What kind of input a path is: told by keys, not by names, where there are keys.

use std::path::{Path, PathBuf};

use crate::input::document::{Document, Located, Shape};

use super::{aws_cli, cdk, serverless};

/// The kinds of input that describe functions and layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    /// A template of `CloudFormation` or SAM.
    CloudFormation,
    /// A plan or a state of Terraform.
    TerraformJson,
    /// Answers of the AWS CLI, or bare policies.
    AwsCli,
    /// The manifest of a cloud assembly.
    Cdk,
    /// A service of the Serverless Framework, or the template that was made of it.
    Serverless,
    /// A folder of `.tf` files.
    TerraformFiles,
}

impl Kind {
    /// Whether it is one text; otherwise it is a folder of files.
    pub(super) fn is_document(self) -> bool {
        match self {
            Self::CloudFormation | Self::TerraformJson | Self::AwsCli | Self::Cdk | Self::Serverless => true,
            Self::TerraformFiles => false,
        }
    }
}

/// Whether a path may describe functions and layers: a text of a known kind, or a folder that holds a description.
pub fn describes(path: &Path) -> bool {
    if path.is_dir() { of_folder(path).is_some() } else { may_be_text(path) }
}

/// Whether a file can be YAML or JSON, by its name: what is neither is a package.
pub(super) fn may_be_text(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    ["yaml", "yml", "json", "template", "tf", "tfstate"].iter().any(|one| extension.eq_ignore_ascii_case(one))
}

/// What a text describes.
pub(super) fn of_text(document: &Document) -> Option<Kind> {
    let root = document.root()?;
    if is_terraform(root) {
        return Some(Kind::TerraformJson);
    }
    if serverless::is_service(root) || serverless::is_output(root) {
        return Some(Kind::Serverless);
    }
    let has_resources = root.get("Resources").is_some_and(|one| one.shape() == Shape::Map);
    if has_resources && is_template(root) {
        return Some(Kind::CloudFormation);
    }
    if cdk::is_manifest(root) {
        return Some(Kind::Cdk);
    }
    aws_cli::is_answer(document).then_some(Kind::AwsCli)
}

/// A plan, a state as it is shown, or a state as it is stored.
fn is_terraform(root: Located<'_>) -> bool {
    root.get("planned_values").is_some()
        || (root.get("format_version").is_some() && root.get("values").is_some())
        || (root.get("terraform_version").is_some() && root.get("resources").is_some())
}

/// A template says so, or has a resource with a type.
fn is_template(root: Located<'_>) -> bool {
    root.get("AWSTemplateFormatVersion").is_some()
        || root.get("Transform").is_some()
        || root
            .get("Resources")
            .is_some_and(|resources| resources.pairs().take(20).any(|one| one.value.get("Type").is_some()))
}

/// Names of templates in a folder. The source comes first: what was built of it is found from there, and people change the source.
const TEMPLATES: [&str; 4] =
    ["template.yaml", "template.yml", "template.json", ".aws-sam/build/template.yaml"];

/// What a folder holds that describes functions and layers, and the file to read.
pub(super) fn of_folder(folder: &Path) -> Option<(Kind, PathBuf)> {
    let found = TEMPLATES.iter().map(|name| folder.join(name)).filter(|path| path.is_file());
    let template = found.filter(|path| says_template(path)).map(|path| (Kind::CloudFormation, path)).next();
    let cdk = || cdk::manifest_of(folder).map(|path| (Kind::Cdk, path));
    let serverless = || serverless::file_of(folder).map(|path| (Kind::Serverless, path));
    let terraform = || super::terraform::is_here(folder).then(|| (Kind::TerraformFiles, named(folder)));
    template.or_else(cdk).or_else(serverless).or_else(terraform)
}

/// The current folder has a name too.
fn named(folder: &Path) -> PathBuf {
    if folder.as_os_str().is_empty() { PathBuf::from(".") } else { folder.to_owned() }
}

/// Other programs have files of the same name. A template that does not parse is one: its reader says what is wrong with it.
fn says_template(path: &Path) -> bool {
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.contains("Resources") && (text.contains("AWS::") || text.contains("Fn::"))
}

/// Whether a file is one of those that are read together with their folder.
pub(super) fn is_terraform_file(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    name.ends_with(".tf") || name.ends_with(".tf.json")
}

/// What the current folder holds that describes functions and layers.
pub fn here() -> Option<PathBuf> {
    of_folder(Path::new("")).map(|(_, path)| path)
}
