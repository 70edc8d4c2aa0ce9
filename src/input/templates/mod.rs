//! How other tools describe functions and layers: every front end fills the same [`Project`].
//!
//! A front end tells known values, absent ones and unknown ones apart and keeps the place of each. It guesses nothing: what only a
//! deployment knows goes into [`Project::unresolved`], and no rule speaks of it.

mod artifact;
mod aws_cli;
mod cdk;
mod cloudformation;
mod environment;
mod grants;
pub mod ignores;
mod inventory;
mod recognise;
mod serverless;
mod terraform;
mod text;

use std::{collections::BTreeMap, path::Path};

use super::{document::Document, error::UsageError, places::shown, project::Project};

use artifact::Artifact;
use inventory::{Declared, Inventory};
use recognise::{Kind, of_folder, of_text};
pub use recognise::{describes, here};

/// What the user says about values that a template leaves open.
#[derive(Clone, Debug, Default)]
pub struct Answers {
    /// `--parameter NAME=VALUE`: parameters of `CloudFormation`, variables of Terraform, options of Serverless.
    pub parameters: BTreeMap<String, String>,
    /// `--region`.
    pub region: Option<String>,
    /// `--account`.
    pub account: Option<String>,
}

/// A path that describes functions and layers: a file, or a folder that a tool made.
#[derive(Debug)]
pub struct Input<'a> {
    /// The file or folder.
    pub path: &'a Path,
    /// What the user says about open values.
    pub answers: &'a Answers,
}

impl Input<'_> {
    /// The folder that relative paths start at.
    pub fn folder(&self) -> &Path {
        if self.path.is_dir() { self.path } else { self.path.parent().unwrap_or(Path::new("")) }
    }
}

/// Reads what `path` describes into the project. The error is one that a person mends in this input; others can still be read.
pub fn add(path: &Path, answers: &Answers, project: &mut Project) -> Result<(), UsageError> {
    let input = Input { path, answers };
    if path.is_dir() {
        return match of_folder(path) {
            Some((kind, file)) => {
                let input = Input { path: &file, answers };
                let document = if kind.is_document() { Some(read(&file)?) } else { None };
                dispatch(kind, document.as_ref(), &input, project)
            }
            None => Err(unknown(path)),
        };
    }
    if recognise::is_terraform_file(path) {
        return dispatch(Kind::TerraformFiles, None, &input, project);
    }
    let document = read(path)?;
    match of_text(&document) {
        Some(kind) => dispatch(kind, Some(&document), &input, project),
        None => Err(unknown(path)),
    }
}

fn unknown(path: &Path) -> UsageError {
    UsageError::new(format!("{} describes nothing that is known here", shown(path)))
        .help("read are templates of SAM and CloudFormation, cdk.out, serverless.yml, .tf files, plans of Terraform, answers of the AWS CLI, policies, and packages: zips, jars and their folders")
}

/// Reads standard input, or another stream: JSON or YAML.
pub fn add_stream(
    stream: impl std::io::Read,
    answers: &Answers,
    project: &mut Project,
) -> Result<(), UsageError> {
    let file = crate::model::place::ReportPath::new("stdin");
    add_text(text::of_stream(&file, stream)?, answers, project)
}

/// Reads a text that comes from standard input.
pub fn add_text(text: String, answers: &Answers, project: &mut Project) -> Result<(), UsageError> {
    if text.trim().is_empty() {
        return Err(UsageError::new("standard input is empty").help(
            "the command before it has said why; a layer version without a policy is private to its account",
        ));
    }
    let document = Document::read(crate::model::place::ReportPath::new("stdin"), text)?;
    let input = Input { path: Path::new(""), answers };
    let kind = of_text(&document).ok_or_else(|| {
        UsageError::new("standard input describes nothing that is known here")
            .help("JSON of the AWS CLI, a policy, a template or a plan of Terraform is read")
    })?;
    dispatch(kind, Some(&document), &input, project)
}

/// Reads the text of one `.tf` file without those beside it.
pub fn add_terraform(text: String, answers: &Answers, project: &mut Project) -> Result<(), UsageError> {
    terraform::add_text(text, answers, &mut Inventory::new(project))
}

fn read(path: &Path) -> Result<Document, UsageError> {
    Document::read(shown(path), text::of_file(path)?)
}

/// One line for each front end.
fn dispatch(
    kind: Kind,
    document: Option<&Document>,
    input: &Input<'_>,
    project: &mut Project,
) -> Result<(), UsageError> {
    let mut inventory = Inventory::new(project);
    if let Some(document) = document {
        match kind {
            Kind::AwsCli => inventory.show_covered_lines_of(document),
            // plans and states are one line with every secret of the deployment in it; lines of the `.tf` files are shown
            Kind::TerraformJson => {}
            _ => inventory.show_lines_of(document),
        }
        if kind != Kind::Serverless {
            ignores::add(document, &mut inventory)?;
        }
    }
    match (kind, document) {
        (Kind::CloudFormation, Some(document)) => cloudformation::add(document, input, &mut inventory),
        (Kind::TerraformJson, Some(document)) => {
            terraform::add_json(document, input, &mut inventory);
            Ok(())
        }
        (Kind::Cdk, Some(document)) => {
            cdk::add(document, input, &mut inventory);
            Ok(())
        }
        (Kind::Serverless, Some(document)) => serverless::add(document, input, &mut inventory),
        (Kind::AwsCli, Some(document)) => {
            aws_cli::add(document, &mut inventory);
            Ok(())
        }
        (Kind::TerraformFiles, _) => {
            terraform::add_files(input, &mut inventory);
            Ok(())
        }
        (_, None) => Ok(()),
    }
}
