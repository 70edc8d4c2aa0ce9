//! Resources of Terraform with their arguments as far as they are known: what plans, states and `.tf` files are all read into.

use std::collections::BTreeMap;

use crate::model::place::SourceSpan;

/// The value of an argument.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Attribute {
    /// Not set.
    #[default]
    Null,
    /// A string; parts that only a deployment knows are `${NAME}`.
    Text(String),
    /// A truth value.
    Bool(bool),
    /// A number as written.
    Number(String),
    /// A list.
    List(Vec<Attribute>),
    /// A map, or a nested block.
    Map(BTreeMap<String, Attribute>),
    /// An attribute of another resource: `aws_lambda_layer_version.deps`, `arn`.
    Reference {
        /// The address of the resource, with module and index.
        address: String,
        /// Its attribute.
        attribute: String,
    },
    /// Known to a deployment only; the expression.
    Unknown(String),
    /// Within a list: some members, maybe none, that only a deployment knows.
    Several(String),
}

/// One resource or data source.
#[derive(Clone, Debug)]
pub(super) struct Resource {
    /// `module.shop.aws_lambda_function.orders["eu"]`
    pub(super) address: String,
    /// `aws_lambda_function`; of a data source `data.archive_file`.
    pub(super) kind: String,
    /// Its arguments.
    pub(super) attributes: BTreeMap<String, Attribute>,
    /// The block, or the place in the plan.
    pub(super) at: SourceSpan,
    /// Places of arguments by name, of members of lists as `layers.0`; where there are none, the block stands for them.
    pub(super) places: BTreeMap<String, SourceSpan>,
}

impl Resource {
    /// An argument; `Null` when it is not set.
    pub(super) fn get(&self, name: &str) -> &Attribute {
        static NULL: Attribute = Attribute::Null;
        self.attributes.get(name).unwrap_or(&NULL)
    }

    /// An argument that is a known text without open parts.
    pub(super) fn known(&self, name: &str) -> Option<&str> {
        self.written(name).filter(|text| !text.contains("${"))
    }

    /// An argument that is a text, maybe with open parts.
    pub(super) fn written(&self, name: &str) -> Option<&str> {
        if let Attribute::Text(text) | Attribute::Number(text) = self.get(name) { Some(text) } else { None }
    }

    /// Where an argument is written.
    pub(super) fn place(&self, name: &str) -> SourceSpan {
        self.places.get(name).unwrap_or(&self.at).clone()
    }
}

impl Attribute {
    /// How a value that is not known is written.
    pub(super) fn expression(&self) -> String {
        match self {
            Self::Reference { address, attribute } => format!("{address}.{attribute}"),
            Self::Unknown(expression) | Self::Several(expression) => expression.clone(),
            Self::Text(text) | Self::Number(text) => text.clone(),
            Self::Null => "null".to_owned(),
            Self::Bool(flag) => flag.to_string(),
            Self::List(_) => "a list".to_owned(),
            Self::Map(_) => "a map".to_owned(),
        }
    }
}
